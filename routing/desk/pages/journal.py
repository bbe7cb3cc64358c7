"""The journal: one row a call, filters in the address, pages that stay in place while new calls come."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template, request

from routing.desk import journal_query
from routing.desk.alphabetical import alphabetical
from routing.desk.current import needs, plan, services, texts, user
from routing.desk.journal_filter import (
    DIRECTIONS,
    PERIODS,
    STATUS_CHOICES,
    JournalPlace,
    TypedFilter,
    place_of,
    written,
)
from routing.desk.journal_query import MOST_COUNTED, JournalPage
from routing.desk.journal_rows import JournalRow
from routing.desk.journal_seen import (
    chosen_filter,
    database_filter,
    ignored_names,
    rating_text,
    rows_of,
    scope,
    shown_filter,
    status_text,
)
from routing.journal.query import RATINGS
from routing.model.desk import Right


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/journal", "journal", journal)
    app.add_url_rule("/journal/count", "journal_count", journal_count)


@needs(Right.CALLS)
def journal() -> Any:
    """A page of calls."""
    chosen, place = chosen_filter(), place_of(request.args)
    criteria = database_filter(chosen)
    found = journal_query.page(services().database, criteria, scope(), place)
    if place and place.newer and not (found.more or found.looked):  # the newest page is a full one
        place, found = None, journal_query.page(services().database, criteria, scope())
    rows = rows_of(found)
    return render_template(
        "journal.html",
        rows=rows,
        days=_days(rows),
        chosen=chosen,
        chips=_chips(chosen),
        is_filtered=bool(chosen.parameters),
        ignored=ignored_names(chosen),
        choices=_choices(),
        links=_links(chosen, rows, place, found),
        looked=found.looked,
    )


@needs(Right.CALLS)
def journal_count() -> Any:
    """How many calls the filter finds: a part of the page, loaded after it."""
    found = journal_query.count(services().database, database_filter(chosen_filter()), scope(), MOST_COUNTED + 1)
    if found.calls > MOST_COUNTED:
        return texts()("journal.count_more", count=texts().count("journal.calls", MOST_COUNTED))
    shown = texts().count("journal.calls", found.calls)
    return (
        texts()("journal.count_since", count=shown, day=texts().when(found.since, "d MMM y, HH:mm"))
        if found.since
        else shown
    )


def _days(rows: list[JournalRow]) -> list[tuple[str, list[JournalRow]]]:
    """The rows of each day."""
    found: dict[str, list[JournalRow]] = {}
    for row in rows:
        found.setdefault(texts().when(row.started, "EEEE, d MMMM y"), []).append(row)
    return list(found.items())


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What the form's lists offer: (value, text)."""
    people = plan().people if user().sees_all else sorted(user().people & plan().people.keys())
    return {
        "period": [(name, texts()(f"journal.period.{name}")) for name in PERIODS],
        "status": [(name, status_text(name)) for name in STATUS_CHOICES],
        "direction": [(name, texts()(f"direction.{name}")) for name in DIRECTIONS],
        "rating": [(name, rating_text(name)) for name in RATINGS],
        "person": sorted(((name, plan().shown(name)) for name in people), key=_by_text),
        "scheme": sorted(((name, plan().scheme_shown(name)) for name in plan().schemes), key=_by_text),
        "queue": sorted(((name, plan().scheme_shown(name)) for name in services().hub.queues()), key=_by_text),
    }


def _by_text(choice: tuple[str, str]) -> str:
    return alphabetical(choice[1])


def _chips(chosen: TypedFilter) -> list[dict[str, Any]]:
    """The active filters: name, value, the address without it."""
    return [
        {"name": name, "value": value, "rest": chosen.without(key)}
        for key, (name, value) in zip(chosen.parameters, shown_filter(chosen.parameters), strict=True)
    ]


def _links(
    chosen: TypedFilter, rows: list[JournalRow], place: JournalPlace | None, found: JournalPage
) -> dict[str, dict[str, str] | None]:
    """The parameters of the pages beside this one."""
    goes_back = place is not None and place.newer
    older = newer = ""
    if rows:
        older = written(rows[-1].started, rows[-1].id) if found.more or goes_back else ""
        newer = written(rows[0].started, rows[0].id) if place and (not goes_back or found.more) else ""
    elif place:
        here = written(place.started, place.call)
        older, newer = (here, "") if goes_back else ("", here)
    if found.looked:
        beyond = written(found.looked.started, found.looked.call)
        older, newer = (older, beyond) if goes_back else (beyond, newer)
    return {
        "newer": chosen.parameters | {"after": newer} if newer else None,
        "older": chosen.parameters | {"before": older} if older else None,
    }
