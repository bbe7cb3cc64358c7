"""The audit log: who did or heard what."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request

from routing.desk.alphabetical import alphabetical
from routing.desk.audit import PAGE, AuditFilter
from routing.desk.call_traces import EXPORTED, LISTENED, SAVED
from routing.desk.current import needs, plan, services, texts
from routing.desk.journal_filter import TypedFilter, resolved, typed
from routing.desk.journal_seen import number_view, shown_filter
from routing.desk.noted_filter import read
from routing.model.desk import Right

#: Of a filter that is typed, in characters.
_LONGEST = 500
#: Actions whose subject is a call.
OF_CALLS = frozenset({LISTENED, SAVED, "join_listen", "join_whisper", "join_take_over"})


def add(app: Flask) -> None:
    """Its address."""
    app.add_url_rule("/audit", "audit", audit)


@needs(Right.AUDIT)
def audit() -> Any:
    """A page of it, newest first; ``who``, ``action``, ``subject``, ``since`` and ``until`` (days) filter."""
    numbers = number_view()
    chosen = {name: request.args.get(name, "")[:_LONGEST] for name in ("who", "action", "subject", "since", "until")}
    if numbers.text(chosen["subject"]) != chosen["subject"]:  # who may not see numbers does not find lines by them
        chosen["subject"] = ""
    days = typed({"since": chosen["since"], "until": chosen["until"]}, may_see_numbers=True)
    chosen |= {"since": days.since, "until": days.until}
    before = request.args.get("before", "")
    lines = services().audit.lines(
        int(before) if before.isdecimal() and len(before) < 19 else 0, _audit_filter(chosen, days)
    )
    return render_template(
        "audit.html",
        lines=lines,
        numbers=numbers,
        chosen=chosen,
        ignored=[name for name in chosen if request.args.get(name, "").strip() and not chosen[name]],
        asked={name: value for name, value in chosen.items() if value},
        choices=_choices(chosen["who"]),
        actions=_actions(),
        of_calls=OF_CALLS,
        exported=EXPORTED,
        filters=_filters,
        older=lines[-1].n if len(lines) == PAGE else 0,
    )


def _audit_filter(chosen: dict[str, str], days: TypedFilter) -> AuditFilter:
    span = resolved(days, services().now(), plan().zone, plan().country)
    return AuditFilter(chosen["who"], chosen["action"], chosen["subject"], span.since, span.until)


def _actions() -> list[tuple[str, str]]:
    """What a line may say, by its words."""
    return sorted(texts().below("audit.action."), key=lambda each: alphabetical(each[1]))


def _filters(subject: str) -> str:
    """The filter of an export, as the page of calls shows it."""
    chosen = read(subject).parameters
    return "; ".join(f"{name}: {value}" for name, value in shown_filter(chosen)) or texts()("audit.all_calls")


def _choices(who: str) -> list[tuple[str, str]]:
    """Users by name, and whom the address names: somebody who has left is in the log still."""
    names = plan().users.keys() | ({who} if who else set())
    return sorted(((name, plan().user_shown(name)) for name in names), key=lambda each: alphabetical(each[1]))
