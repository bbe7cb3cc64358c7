"""``tag``: label the call for the journal, reports, webhooks and notices.

The caller notices nothing. Labels accumulate through steps and schemes; a call has each label once.

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
        """No label is listed twice."""
        for place, label in enumerate(self.labels):
            if label in self.labels[:place]:
                yield (*loc, "labels", place), f"label `{label}` is listed twice", "a call has each label once"

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Append each label and a comma to the labels of the call."""
        here.set(tags.TAGS, f"${{{tags.TAGS}}}{''.join(f'{label},' for label in self.labels)}")
        return here
