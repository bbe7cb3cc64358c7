"""``routing callbacks``: orders to call clients back: list, show, add, cancel, run now, allow, report."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from routing.callbacks import refusals
from routing.callbacks.facts import order_facts
from routing.callbacks.report import report
from routing.callbacks.store import new_id
from routing.cli.callback_desk import client_number, desk_options, opened_desk
from routing.cli.callback_orders import explained, show_list, show_report, whom
from routing.cli.calls import began
from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.listed import when
from routing.cli.options import COUNT
from routing.model.callback import CallbackOrder, CallbackSource, CallbackStatus, CallsUnwanted
from routing.model.callback_plan import CallbackPlan, NotCallable
from routing.model.callback_settings import MOST_TRIES
from routing.model.problem import did_you_mean

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@click.group()
def callbacks() -> None:
    """Orders to call clients back."""


@callbacks.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Closed ones too, the newest first.")
@click.option("--number", default="", help="Orders of one client, closed ones too.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="The most orders to list.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
@desk_options
def list_command(closed_too: bool, number: str, limit: int, as_json: bool, root: Path, database: str) -> None:
    """List open orders, the next one to be dialled first."""
    with opened_desk(root, database) as desk:
        if closed_too or number:
            client = client_number(number, desk.live.country) if number else ""
            found = desk.store.latest(desk.project, limit, client)
        else:
            found = desk.store.open(desk.project)[:limit]
        if as_json:
            for order in found:
                click.echo(json.dumps(order_facts(order), ensure_ascii=False))
        elif found:
            show_list(found, desk.zone)
        else:
            click.echo("no orders" if closed_too or number else "no open orders (--all lists closed ones)")


@callbacks.command()
@click.argument("order_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@desk_options
def show(order_id: str, as_json: bool, root: Path, database: str) -> None:
    """Show one order with its attempts. ID may be its beginning."""
    with opened_desk(root, database) as desk:
        order = desk.order(order_id)
        if as_json:
            click.echo(json.dumps(order_facts(order), ensure_ascii=False))
            return
        for line in explained(order, desk.zone):
            click.echo(line)


@callbacks.command()
@click.argument("number")
@click.option("--scheme", required=True, shell_complete=offered("schemes"), help="Scheme by which somebody is rung.")
@click.option("--at", "at_text", default="", metavar="TIME", help="Not before: `15:30` or `2026-11-24 10:00`.  "
              "[default: now]")  # fmt: skip
@click.option("--first", type=click.Choice(["person", "client"]), help="Who is rung first.  [default: the project's]")
@click.option("--tries", type=click.IntRange(1, MOST_TRIES), help="Attempts.  [default: the project's]")
@click.option("--json", "as_json", is_flag=True, help="For programs: the order as JSON.")
@desk_options
def add(
    number: str, scheme: str, at_text: str, first: str | None, tries: int | None, as_json: bool, root: Path,
    database: str,
) -> None:  # fmt: skip
    """Order a call to NUMBER. An open order of the client is renewed instead."""
    with opened_desk(root, database) as desk:
        plan, now = desk.plan(), time.time()
        if scheme not in plan.schemes:
            hint = did_you_mean(scheme, plan.schemes) or f"schemes: {', '.join(sorted(plan.schemes)[:5])}"
            raise UserError(f"no scheme is called `{scheme}` ({hint})")
        client = client_number(number, plan.country)
        not_before_s = _moment(at_text, datetime.fromtimestamp(now, desk.zone)) if at_text else now
        facts = {"dialled": plan.schemes[scheme].number}
        try:
            new = plan.order(
                new_id(), client, scheme, CallbackSource.CLI, now, not_before_s, first or "", tries or 0, **facts
            )
            order = desk.store.order(new)
        except NotCallable as problem:
            raise UserError(str(problem)) from None
        except CallsUnwanted as problem:
            raise UserError(f"{problem} (hint: `routing callbacks allow` once they have asked for a call)") from None
        if as_json:
            click.echo(json.dumps(order_facts(order), ensure_ascii=False))
            return
        done = "ordered" if order.id == new.id else "renewed"
        click.echo(f"{done} {order.id[:8]}: {client}, {_soonest(order, plan, desk.zone)}")


@callbacks.command()
@click.argument("order_ids", metavar="ID...", nargs=-1, required=True)
@desk_options
def cancel(order_ids: tuple[str, ...], root: Path, database: str) -> None:
    """Cancel orders. A call that is under way goes on."""
    with opened_desk(root, database) as desk:
        for order in [desk.order(start) for start in order_ids]:
            if desk.store.cancel(order.id, time.time()):
                click.echo(f"cancelled {order.id[:8]}: {whom(order)}")
            else:
                click.echo(f"{order.id[:8]} was {order.status.value.replace('_', ' ')} already")


@callbacks.command()
@click.argument("order_id", metavar="ID")
@desk_options
def run(order_id: str, root: Path, database: str) -> None:
    """Dial an order now, as far as quiet hours and the calendar allow."""
    with opened_desk(root, database) as desk:
        order, now = desk.order(order_id), time.time()
        if order.awaits:
            raise UserError(f"{order.id[:8]} is {order.person}'s, who is connected when {order.awaits} is free")
        if order.status is not CallbackStatus.ORDERED or not desk.store.put_off(order.id, now):
            raise UserError(f"{order.id[:8]} does not wait: it is {order.status.value.replace('_', ' ')}")
        click.echo(f"{order.id[:8]}: {whom(order)}, {_soonest(desk.order(order.id), desk.plan(), desk.zone)}")


@callbacks.command()
@click.argument("number")
@desk_options
def allow(number: str, root: Path, database: str) -> None:
    """Let NUMBER be called back again, because the client has asked for a call since they refused all."""
    with opened_desk(root, database) as desk:
        client = client_number(number, desk.live.country)
        with desk.store.engine.begin() as connection:
            has_refused = refusals.lift(connection, desk.project, client)
        click.echo(f"{client} may be called back again" if has_refused else f"{client} has refused no calls")


@callbacks.command("report")
@click.option(
    "--since", default="7d", show_default=True, help="Of the last hours or days, or since a day: `2026-11-22`."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@desk_options
def report_command(since: str, as_json: bool, root: Path, database: str) -> None:
    """Count orders: clients who were reached, who were not, and how long it took."""
    with opened_desk(root, database) as desk:
        began_s = began(since, desk.zone, datetime.fromtimestamp(time.time(), desk.zone))
        found = report(desk.store.engine, desk.project, began_s)
        if not as_json:
            show_report(found)
            return
        parts = {"sources": found.sources, "schemes": found.schemes}
        lines = {part: {name: figures.as_json() for name, figures in of.items()} for part, of in parts.items()}
        click.echo(json.dumps({**found.total.as_json(), **lines}, ensure_ascii=False))


def _soonest(order: CallbackOrder, plan: CallbackPlan, zone: ZoneInfo) -> str:
    """When an order is dialled, as text."""
    at_s = plan.next_allowed(order.not_before_s, order.number, order.scheme)
    if at_s is None or at_s >= order.expires_s:
        return "but quiet hours and the calendar allow no call before it expires"
    return f"not before {when(at_s, zone, '%d.%m %H:%M %Z')}"


def _moment(text: str, now: datetime) -> float:
    """A time of today, or of tomorrow when it has passed; or a day and a time."""
    if clock := _CLOCK.fullmatch(text):
        moment = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        return (moment if moment >= now else moment + timedelta(days=1)).timestamp()
    try:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=now.tzinfo)
    except ValueError:
        raise UserError(f"`{text}` is not a time: write `15:30` or `2026-11-24 10:00`") from None
    if moment < now:
        raise UserError(f"{text} has passed")
    return moment.timestamp()
