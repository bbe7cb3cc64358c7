"""A whole scheme folder as lints see it: the shared part with its locations, and the facts of every scheme."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from routing.lint.findings import PROJECT, LintFinding, Owner, Place, SchemeFacts
from routing.load.nodes import Document
from routing.model.folder import Folder
from routing.model.problem import Loc

#: Kinds of shared entries that have an `allow:` of their own.
OWNERS = ("people", "calendars")


@dataclass(frozen=True)
class WholeFolder:
    """``complete``: the folder has no problem, so what seems unused is unused. ``today``: the day of the check.
    ``channels``: of sound files, by name."""

    folder: Folder
    documents: Sequence[Document]
    schemes: Mapping[str, SchemeFacts]
    today: date
    complete: bool = True
    channels: Mapping[str, int] = field(default_factory=dict)
    #: (kind, name) to the document that defines it.
    places: Mapping[tuple[str, str], Document] = field(init=False)

    def __post_init__(self) -> None:
        places = {
            (kind, name): document
            for document in reversed(self.documents)  # the first definition of a name counts
            for kind, part in (document.data.items() if isinstance(document.data, dict) else ())
            for name in (part if isinstance(part, dict) else ())
        }
        object.__setattr__(self, "places", places)

    def at(self, lint: str, loc: Loc, message: str, hint: str = "", *, at_key: bool = False) -> LintFinding:
        """A finding in a shared file; ``loc`` starts with a kind and a name."""
        kind, name = str(loc[0]), str(loc[1])
        document = self.places[kind, name]
        owner = (kind, name) if kind in OWNERS else PROJECT
        return LintFinding(document.problem(loc, message, hint, at_key=at_key), lint, owner)

    def allowed(self) -> Iterator[tuple[Owner, str, str, Place]]:
        """Every allowance: its owner, the lint, the file and the location."""
        for facts in self.schemes.values():
            for lint, place in facts.allow.items():
                yield ("scheme", facts.scheme), lint, facts.file, place
        for (kind, name), document in self.places.items():
            loc: Loc = ("project", "allow") if kind == "project" else (kind, name, "allow")
            if kind in OWNERS or (kind, name) == ("project", "allow"):
                owner: Owner = PROJECT if kind == "project" else (kind, name)
                yield from ((owner, lint, document.file, place) for lint, place in _allow(document, loc))

    def reached(self, until: str) -> Collection[str]:
        """Schemes that a call can enter before an event has happened; see `routing.lint.ways`.

        Numbers lead there, jumps before the event, and webhooks: those may name any scheme to which nothing else leads.
        """
        jumped = {to for facts in self.schemes.values() for to, _, _ in facts.jumps if to != facts.scheme}
        pooled = {pool.scheme for pool in self.folder.pools.values()}
        found = {name for name, facts in self.schemes.items() if facts.numbers or name in pooled or name not in jumped}
        queue = list(found)
        while queue:
            fresh = set(self.schemes[queue.pop()].leads.get(until, ())) & self.schemes.keys() - found
            found |= fresh
            queue += fresh
        return found


def _allow(document: Document, loc: Loc) -> Iterator[tuple[str, Place]]:
    data = document.data
    for part in loc:
        data = data.get(part) if isinstance(data, dict) else None
    for lint in data if isinstance(data, dict) else ():
        problem = document.problem((*loc, lint), "", at_key=True)
        yield lint, (problem.line, problem.column, problem.path)
