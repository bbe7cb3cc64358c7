"""What phones dial to tell something instead of calling somebody: a scheme of the product's own, ``codes``."""

from __future__ import annotations

from collections.abc import Iterator

from routing.compile.scheme import table_json
from routing.model.folder import CODES, Folder
from routing.model.messages import HEAR
from routing.steps.base import RELEASE, Emitter
from routing.steps.dialplan import Context
from routing.steps.dnd import DndCode
from routing.steps.messages import MessagesCode

#: What is dialled, the label behind it, and the state that it asks for.
DND = (("*78", "dnd_on", "on"), ("*79", "dnd_off", "off"))
MESSAGES = "messages"


def codes_context(folder: Folder) -> Context:
    """The dialplan behind the codes."""
    out = Emitter(CODES, folder, None, "")
    for _, label, state in DND:
        DndCode(state=state).emit_code(out, label)
    MessagesCode().emit_code(out, MESSAGES)
    return out.context


def codes_table(folder: Folder) -> str:
    """What the engine reads of it."""
    steps = {label: DndCode(state=state).runtime(folder) for _, label, state in DND}
    steps[MESSAGES] = MessagesCode().runtime(folder)
    return table_json({"scheme": CODES, "answers_first": True, "steps": steps})


def dialled_codes() -> Iterator[tuple[str, str]]:
    """What is dialled, and where it goes: arguments of ``transfer``."""
    for dialled, label in (*((dialled, label) for dialled, label, _ in DND), (HEAR, MESSAGES)):
        yield dialled, f"{label} XML:{RELEASE}/schemes/{CODES}.xml {CODES}"
