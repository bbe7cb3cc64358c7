"""The steps of a call while they are read, from the applications that ran: where each begins and ends. Pure.

Every compiled step begins by setting ``routing_kind=<kind>`` and ``routing_step=<path>``, every scheme by setting
``routing_scheme=<id>``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from routing.journal.cdr import App, Cdr
from routing.journal.dialled import Bridge, phones
from routing.journal.rooms import INVITES

#: The kind of a step in a release by an earlier version, which did not set it.
NO_KIND = "step"
_STEP, _KIND, _SCHEME = "routing_step", "routing_kind", "routing_scheme"


@dataclass(slots=True)
class Draft:
    """A step while it is read: its scheme and path, its applications, its end."""

    scheme: str
    path: str
    kind: str
    started: float
    apps: list[App] = field(default_factory=list)
    ended: float = 0.0
    following: str = ""
    is_last: bool = False

    def data(self, name: str) -> str | None:
        """The argument of the step's first application of this name."""
        return next((app.data for app in self.apps if app.name == name), None)

    def settings(self) -> Iterator[tuple[str, str]]:
        """Every variable that the step set, with its value."""
        for app in self.apps:
            if app.name in ("set", "multiset"):
                yield from app.settings()

    def variable(self, name: str) -> str:
        """The last value that the step set for a variable, or ""."""
        for app in reversed(self.apps):
            if name in app.data and (value := dict(app.settings()).get(name)) is not None:
                return value
        return ""


def drafts(call: Cdr) -> tuple[list[Draft], tuple[str, ...]]:
    """The steps in order, and the schemes that the call passed through (again for each return to a scheme)."""
    found: list[Draft] = []
    schemes: list[str] = []
    for app in call.apps:
        if app.name in ("set", "multiset"):
            if _SCHEME in app.data:
                schemes += [value for name, value in app.settings() if name == _SCHEME]
            if _STEP in app.data and (settings := dict(app.settings())).get(_STEP):
                kind = settings.get(_KIND, NO_KIND)
                found.append(Draft(schemes[-1] if schemes else "", settings[_STEP], kind, app.at))
        if found:
            found[-1].apps.append(app)
    end = call.time("bridge") or call.time("end")
    for draft, after in zip_longest(found, found[1:]):
        draft.ended = after.started if after else max(end, draft.started)
        if after and after.kind == "rate" and draft.started <= call.time("bridge") < after.started:
            draft.ended = call.time("bridge")  # the question comes after the talk
        draft.following = after.path if after and after.scheme == draft.scheme else ""
        draft.is_last = after is None
    return found, tuple(schemes)


def bridges(steps: Sequence[Draft], call: Cdr) -> list[Bridge]:
    """Every ``bridge`` that ran, also outside of steps (calls from the company's own phones)."""
    if not steps:
        return list(_bridges(-1, "", call.apps, call.time("bridge") or call.time("end"), True))
    first = call.apps.index(steps[0].apps[0])
    found = list(_bridges(-1, "", call.apps[:first], steps[0].started, False))
    for index, draft in enumerate(steps):
        found += _bridges(index, draft.path, draft.apps, draft.ended, draft.is_last)
    return found


def _bridges(index: int, path: str, apps: Sequence[App], ended: float, is_last: bool) -> Iterator[Bridge]:
    for at, app in enumerate(apps):
        if app.name in ("bridge", INVITES):
            later = (apps[n] for n in range(at + 1, len(apps)))
            # what ran in the talk is no step
            after = next((other.at for other in later if not (is_last and other.at >= ended)), None)
            took_s = max((after or ended) - app.at, 0.0)
            yield Bridge(index, path, app.at, took_s, is_last and after is None, phones(app.data))
