"""Which steps, branches and fallbacks of a release the calls of tests visit. Pure: compiled dialplans and events.

The items are in the compiled XML: ``routing_step`` marks steps, the extensions are the branches, a dynamic step has an
extension for its fallback. The visits are in a call's events.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from routing.offline.document import ParsedAction, ParsedExtension, parse
from routing.offline.events import Event
from routing.testing.kinds import engine_answer

Kind = Literal["step", "branch", "answer", "fallback"]
_STEP = re.compile(r"(?:^|\|)routing_step=([a-z0-9_.]+)")
_HOURS = re.compile(r"(.+)\.(?:open|closed)")
_FORK = re.compile(r"(.+)\.(case|choice)")
_NEAREST = re.compile(r"(.+)\.(?:first|near\d+)")
_START = re.compile(r"start XML:\S+ (\w+)")
_DYNAMIC = re.compile(r"(.+)\.(fallback|decided)")
#: The project's sticky step before the scheme's steps; it is not in the scheme's file.
_UNWRITTEN = "sticky"
OTHERWISE, COLLEAGUE = "otherwise", "extension"


@dataclass(frozen=True)
class Item:
    """What a call can visit: a step, a branch, a dynamic step's answer, its fallback."""

    scheme: str
    kind: Kind
    path: str


@dataclass(frozen=True)
class Cover:
    """Every item, with the number of calls that visit it."""

    visits: Mapping[Item, int]

    @property
    def schemes(self) -> Mapping[str, list[Item]]:
        """The items by scheme, in the dialplan's order."""
        found: dict[str, list[Item]] = {}
        for item in self.visits:
            found.setdefault(item.scheme, []).append(item)
        return found

    def missed(self, scheme: str) -> list[Item]:
        """The items that no call visits."""
        return [item for item in self.schemes[scheme] if not self.visits[item]]

    def counts(self, kind: Kind | None = None) -> tuple[int, int]:
        """The number of visited items, and of all."""
        seen = [bool(count) for item, count in self.visits.items() if kind in (None, item.kind)]
        return sum(seen), len(seen)

    @property
    def percent(self) -> float:
        """Visited of all, 0 to 100."""
        seen, count = self.counts()
        return 100 * seen / count if count else 100.0


def cover(dialplans: Mapping[str, str], calls: Iterable[Sequence[Event]]) -> Cover:
    """The coverage of the schemes' compiled dialplans (id -> XML) by the events of calls."""
    counts: Counter[Item] = Counter()
    for events in calls:
        counts.update(set(visited(events)))
    return Cover({item: counts[item] for scheme, xml in dialplans.items() for item in items(scheme, xml)})


def items(scheme: str, xml: str) -> list[Item]:
    """Everything in a compiled scheme that a call can visit. Raises BadDialplan."""
    extensions = parse(xml, included=True).context(scheme) or ()
    steps = dict.fromkeys(path for extension in extensions for path in _steps(extension))
    found = [Item(scheme, "step", path) for path in steps]
    branches = [path.rpartition(".")[0] for path in steps if re.fullmatch(r".*\d\.\w+\.\d+", path)]
    for extension in extensions:
        branches += _branches(extension, steps)
        found += [Item(scheme, kind, path) for kind, path in _outcomes(extension)]
    found += [Item(scheme, "branch", path) for path in branches]
    return sorted({item: None for item in found if item.path != _UNWRITTEN}, key=_order)


def _steps(extension: ParsedExtension) -> Iterator[str]:
    for action in _actions(extension):
        if action.application in ("set", "multiset"):
            yield from _STEP.findall(action.data.removeprefix("^^"))


def _branches(extension: ParsedExtension, steps: Iterable[str]) -> Iterator[str]:
    """Branches without steps: an absent `open` or `closed`, no matching case, an extension, another scheme."""
    if _HOURS.fullmatch(extension.name):
        yield extension.name
    elif fork := _FORK.fullmatch(extension.name):
        otherwise = f"{fork[1]}.{OTHERWISE}"
        if not any(path.startswith(f"{otherwise}.") for path in steps):
            yield otherwise
        if any(action.data.endswith(" colleagues") for action in _actions(extension)):
            yield f"{fork[1]}.{COLLEAGUE}"
    elif nearest := _NEAREST.fullmatch(extension.name):
        starts = (_START.match(action.data) for action in _actions(extension))
        yield from (f"{nearest[1]}.{start[1]}" for start in starts if start)
    elif extension.name.endswith(".none"):
        yield extension.name


def _outcomes(extension: ParsedExtension) -> Iterator[tuple[Kind, str]]:
    """The outcomes of a dynamic step: its fallback, and an answer where its extension expects one."""
    if dynamic := _DYNAMIC.fullmatch(extension.name):
        if dynamic[2] == "fallback":
            yield "fallback", dynamic[1]
        elif len(extension.conditions) > 1:
            yield "answer", dynamic[1]


def _actions(extension: ParsedExtension) -> Iterator[ParsedAction]:
    for condition in extension.conditions:
        yield from condition.actions


def _order(item: Item) -> tuple[list[tuple[int, str]], int]:
    """The order of the file: by path, a step before its branches."""
    parts = [(int(part), "") if part.isdigit() else (0, part) for part in item.path.split(".")]
    return parts, ("step", "answer", "fallback", "branch").index(item.kind)


def visited(events: Sequence[Event]) -> Iterator[Item]:
    """The items that one call visits."""
    fork: tuple[str, str] | None = None
    for event in events:
        if event.kind == "step":
            yield Item(event.scheme, "step", event.subject)
            yield Item(event.scheme, "branch", event.subject.rpartition(".")[0])
        elif event.kind in ("decision", "fallback"):
            is_fallback = event.kind == "fallback" or engine_answer(event) == "continue"
            yield Item(event.scheme, "fallback" if is_fallback else "answer", event.step)
        if fork and event.kind in ("step", "transfer", "ring", "end"):
            scheme, path = fork
            if event.kind == "ring":
                yield Item(scheme, "branch", f"{path}.{COLLEAGUE}")
            elif not event.subject.startswith(f"{path}."):
                yield Item(scheme, "branch", f"{path}.{OTHERWISE}")
            fork = None
        if event.kind == "transfer":
            extension, _, context = event.subject.partition(" ")
            yield Item(context, "branch", extension)
            if extension == "start":
                yield Item(event.scheme, "branch", f"{event.step}.{context}")
            if found := _FORK.fullmatch(extension):
                fork = (context, found[1])
