"""Names in groups and ring lists that add no phone."""

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
    """A name in a group or a ring list adds no phone: names before it already include its phones.

    Good::

        - ring: [ivan.desk, olena]
        - hangup

    Bad, `ivan` already includes `ivan.desk`::

        - ring: [ivan, ivan.desk]
        - hangup
    """

    id = "dead-member"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Lists of `ring`."""
        for step, loc, _, _ in one.rings:
            if len(step.to) > 1:
                for at in redundant_names(step.to, one.folder):
                    name = step.to[at].name
                    message = f"`{name}` adds no phone: names before it include its phones"
                    yield (*loc, "to", at), message, "leave it out"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Groups."""
        for group, members in whole.folder.groups.items():
            for at in redundant_names([Ring(name=member) for member in members], whole.folder):
                message = f"`{members[at]}` adds no phone: members before it include its phones"
                yield whole.at(self.id, ("groups", group, at), message, "leave it out")


def redundant_names(rings: Sequence[Ring], folder: Folder) -> Iterator[int]:
    """Indexes of the names that add no phone."""
    seen: set[str] = set()
    for at, ring in enumerate(rings):
        own = {leg.target for turn in targets.turns([ring], folder) for leg in turn}
        if own and own <= seen:
            yield at
        seen |= own
