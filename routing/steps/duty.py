"""Work in queues from a person's own phone: the dialplan of the feature codes that sign in, sign out, pause, return."""

from __future__ import annotations

from typing import ClassVar

from routing.model.queue import DUTY
from routing.steps.person_code import PersonCode


class DutyCode(PersonCode):
    """``state``: ``sign_in``, ``sign_out``, ``pause`` or ``ready``, in every queue of the person."""

    kind: ClassVar[str] = "duty"
    stored: ClassVar[str] = DUTY
