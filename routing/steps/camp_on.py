"""Orders between colleagues from a person's own phone: the dialplan of the codes that order a call for when a busy
person is free, and cancel it."""

from __future__ import annotations

from typing import Any, ClassVar

from routing.model.camp_on import CAMPED
from routing.model.folder import Folder
from routing.steps.callback import ORDER_SECONDS
from routing.steps.person_code import PersonCode


class CampOnCode(PersonCode):
    """``state``: ``order`` a call with the person whose extension was dialled with the code, or ``cancel`` it."""

    kind: ClassVar[str] = "camp_on"
    may_be_inline: ClassVar[bool] = False
    stored: ClassVar[str] = CAMPED

    @property
    def budget_seconds(self) -> float:
        """One commit."""
        return ORDER_SECONDS

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The project whose orders they are."""
        return super().runtime(folder) | {"timeout_s": ORDER_SECONDS}
