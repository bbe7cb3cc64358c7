"""``scheme``: go to another scheme and do not return. Linking checks that it exists.

Good::

    - scheme: online_shop

Bad (``is not a name``), ids have no dashes::

    - scheme: online-shop
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from routing.model.fields import Id
from routing.steps.base import Emitter, Step
from routing.steps.dialplan import Extension


class SchemeStep(Step):
    """Go to another scheme."""

    kind: ClassVar[str] = "scheme"
    primary: ClassVar[str] = "id"
    ends: ClassVar[bool] = True

    id: Id = Field(description="The scheme's id.")

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """A transfer; the target's first extension counts the jump and enforces the limit."""
        here.do("transfer", out.go_scheme(self.id))
        return None

    def jumps(self) -> tuple[str, ...]:
        """The scheme."""
        return (self.id,)
