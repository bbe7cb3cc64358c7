"""A release root as a node runs it: the fixed dialplan rendered for it, its files, people and sounds.

`routing trace`, scheme tests and this project's own tests run many calls on one. Reads files below the root only.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from routing.compile.numbers import entry_dialplan
from routing.compile.templates import render
from routing.model.callback_call import FILE as CALLBACKS
from routing.model.callback_call import CallbackCall
from routing.model.entities import Visitor, variables
from routing.model.spoken import TABLE as SPOKEN
from routing.model.spoken_texts import SpokenTexts
from routing.offline.decider import Decider, refused
from routing.offline.events import Event
from routing.offline.files import DirectoryFiles
from routing.offline.limits import Limits
from routing.offline.own_numbers import with_own_numbers
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.sounds import ReleaseSounds
from routing.offline.switch import INBOUND, OfflineCall, callback, run
from routing.offline.world import World

TEMPLATE = "dialplan/routing.xml.j2"
DOMAIN = "phones.invalid"
RECORDINGS = "/recordings"
#: A number in a file of numbers.
NUMBER = re.compile(r"routing_number=(\+\d+)")
#: The scheme of a number in that file: the call goes to its start, or has begun there.
SCHEME = re.compile(r"routing_scheme=(\w+)|/schemes/(\w+)\.xml")
#: The names of the release and of its root in events.
RELEASE, ROOT = "release", "root"
#: The default flood limits of a node; a single call never exceeds them.
LIMITS = {
    "caller_rate": "10/60", "caller_calls": "5", "anonymous_rate": "60/60", "number_rate": "600/60",
    "number_calls": "200", "account_rate": "30/60", "account_calls": "5",
}  # fmt: skip
#: Globals of a node: where a transferred call goes.
_TRANSFERS = {
    "force_transfer_dialplan": "XML",
    "force_transfer_context": "routing_transferred",
    "import": "routing_target",
}
#: The mark that a node's calls pass to their legs against forged dial strings; none can be forged here.
LEG_MARK = "leg"
#: What follows an account in a dial string, with the domain that the phones have here.
PHONES_AT = f"%{DOMAIN}"
_BOUNDS = {f"routing_limit_{name}": bound for name, bound in LIMITS.items()}


class NoRelease(ValueError):
    """The root has no current release."""


def fixed_dialplan(root: Path) -> str:
    """The dialplan that FreeSWITCH itself loads."""
    return render(TEMPLATE, root=root, leg_mark=LEG_MARK, phones_at=PHONES_AT, dialplan_version="", **LIMITS)


@dataclass
class PublishedRelease:
    """The current release of ``root``. Raises NoRelease."""

    root: Path
    #: Whether the node has flood limits, as by default.
    limited: bool = True
    files: DirectoryFiles = field(init=False)
    dialplan: str = field(init=False)
    table: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.root.absolute()
        self.files = DirectoryFiles(self.root)
        self._sounds = ReleaseSounds(self.root)
        self._release = re.compile(rf"{re.escape(str(self.root))}/(?:releases/[^/ ]+|current)(?=[/ ]|$)")
        text = self.files.read(f"{self.root}/current/table.json")
        if text is None:
            raise NoRelease(f"{self.root} has no current release")
        self.table = json.loads(text)
        self.dialplan = fixed_dialplan(self.root)

    @property
    def entry_dialplan(self) -> str:
        """The dialplan of calls from gateways: the release's entry dialplan, then the fixed one."""
        return entry_dialplan(self.root, limited=self.limited)

    @property
    def timezone(self) -> str:
        """The project's zone."""
        return str(self.table.get("timezone") or "UTC")

    @property
    def country(self) -> str | None:
        """The project's country, for numbers written without ``+``."""
        return self.table.get("country")

    @property
    def accounts(self) -> Mapping[str, str]:
        """SIP account to ``person.phone``."""
        accounts: Mapping[str, str] = self.table.get("accounts", {})
        return accounts

    def targets(self) -> set[str]:
        """Names of phones: persons, ``person.phone``, SIP accounts."""
        people = self.table.get("people", {})
        phones = {f"{person}.{phone}" for person, facts in people.items() for phone in facts["phones"]}
        return phones | set(people) | set(self.accounts)

    def run(
        self,
        call: OfflineCall,
        phones: ScriptedPhones | None = None,
        caller: ScriptedCaller | None = None,
        decider: Decider = refused,
        globals_: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        world: World | None = None,
    ) -> list[Event]:
        """Run one call; ``globals_`` holds overrides such as ``hours_office=closed``, ``limits`` the counts that calls
        share, ``world`` the calls at the same time (`routing.offline.switch.run`).

        Events name files of the release ``release/...``, so that two runs can be compared.
        """
        happened = run(
            replace(call, dialplan=self.entry_dialplan) if call.context.startswith(INBOUND) else call,
            self.files,
            self.dialplan,
            replace(phones or ScriptedPhones(), aliases=self.accounts),
            caller,
            decider=decider,
            sounds=self._sounds,
            globals_={
                "routing_phones_at": PHONES_AT,
                "recordings_dir": RECORDINGS,
                **_TRANSFERS,
                **_BOUNDS,
                **(globals_ or {}),
            },
            limits=limits,
            world=world,
        )
        return [self._without_place(event) for event in with_own_numbers(happened, self.leads)]

    def leads(self, number: str) -> bool:
        """Whether an E.164 number leads to a scheme."""
        text = self.files.read(f"{self.root}/current/numbers/{number[-4:]}.xml") if number.startswith("+") else None
        return text is not None and number in NUMBER.findall(text)

    @property
    def calls_back(self) -> bool:
        """Whether the release calls clients back."""
        return self.files.read(f"{self.root}/current/{CALLBACKS}") is not None

    def scheme_of(self, number: str) -> str:
        """The scheme of an E.164 number; "" for none. An extension that refuses floods may come before its own."""
        text = self.files.read(f"{self.root}/current/numbers/{number[-4:]}.xml") or ""
        extensions = text.split(f'<extension name="{number.removeprefix("+")}">')[1:]
        found = next(filter(None, (SCHEME.search(each.partition("</extension>")[0]) for each in extensions)), None)
        return found[1] or found[2] if found else ""

    def callback(self, first: str, client: str, number: str, facts: Visitor, at: datetime, uuid: str) -> OfflineCall:
        """A callback about a client's call to a number; see `CallbackCall`."""
        release = str((self.root / "current").resolve())
        scheme = self.scheme_of(number)
        return callback(CallbackCall(uuid, first, client, number, scheme, release, variables(facts)), at)

    def _without_place(self, event: Event) -> Event:
        """An event whose file names begin at the release: the root may exist for this run alone."""
        if str(self.root) not in f"{event.subject} {event.detail}":
            return event
        named = replace(event, subject=self._named(event.subject), detail=self._named(event.detail))
        found = self.spoken.at(event.subject) if event.kind in ("play", "whisper") else None
        return replace(named, text=found[0], language=found[1]) if found else named

    @functools.cached_property
    def spoken(self) -> SpokenTexts:
        """What voices say in the release."""
        return SpokenTexts.of(json.loads(self.files.read(f"{self.root}/current/{SPOKEN}") or "{}"))

    def _named(self, text: str) -> str:
        return self._release.sub(RELEASE, text).replace(str(self.root), ROOT)
