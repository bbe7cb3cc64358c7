"""The steps that a call took, from the applications that ran: what each went by and what came of it. Pure.

Every compiled step begins with ``set routing_step=<path>``, every scheme with ``set routing_scheme=<id>``; which kind a
step is shows in the applications it runs (`_TELLING`). The engine's kinds are told apart by the release's table alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from routing.journal.cdr import App, Cdr
from routing.journal.dialled import Bridge, places
from routing.journal.record import Leg, Step

#: What the engine's steps are called when the release no longer says which kind they are.
ASKED = "engine"
_STEP, _SCHEME, _DECISION = "routing_step", "routing_scheme", "routing_decision"
_CALENDAR = re.compile(r"^check XML:\S*/([^/]+)\.xml calendar$")
_EXTENSION = re.compile(r"^(\S+) XML:\S+ colleagues$")
_START = re.compile(r"^start XML:\S+ (\S+)$")


@dataclass(slots=True)
class Draft:
    """A step while it is read: its place, the applications it ran, when it was over."""

    scheme: str
    path: str
    started: float
    apps: list[App] = field(default_factory=list)
    ended: float = 0.0
    following: str = ""
    is_last: bool = False

    def data(self, name: str) -> str | None:
        """The argument of the first application of this name."""
        return next((app.data for app in self.apps if app.name == name), None)

    def variable(self, name: str) -> str:
        """The last value that the step set a variable to."""
        for app in reversed(self.apps):
            if name in app.data and (said := dict(app.settings()).get(name)) is not None:
                return said
        return ""


def drafts(call: Cdr) -> tuple[list[Draft], tuple[str, ...]]:
    """The steps in order, and the schemes that the call passed through (a scheme twice when it came back)."""
    found: list[Draft] = []
    schemes: list[str] = []
    for app in call.apps:
        if app.name in ("set", "multiset"):
            if _SCHEME in app.data:
                schemes += [value for name, value in app.settings() if name == _SCHEME]
            if _STEP in app.data and (path := dict(app.settings()).get(_STEP)):
                found.append(Draft(schemes[-1] if schemes else "", path, app.at))
        if found:
            found[-1].apps.append(app)
    end = call.time("bridge") or call.time("end")
    for draft, after in zip_longest(found, found[1:]):
        draft.ended = after.started if after else max(end, draft.started)
        draft.following = after.path if after and after.scheme == draft.scheme else ""
        draft.is_last = after is None
    return found, tuple(schemes)


def bridges(steps: Sequence[Draft], call: Cdr) -> list[Bridge]:
    """Every ``bridge`` that ran, also outside of steps (calls of the company's own phones)."""
    if not steps:
        return list(_bridges(-1, "", call.apps, call.time("bridge") or call.time("end"), True))
    found: list[Bridge] = []
    for index, draft in enumerate(steps):
        found += _bridges(index, draft.path, draft.apps, draft.ended, draft.is_last)
    return found


def _bridges(index: int, path: str, apps: Sequence[App], ended: float, is_last: bool) -> Iterator[Bridge]:
    for at, app in enumerate(apps):
        if app.name == "bridge":
            after = next((other.at for other in apps[at + 1 :] if other.name != "record_session"), None)
            took_s = max((after or ended) - app.at, 0.0)
            yield Bridge(index, path, app.at, took_s, is_last and after is None, places(app.data))


def step(n: int, draft: Draft, legs: Sequence[Leg], call: Cdr, kind_of: Callable[[str, str], str]) -> Step:
    """One step in words; ``kind_of`` gives the kind of an engine's step by its scheme and path, or ""."""
    kind = next((kind for kind, tells in _TELLING if tells(draft)), "step")
    inputs, outcome = _WORDS.get(kind, _plain)(draft, legs, call)
    decision, verdict, asked_ms = _decision(draft) if kind == ASKED else ("", "", -1.0)
    if kind == ASKED:
        kind = kind_of(draft.scheme, draft.path) or ASKED
    took_s = round(max(draft.ended - draft.started, 0.0), 3)
    return Step(n, draft.scheme, draft.path, kind, draft.started, took_s, inputs, outcome, decision, verdict, asked_ms)


def _runs(name: str) -> Callable[[Draft], bool]:
    return lambda draft: draft.data(name) is not None


def _goes(name: str, pattern: str) -> Callable[[Draft], bool]:
    compiled = re.compile(pattern)
    return lambda draft: bool(compiled.search(draft.data(name) or ""))


#: (kind, whether a step is of it), tried in order.
_TELLING: tuple[tuple[str, Callable[[Draft], bool]], ...] = (
    (ASKED, _runs("socket")),
    ("menu", _runs("play_and_get_digits")),
    ("voicemail", lambda draft: draft.variable("routing_end") == "voicemail"),
    ("hours", _goes("execute_extension", _CALENDAR.pattern)),
    ("match", _goes("transfer", r"^\S+\.case XML:")),
    ("ring", _runs("bridge")),
    ("hangup", _goes("transfer", r"^\S+\.end XML:")),
    ("play", _runs("playback")),
    ("scheme", _goes("transfer", _START.pattern)),
    ("hangup", _runs("hangup")),
)


def _decision(draft: Draft) -> tuple[str, str, float]:
    """The engine's last decision without the step's path, its words, and how long it took, in ms (-1: none came)."""
    asked, found = 0.0, ("", "", -1.0)
    for app in draft.apps:
        if app.name == "socket":
            asked, found = app.at, ("", "", -1.0)
        elif asked and _DECISION in app.data and (said := dict(app.settings())):
            decision, took = said.get(_DECISION, "").partition(":")[2], said.get("routing_took_ms", "")
            if not decision:
                continue  # cleared, before it is asked once more
            took_ms = float(took) if re.fullmatch(r"\d{1,6}(\.\d+)?", took) else round((app.at - asked) * 1000, 1)
            asked, found = 0.0, (decision, said.get("routing_verdict", ""), took_ms)
    return found


Words = tuple[str, str]


def _asked(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    decision, _, took_ms = _decision(draft)
    rung = _legs_words(legs)
    inputs = f"caller {call.get('routing_caller')}, number {call.get('routing_number')}"
    if (times := sum(app.name == "socket" for app in draft.apps)) > 1:
        inputs += f", asked {times} times"
    if took_ms < 0:
        gone = draft.is_last and not legs
        return inputs, "the caller hung up meanwhile" if gone else "the engine decided nothing in time: went on"
    words = {"continue": "go on", "": "nothing"}.get(decision, decision.replace(":", " "))
    return inputs, f"{words}; {rung}" if rung else words


def _menu(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    inputs = "a key"
    for app in draft.apps:
        if app.name == "execute_extension" and (dialled := _EXTENSION.match(app.data)):
            return inputs, f"extension {dialled[1]}; {_legs_words(legs)}"
    branch = _branch(draft)
    if branch and branch != "otherwise":
        return inputs, f"key {({'star': '*', 'hash': '#'}).get(branch, branch)}"
    return inputs, "hung up" if draft.is_last and not draft.data("transfer") else "no choice"


def _hours(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    calendar = _CALENDAR.match(draft.data("execute_extension") or "")
    zone = draft.variable("timezone")
    return f"calendar {calendar[1] if calendar else '?'}, {zone}", draft.variable("routing_hours")


def _match(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    branch = _branch(draft)
    inputs = f"caller {call.get('routing_caller')}, number {call.get('routing_number')}"
    if not branch:
        return inputs, "no case fits"
    return inputs, "no case fits: otherwise" if branch == "otherwise" else f"case {branch} fits"


def _branch(draft: Draft) -> str:
    """Into which of its branches the step went; "" when it fell through."""
    below = f"{draft.path}."
    return draft.following[len(below) :].partition(".")[0] if draft.following.startswith(below) else ""


def _ring(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    return "", _legs_words(legs) or "nobody was rung"


def _legs_words(legs: Sequence[Leg]) -> str:
    return ", ".join(f"{leg.target or 'a phone'} {leg.why or 'talked'}" for leg in legs)


def _play(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    return (draft.data("playback") or "").rpartition("/")[2], "played"


def _voicemail(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    box = draft.variable("routing_box")
    return f"box {box}", "recorded" if draft.data("record") else "hung up before the tone"


def _scheme(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    to = _START.match(draft.data("transfer") or "")
    return "", f"to scheme {to[1] if to else '?'}"


def _hangup(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    return "", draft.data("hangup") or "hung up"


def _plain(draft: Draft, legs: Sequence[Leg], call: Cdr) -> Words:
    return "", _legs_words(legs)


_WORDS: dict[str, Callable[[Draft, Sequence[Leg], Cdr], Words]] = {
    ASKED: _asked,
    "menu": _menu,
    "hours": _hours,
    "match": _match,
    "ring": _ring,
    "play": _play,
    "voicemail": _voicemail,
    "scheme": _scheme,
    "hangup": _hangup,
}
