"""Cases as data: calls, how the phones behave, what must happen. Both the real and the offline switch run them.

A case is one call, or several that share what the switch remembers: `then` are made once it is over, `meanwhile` as
soon as its caller hears ringing (`once: rings`), is answered (`once: talks`) or somebody
is parked in a place (`once: "701"`). What is only looked at where there is
SIP says so: `seen`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from routing.offline import phones

FOLDER = Path(__file__).parents[2] / "switch" / "cases"
#: The client's phone in the cases of callbacks.
CLIENT = "client"
_FIRST_CALLER = 380_671_230_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Case:
    """One call and what comes of it. ``rung`` is a list of groups: within a group any order, one group after another.

    ``from`` may have a domain. ``request``: the user of the request line where it is not To's, as it is written there.

    ``account``: a registered phone calls, not the carrier. ``webhook`` is the handler's answer, ``crm`` the CRM's
    (text as of `routing.offline.crm_answers`), ``visitor`` whom the dialled number is lent to. ``memory``: ``talk``
    with a person (of ``client``, where that is not the caller), ``loads`` of people, ``away``.
    ``rating_requested_s``: how long ago they were asked for a rating. ``turns_anew``: nobody
    had a turn in its steps yet. ``engine``: empty, ``absent`` (nobody listens), ``forgetful`` (no Redis), ``mute`` (a
    voice hangs).
    ``publish``: a folder of changes that is published before the call, ``back`` is a rollback.

    ``limited``: through the front door of a node with flood limits.

    Expected: ``talked``: with whom, at last.
    ``status`` is the final SIP status that the caller gets; ``cause`` the hangup cause of his leg;
    ``told``: the provisional SIP statuses before it, each once (100 left out).
    ``at`` when phones begin to ring, and the call ends (``end``), in seconds from the first ringing;
    ``message`` and ``recording`` say whether a voicemail and a recorded talk are there afterwards; ``published``
    whether the publishing succeeded; ``asked`` what a webhook or the CRM was told beside the call's own facts.
    """

    name: str
    to: str
    caller: str
    shown: str = ""
    request: str = ""
    account: str = ""
    headers: tuple[str, ...] = ()
    phones: dict[str, phones.ScriptedPhone] = field(default_factory=dict)
    digits: str = ""
    #: When the first of them is pressed on the real switch, after the answer.
    digits_after_s: float = 1.0
    #: Keys outside prompts, each with its seconds from the INVITE; when the call is answered.
    presses: tuple[tuple[str, float], ...] = ()
    answered_s: float = 0
    hangs_up_after_s: float | None = None
    speaks: bool = False
    #: What they say at speech menus, one prompt each: a phrase of `listen.yaml`, `-` for nothing, anything else.
    says: tuple[str, ...] = ()
    #: What a phone of ours that calls does with whom it has reached.
    sends: phones.PhoneTransfer | None = None
    webhook: Any = None
    crm: str = ""
    visitor: Mapping[str, Mapping[str, str]] | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)
    turns_anew: bool = True
    engine: str = ""
    #: A callback: who is rung first, `person` or `client`. ``to`` is the number that the client called, ``caller`` the
    #: client, whose phone is called `client`.
    callback: str = ""
    publish: str = ""
    globals_: dict[str, str] = field(default_factory=dict)
    limited: bool = True
    times: int = 1
    once: str = "talks"
    then: tuple[Case, ...] = ()
    meanwhile: tuple[Case, ...] = ()
    rung: tuple[frozenset[str], ...] = ()
    at: Mapping[str, float] = field(default_factory=dict)
    talked: str | None = None
    status: int = 200
    told: tuple[int, ...] | None = None
    cause: str = "NORMAL_CLEARING"
    message: bool = False
    recording: bool = False
    published: bool = True
    asked: Mapping[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    #: The language and the words of the opening that the caller hears; empty: none is looked at.
    opening: str = ""
    seen: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def client(self) -> str:
        """With whom the talk that is remembered was."""
        return str(self.memory.get("client", self.caller))

    @property
    def by_number(self) -> dict[str, str]:
        """The numbers of phones that are nobody's, by their names in cases: the client's, and those named by it."""
        strangers = {name: name for name in self.phones if name.startswith("+")}
        return strangers | ({CLIENT: self.caller} if self.callback else {})

    def calls(self) -> Iterator[Case]:
        """This call and every other of its case, in the order in which their outcomes are told."""
        for _ in range(self.times):
            yield self
            for other in self.meanwhile:
                yield from other.calls()
        for other in self.then:
            yield from other.calls()


@cache
def load() -> tuple[Case, ...]:
    """Every case of ``cases/*.yaml``, in file order; callers are numbered where a case names none."""
    raw = [each for path in sorted(FOLDER.glob("*.yaml")) for each in yaml.load(path.read_bytes(), Loader=_LOADER)]
    found = [_case(each, Case(each["name"], "", f"+{_FIRST_CALLER + place}")) for place, each in enumerate(raw)]
    doors = {each["name"] for each in yaml.load((FOLDER / "hostile.yaml").read_bytes(), Loader=_LOADER)}
    unlimited = [replace(case, name=f"{case.name}, no limits", limited=False) for case in found if case.name in doors]
    return (*found, *unlimited)


def _case(raw: dict[str, Any], before: Case) -> Case:
    """``before`` has what a call that says nothing takes from the first one of its case."""
    expect = {"rung": [], **raw.pop("expect")}
    rung = tuple(frozenset([each] if isinstance(each, str) else each) for each in expect.pop("rung"))
    behaviours = {target: phones.parse(words) for target, words in raw.pop("phones", {}).items()}
    person = raw.pop("caller", {})
    others = {kind: raw.pop(kind, ()) for kind in ("then", "meanwhile")}
    case = Case(
        name=raw.pop("name", before.name),
        to=raw.pop("to", before.to),
        caller=raw.pop("from", before.caller),
        account=raw.pop("account", before.account),
        engine=raw.pop("engine", before.engine),
        phones=before.phones | behaviours,
        digits=str(person.get("digits", "")),
        digits_after_s=person.get("digits_after", 1.0),
        presses=tuple(_pressed(person.get("presses", {}))),
        answered_s=person.get("answered_after", 0),
        hangs_up_after_s=person.get("hangs_up_after"),
        speaks=person.get("speaks", False),
        says=tuple(person.get("says", ())),
        sends=phones.parse_transfer(person["transfers"]) if "transfers" in person else None,
        globals_=raw.pop("globals", {}),
        headers=tuple(raw.pop("headers", ())),
        told=tuple(expect.pop("told")) if "told" in expect else None,
        rung=rung,
        **raw,
        **expect,
    )
    later = {kind: tuple(_case(dict(each), case) for each in calls) for kind, calls in others.items()}
    return Case(**(vars(case) | later))


def _pressed(written: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Keys with their moments, in order; ``"*3": [2, 4]`` is pressed twice."""
    found = [(str(keys), at_s) for keys, at in written.items() for at_s in (at if isinstance(at, list) else [at])]
    yield from sorted(found, key=lambda each: each[1])


def grouped(targets: Iterable[str], groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Targets in groups of the expected sizes, what is over in one last group."""
    found, rest = [], list(targets)
    for group in groups:
        found.append(frozenset(rest[: len(group)]))
        rest = rest[len(group) :]
    return [*found, frozenset(rest)] if rest else found


def parse_phone(words: str) -> phones.ScriptedPhone:
    """A phone's behaviour from its words: ``answers after 1s, talks 2s``."""
    return phones.parse(words)
