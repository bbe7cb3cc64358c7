"""Do-not-disturb from a person's own phone: the dialplan of its feature codes.

The dialplan also sets it on this FreeSWITCH at once.
"""

from __future__ import annotations

from typing import ClassVar

from routing.model import dnd
from routing.steps.dialplan import Extension
from routing.steps.person_code import PersonCode


class DndCode(PersonCode):
    """``state``: do-not-disturb ``on`` or ``off``."""

    kind: ClassVar[str] = "dnd"
    stored: ClassVar[str] = "routing_dnd"

    def emit_done(self, here: Extension) -> None:
        """See PersonCode."""
        here.do("set_global", f"{dnd.variable('$1')}={dnd.BUSY if self.state == 'on' else ''}")
