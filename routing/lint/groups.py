"""Names in groups and ring lists that add nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.model.folder import Folder
from routing.model.people import Ring
from routing.steps import targets
from routing.steps.base import Complaint


class DeadMember(Lint):
    """A name in a group or a ring list adds no phone: others before it have them all.

    Good::

        - ring: [ivan.desk, olena]
        - hangup

    Bad, Ivan's desk rings with Ivan::

        - ring: [ivan, ivan.desk]
        - hangup
    """

    id = "dead-member"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Lists of `ring`."""
        for step, loc, _, _ in one.rings:
            if len(step.to) > 1:
                for at in dead(step.to, one.folder):
                    name = step.to[at].name
                    yield (*loc, "to", at), f"`{name}` adds no phone: the names before it have them all", "leave it out"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Groups."""
        for group, members in whole.folder.groups.items():
            for at in dead([Ring(name=member) for member in members], whole.folder):
                message = f"`{members[at]}` adds no phone: the members before it have them all"
                yield whole.at(self.id, ("groups", group, at), message, "leave it out")


def dead(rings: Sequence[Ring], folder: Folder) -> Iterator[int]:
    """Indexes of the names that add nothing."""
    seen: set[str] = set()
    for at, ring in enumerate(rings):
        own = {leg.target for turn in targets.turns([ring], folder) for leg in turn}
        if own and own <= seen:
            yield at
        seen |= own
