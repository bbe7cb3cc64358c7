"""The audit log: who did or heard what."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request

from routing.desk.alphabetical import alphabetical
from routing.desk.audit import PAGE
from routing.desk.call_traces import EXPORTED, LISTENED, SAVED
from routing.desk.current import needs, plan, services, texts
from routing.desk.journal_seen import number_view, shown_filter
from routing.desk.noted_filter import read
from routing.model.desk import Right

#: Actions whose subject is a call.
OF_CALLS = frozenset({LISTENED, SAVED, "join_listen", "join_whisper", "join_take_over"})


def add(app: Flask) -> None:
    """Its address."""
    app.add_url_rule("/audit", "audit", audit)


@needs(Right.AUDIT)
def audit() -> Any:
    """A page of it, newest first; ``who`` and ``subject`` filter."""
    before, who, subject = (request.args.get(name, "") for name in ("before", "who", "subject"))
    numbers = number_view()
    if numbers.text(subject) != subject:  # who may not see numbers does not find lines by them
        subject = ""
    lines = services().audit.lines(int(before) if before.isdecimal() and len(before) < 19 else 0, who, subject)
    return render_template(
        "audit.html",
        lines=lines,
        numbers=numbers,
        who=who,
        choices=_choices(who),
        of_calls=OF_CALLS,
        exported=EXPORTED,
        filters=_filters,
        subject=subject,
        older=lines[-1].n if len(lines) == PAGE else 0,
    )


def _filters(subject: str) -> str:
    """The filter of an export, as the page of calls shows it."""
    chosen = read(subject).parameters
    return "; ".join(f"{name}: {value}" for name, value in shown_filter(chosen)) or texts()("audit.all_calls")


def _choices(who: str) -> list[tuple[str, str]]:
    """Users by name, and whom the address names: somebody who has left is in the log still."""
    names = plan().users.keys() | ({who} if who else set())
    return sorted(((name, plan().user_shown(name)) for name in names), key=lambda each: alphabetical(each[1]))
