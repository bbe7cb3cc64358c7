"""Lists of steps as a field: a step is a mapping with one key, or a bare word where it needs no settings.

Steps contain lists of steps, so the field only names ``AnyStep``; ``routing.steps`` defines it from the registry.
"""

from __future__ import annotations

from typing import Annotated

from routing.model.fields import NotEmpty, OneOrMany
from routing.steps.base import StepItem

Steps = Annotated[list["AnyStep"], OneOrMany]  # type: ignore[name-defined]  # noqa: F821

#: As `Steps`, of which there must be one.
NeededSteps = Annotated[list["AnyStep"], OneOrMany, NotEmpty]  # type: ignore[name-defined]  # noqa: F821

__all__ = ["NeededSteps", "StepItem", "Steps"]
