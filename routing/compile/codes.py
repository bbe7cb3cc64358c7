"""Feature codes that phones dial, such as do-not-disturb: the built-in scheme ``codes``."""

from __future__ import annotations

from collections.abc import Iterator

from routing.compile.scheme import table_json
from routing.model.folder import CODES, Folder
from routing.model.messages import HEAR
from routing.steps.base import RELEASE, Emitter
from routing.steps.dialplan import Context
from routing.steps.dnd import DndCode
from routing.steps.messages import MessagesCode

#: Feature code, label, and the requested state.
DND = (("*78", "dnd_on", "on"), ("*79", "dnd_off", "off"))
MESSAGES = "messages"


def codes_context(folder: Folder) -> Context:
    """The dialplan of the feature codes."""
    out = Emitter(CODES, folder, None, "")
    for _, label, state in DND:
        DndCode(state=state).emit_code(out, label)
    MessagesCode().emit_code(out, MESSAGES)
    return out.context


def codes_table(folder: Folder) -> str:
    """The engine's table of the feature codes."""
    steps = {label: DndCode(state=state).runtime(folder) for _, label, state in DND}
    steps[MESSAGES] = MessagesCode().runtime(folder)
    return table_json({"scheme": CODES, "answers_first": True, "steps": steps})


def dialled_codes() -> Iterator[tuple[str, str]]:
    """Each feature code, and the argument of ``transfer`` for it."""
    for dialled, label in (*((dialled, label) for dialled, label, _ in DND), (HEAR, MESSAGES)):
        yield dialled, f"{label} XML:{RELEASE}/schemes/{CODES}.xml {CODES}"
