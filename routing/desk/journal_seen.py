"""The journal as the request's user sees it: their filter, their calls, numbers as they may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from flask import request, url_for

from routing.desk.current import plan, services, texts, user
from routing.desk.journal_filter import JournalFilter, TypedFilter, ignored, resolved, typed
from routing.desk.journal_query import JournalPage, JournalScope
from routing.desk.journal_rows import JournalRow, row_of
from routing.desk.masks import NumberView
from routing.desk.rung_people import rung_people
from routing.model.desk import Right


def chosen_filter() -> TypedFilter:
    """The filter in the request's address."""
    return typed(request.args, user().may(Right.NUMBERS))


def ignored_names(chosen: TypedFilter) -> list[str]:
    """The filters that the request's address asks for in vain, as people read them."""
    return [texts()(f"journal.{name}") for name in ignored(request.args, chosen)]


def database_filter(chosen: TypedFilter) -> JournalFilter:
    """The same for the database."""
    return resolved(chosen, services().now(), plan().zone, plan().country)


def scope() -> JournalScope:
    """What the request's user may see."""
    return JournalScope(plan().project, None if user().sees_all else user().people)


def number_view() -> NumberView:
    """Numbers as the request's user may see them."""
    own = frozenset(number for numbers in plan().schemes.values() for number in numbers)
    return NumberView(plan().country, not user().may(Right.NUMBERS), own)


def list_address() -> str:
    """The list from which the request came, with its filters and place; the whole list when it came from elsewhere."""
    came_from, journal = urlsplit(request.referrer or ""), url_for("journal")
    is_list = came_from.netloc == request.host and came_from.path == journal
    return f"{journal}?{came_from.query}" if is_list and came_from.query else journal


def rows_of(found: JournalPage) -> list[JournalRow]:
    """The rows of a page."""
    numbers = number_view()
    rows = [row_of(facts, numbers, plan().shown, plan().scheme_shown) for facts in found.rows]
    rung = rung_people(services().database, [row.id for row in rows if row.is_missed and not row.who])
    return [replace(row, rang=tuple(map(plan().shown, rung[row.id]))) if row.id in rung else row for row in rows]


def shown_filter(parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    """The name and the value of each filter, as people read them."""
    shown = {
        "period": lambda value: texts().or_plain(f"journal.period.{value}", value),
        "status": status_text,
        "direction": lambda value: texts().or_plain(f"direction.{value}", value),
        "rating": rating_text,
        "person": plan().shown,
        "scheme": plan().scheme_shown,
        "queue": plan().scheme_shown,
    }
    return [(texts()(f"journal.{name}"), shown.get(name, str)(value)) for name, value in parameters.items()]


def rating_text(name: str) -> str:
    """A filter by rating in the request's language."""
    return texts().or_plain(f"journal.rating.{name}", name)


def status_text(name: str) -> str:
    """A status in the request's language."""
    return texts().or_plain(f"status.{name}", name)
