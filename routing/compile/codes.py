"""Feature codes that phones dial, such as do-not-disturb: the built-in scheme ``codes``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routing.compile.table_text import table_json
from routing.model import camp_on
from routing.model.folder import CODES, Folder
from routing.model.messages import HEAR
from routing.steps.base import RELEASE, Emitter
from routing.steps.camp_on import CampOnCode
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
#: Of folders that call back: a code that an extension may follow, label, and what it does.
COLLEAGUE_CODES: Sequence[tuple[str, str, PersonCode]] = (
    (camp_on.ORDER, "await", CampOnCode(state="order")),
    (camp_on.CANCEL, "await_no_longer", CampOnCode(state="cancel")),
)
MESSAGES = "messages"


def codes_context(folder: Folder) -> Context:
    """The dialplan of the feature codes."""
    out = Emitter(CODES, folder, None, "")
    for _, label, code in _codes(folder):
        code.emit_code(out, label)
    MessagesCode().emit_code(out, MESSAGES)
    return out.context


def codes_table(folder: Folder) -> str:
    """The engine's table of the feature codes."""
    steps = {label: code.runtime(folder) for _, label, code in _codes(folder)}
    steps[MESSAGES] = MessagesCode().runtime(folder)
    return table_json({"scheme": CODES, "answers_first": True, "steps": steps})


def dialled_codes() -> Iterator[tuple[str, str]]:
    """Each feature code, and the argument of ``transfer`` for it."""
    for dialled, label in (*((dialled, label) for dialled, label, _ in PERSON_CODES), (HEAR, MESSAGES)):
        yield dialled, _place(label)


def add_colleague_codes(context: Context, folder: Folder) -> None:
    """The codes with an extension behind them, of a folder that calls back."""
    if folder.project.callbacks:
        for dialled, label, _ in COLLEAGUE_CODES:
            code = context.extension(dialled, pattern=rf"^{re.escape(dialled)}(|\d{{2,6}})$")
            code.set(camp_on.EXTENSION, "$1")
            code.do("transfer", _place(label))


def _codes(folder: Folder) -> Sequence[tuple[str, str, PersonCode]]:
    return (*PERSON_CODES, *(COLLEAGUE_CODES if folder.project.callbacks else ()))


def _place(label: str) -> str:
    return f"{label} XML:{RELEASE}/schemes/{CODES}.xml {CODES}"
