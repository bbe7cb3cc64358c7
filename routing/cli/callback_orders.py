"""Orders to call clients back for people to read: a list that fits the terminal, and one order in lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from routing.callbacks.report import CallbackReport
from routing.cli.listed import printable, when
from routing.model.callback import CallbackAttempt, CallbackOrder, CallbackStatus
from routing.model.callback_causes import NOBODY, UNKNOWN
from routing.model.causes import CAUSES
from routing.model.durations import spoken

_SHORT, _LONG = "%d.%m %H:%M %Z", "%a %d %b %Y %H:%M:%S %Z"
_OWN_CAUSES = {NOBODY: "nobody of the company took it", UNKNOWN: "nobody knows what became of it"}


def show_list(orders: Iterable[CallbackOrder], zone: tzinfo) -> None:
    """Print orders as a table."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("next", "id", "client", "scheme", "by", "status", "tries"):
        flexible = title == "scheme"
        table.add_column(title, no_wrap=True, overflow="ellipsis", min_width=6 if flexible else None)
    for order in orders:
        at = order.not_before_s if order.is_open else order.closed_s
        tried = sum(attempt.cause != NOBODY for attempt in order.attempts)
        cells = (
            when(at, zone, _SHORT), order.id[:8], whom(order), order.scheme, order.source.value,
            order.status.value.replace("_", " "), f"{tried} of {tried + order.tries_left}",
        )  # fmt: skip
        table.add_row(*(Text(printable(text)) for text in cells), style="" if order.is_open else "dim")
    Console(highlight=False).print(table)


def show_report(found: CallbackReport) -> None:
    """Print a report as tables."""
    console = Console(highlight=False)
    for title, lines in (("", {"all": found.total}), ("by", found.sources), ("scheme", found.schemes)):
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(title)
        for heading in ("ordered", "reached", "lost", "cancelled", "withdrawn", "open", "share", "median"):
            table.add_column(heading, justify="right")
        for name, figures in sorted(lines.items()):
            counts = (
                figures.ordered, figures.reached, figures.lost, figures.cancelled, figures.withdrawn, figures.open,
            )  # fmt: skip
            share = f"{figures.share:.0%}" if figures.reached or figures.lost else ""
            median = spoken(round(figures.median_s)) if figures.waits_s else ""
            table.add_row(Text(printable(name)), *map(str, counts), share, median)
        console.print(table)


def explained(order: CallbackOrder, zone: tzinfo) -> Iterator[str]:
    """One order in lines."""

    def at(at_s: float) -> str:
        return when(at_s, zone, _LONG)

    yield f"order     {order.id}"
    if order.awaits:
        yield f"for       {order.person}, who awaits {order.awaits} and is rung first when both are free"
    else:
        dialled = f", who is shown {order.dialled}" if order.dialled else ""
        yield f"client    {order.number}{dialled}"
        rings = "somebody of the scheme is rung first" if order.first == "person" else "the client is rung first"
        yield f"scheme    {order.scheme}: {rings}"
    by = f" by {order.person}" if order.person else ""
    call = f", in call {order.call_id}" if order.call_id else ""
    yield f"ordered   {at(order.created_s)}{by}, {_SOURCES[order.source.value]}{call}"
    if order.consent:
        yield f"consent   {printable(order.consent.text)!r} on {printable(order.consent.page)}"
    for title, facts in (("visitor", order.entities), ("source", order.source_facts)):
        if facts:
            yield f"{title:9} {', '.join(f'{name}={printable(value)}' for name, value in sorted(facts.items()))}"
    for attempt in order.attempts:
        yield f"attempt {attempt.number} {at(attempt.began_s)}: {_ended(attempt)}"
    if order.status is CallbackStatus.ORDERED:
        yield f"status    ordered, {order.tries_left} tries left"
        yield f"next      not before {at(order.not_before_s)}"
        if order.held:
            yield f"waits     {printable(order.held)}"
        yield f"expires   {at(order.expires_s)}"
    elif order.status is CallbackStatus.DIALLING:
        yield "status    dialling now"
    else:
        if order.status is CallbackStatus.WITHDRAWN:
            yield "client    wants no calls, until they order one by calling themselves"
        yield f"status    {order.status.value.replace('_', ' ')} {at(order.closed_s)}"


def whom(order: CallbackOrder) -> str:
    """The client's number, or who awaits whom."""
    return order.number or f"{order.person} > {order.awaits}"


_SOURCES = {
    "api": "by a program over HTTP",
    "widget": "on a page of a site",
    "queue": "by a key in a queue",
    "step": "by the step `callback`",
    "missed": "because the call was missed",
    "colleague": "by a code of their phone",
    "cli": "by `routing callbacks add`",
}


def _ended(attempt: CallbackAttempt) -> str:
    if not attempt.ended_s:
        return f"under way, call {attempt.uuid}"
    if attempt.talked_s:
        return f"talked {spoken(round(attempt.talked_s))}"
    cause = CAUSES.get(attempt.cause)
    return _OWN_CAUSES.get(attempt.cause) or (cause.journal if cause and cause.journal else attempt.cause)
