"""``tag``: put labels on the call: the journal keeps them, reports count by them, webhooks and notices tell them.

The caller notices nothing. Labels add up on the way through steps and schemes; each counts once a call.

Good::

    - tag: new_customer

Good::

    - match:
        - {when: {caller: "+48"}, steps: [{tag: [poland, export]}]}

Bad, a label is an id (``is not a name``)::

    - tag: New customer
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from routing.model import tags
from routing.model.fields import Id, OneOrMany
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import Complaint, Emitter, Step
from routing.steps.dialplan import Extension


class TagStep(Step):
    """Label the call; falls through at once."""

    kind: ClassVar[str] = "tag"
    primary: ClassVar[str] = "labels"

    labels: Annotated[list[Id], OneOrMany] = Field(min_length=1, max_length=20, description="The labels.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """None is written twice."""
        for place, label in enumerate(self.labels):
            if label in self.labels[:place]:
                yield (*loc, "labels", place), f"the label `{label}` stands here twice", "a call has a label once"

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Each label with a comma behind it, after those that the call has."""
        here.set(tags.TAGS, f"${{{tags.TAGS}}}{''.join(f'{label},' for label in self.labels)}")
        return here
