"""The first settings of a call in a scheme. Pure."""

from __future__ import annotations

from routing.model.folder import Folder
from routing.model.talk_keys import CALLED
from routing.steps.ask import hide_keys
from routing.steps.base import sound_path
from routing.steps.card_key import bind_card
from routing.steps.dialplan import Extension
from routing.steps.recording import record_talks
from routing.steps.scheme_file import SchemeFields, every_step


def enter(start: Extension, fields: SchemeFields, folder: Folder) -> None:
    """Count the jump, name the scheme, set its music, its recording and the keys during talks."""
    start.set("routing_jumps", "${routing_jumps}x")
    start.set("routing_scheme", fields.scheme)
    if fields.music:
        start.set("transfer_ringback", sound_path(fields.music))
        start.set("hold_music", sound_path(fields.music))
    hide_keys(start, (step for step, _, _ in every_step(fields)))
    record_talks(start, fields.record, folder)
    bind_card(start, folder)
    if folder.project.talk_keys:
        start.do("execute_extension", CALLED)
