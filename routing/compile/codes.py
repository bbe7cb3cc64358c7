"""Feature codes that phones dial, such as do-not-disturb: the built-in scheme ``codes``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.compile.scheme import table_json
from routing.model.folder import CODES, Folder
from routing.model.messages import HEAR
from routing.steps.base import RELEASE, Emitter
from routing.steps.dialplan import Context
from routing.steps.dnd import DndCode
from routing.steps.duty import DutyCode
from routing.steps.messages import MessagesCode
from routing.steps.person_code import PersonCode

#: Feature code, label, and what it sets.
PERSON_CODES: Sequence[tuple[str, str, PersonCode]] = (
    ("*78", "dnd_on", DndCode(state="on")),
    ("*79", "dnd_off", DndCode(state="off")),
    ("*45", "sign_in", DutyCode(state="sign_in")),
    ("*46", "sign_out", DutyCode(state="sign_out")),
    ("*47", "pause", DutyCode(state="pause")),
    ("*48", "ready", DutyCode(state="ready")),
)
MESSAGES = "messages"


def codes_context(folder: Folder) -> Context:
    """The dialplan of the feature codes."""
    out = Emitter(CODES, folder, None, "")
    for _, label, code in PERSON_CODES:
        code.emit_code(out, label)
    MessagesCode().emit_code(out, MESSAGES)
    return out.context


def codes_table(folder: Folder) -> str:
    """The engine's table of the feature codes."""
    steps = {label: code.runtime(folder) for _, label, code in PERSON_CODES}
    steps[MESSAGES] = MessagesCode().runtime(folder)
    return table_json({"scheme": CODES, "answers_first": True, "steps": steps})


def dialled_codes() -> Iterator[tuple[str, str]]:
    """Each feature code, and the argument of ``transfer`` for it."""
    for dialled, label in (*((dialled, label) for dialled, label, _ in PERSON_CODES), (HEAR, MESSAGES)):
        yield dialled, f"{label} XML:{RELEASE}/schemes/{CODES}.xml {CODES}"
