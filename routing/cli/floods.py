"""``routing floods``: floods of calls to numbers that the company pays for: what is refused, by hand, what would be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from routing.cli.callback_desk import client_number, desk_options, live_table, opened_desk
from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.flood_replay import COLUMNS, attack_of, facts, shown
from routing.cli.options import DURATION, esl_option, root_option
from routing.cli.switch import switch
from routing.decide.flood_signs import others
from routing.journal.flood_history import DAY_SECONDS, USUAL_SECONDS, NumberHistory, read_calls, read_talked
from routing.model.durations import parse_duration, spoken
from routing.model.flood import ABROAD, HIDDEN, MOST_STARTS, SIGNS, TABLE, FloodPlan, FloodRefusal, plan_of
from routing.model.plans import code_of
from routing.model.problem import did_you_mean
from routing.recorder.flood_replay import replay
from routing.release.floods import Standing, let_pass, lift, refuse, standing
from routing.release.timed_variables import VariableRefused

_PASSWORD = click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD",
                         help="Its password.  [env: ROUTING_ESL_PASSWORD]")  # fmt: skip
_NUMBER = click.argument("number", shell_complete=offered("numbers"))
_FOR = click.option("--for", "lasts", type=DURATION, default="1h", show_default=True, help="How long.")
#: So many numbers are named in a message.
_MOST_NAMED = 10


@click.group()
def floods() -> None:
    """Floods of calls to numbers that the company pays for."""


@floods.command()
@esl_option()
@_PASSWORD
def show(esl: str, esl_password: str | None) -> None:
    """Print what this node refuses now, and until when."""
    found = standing(switch(esl, esl_password))
    if not found:
        click.echo("nothing is refused")
    for number, one in sorted(found.items()):
        until = f" until {datetime.fromtimestamp(one.until_s).astimezone():%Y-%m-%d %H:%M:%S %Z}" if one.until_s else ""
        why = f" ({SIGNS[one.sign]})" if one.starts else ""
        click.echo(f"{number}: {one.text()}{until}{why}")


@floods.command("refuse")
@_NUMBER
@click.argument("callers", nargs=-1, required=True)
@_FOR
@root_option("Release root.")
@esl_option()
@_PASSWORD
def refuse_command(
    number: str, callers: tuple[str, ...], lasts: str, root: Path, esl: str, esl_password: str | None
) -> None:
    """Refuse CALLERS of NUMBER by hand: beginnings of numbers (`+44`), `anonymous`, `abroad` (all countries but the
    project's), or `all`.

    Callers who have talked with the company before get through.
    """
    now = time.time()
    refusal = FloodRefusal(
        _watched(root, number), _starts(callers, _plan(root).country), now + parse_duration(lasts), "by hand"
    )
    _done(lambda: refuse(switch(esl, esl_password), refusal, now))
    standing_now = Standing(refusal.number, refusal.starts, refusal.until_s)
    click.echo(f"{refusal.number}: {standing_now.text()} for {spoken(parse_duration(lasts))}")


@floods.command("lift")
@_NUMBER
@_FOR
@click.option("--now", "at_once", is_flag=True, help="Only end what holds: the next flood is refused again.")
@root_option("Release root.")
@esl_option()
@_PASSWORD
def lift_command(number: str, lasts: str, at_once: bool, root: Path, esl: str, esl_password: str | None) -> None:
    """Let everybody pass at NUMBER for a while, whatever is noticed."""
    e164, freeswitch = _watched(root, number), switch(esl, esl_password)
    if at_once:
        _done(lambda: lift(freeswitch, e164))
        click.echo(f"{e164}: nothing is refused; a new flood is")
        return
    _done(lambda: let_pass(freeswitch, e164, parse_duration(lasts)))
    click.echo(f"{e164}: everybody passes for {spoken(parse_duration(lasts))}")


@floods.command("replay")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How many days of the journal.")
@click.option("--attack", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help=f"Calls of an attack, to see them among the journal's: CSV with {', '.join(COLUMNS)}.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@desk_options
def replay_command(days: int, attack: Path | None, as_json: bool, root: Path, database: str) -> None:
    """Show what would have been refused of the journal's calls, with the live release's setting; nobody is refused."""
    with opened_desk(root, database) as desk:
        plan, now = _plan(desk.root), time.time()
        calls = attack_of(attack, plan) if attack else []
        now = max([now, *(call.ended for call in calls)])
        since = now - days * DAY_SECONDS
        engine = desk.store.engine
        history = NumberHistory(desk.zone, code_of(plan.country) if plan.country else "", read_talked(engine, now))
        past = list(read_calls(engine, plan.numbers, since - USUAL_SECONDS, now))
        found = replay(past, calls, history, plan.minutes_a_day, since)
        click.echo(json.dumps(facts(found)) if as_json else shown(found, desk.zone))


def _watched(root: Path, text: str) -> str:
    """A number that the live release watches, in E.164: others are not compared with refusals. Raises UserError."""
    plan = _plan(root)
    number = client_number(text, plan.country)
    if number not in plan.numbers:
        found = sorted(plan.numbers)
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        hint = did_you_mean(number, found) or f"those are {', '.join(found[:_MOST_NAMED])}{more}"
        raise UserError(f"no floods are watched at {number}: nothing would be refused ({hint})")
    return number


def _plan(root: Path) -> FloodPlan:
    lacks = "the live release does not watch floods (hint: write `project: {floods: {}}` and publish)"
    plan = plan_of(live_table(root, TABLE, lacks))
    if not plan.numbers:
        raise UserError(
            "no number is watched (hint: mark numbers with `caller_pays: false`, or `floods: {numbers: all}`)"
        )
    return plan


def _starts(callers: tuple[str, ...], country: str) -> tuple[str, ...]:
    if "all" in callers:
        return ("",)
    if ABROAD in callers and not country:
        raise UserError("the project has no `country`: nobody knows who calls from abroad")
    foreign = others({code_of(country)}) if ABROAD in callers else ()
    found = tuple(dict.fromkeys([*(each.removeprefix("+") for each in callers if each != ABROAD), *foreign]))
    if wrong := [
        each for each in found if each != HIDDEN and not (each.isdigit() and each.isascii() and len(each) <= 15)
    ]:
        raise UserError(f"`{wrong[0]}` is no beginning of a number: write +44, {HIDDEN}, {ABROAD} or all")
    if len(found) > MOST_STARTS:
        raise UserError(f"{len(found)} beginnings: {MOST_STARTS} at the most")
    return found


def _done(act: Callable[[], None]) -> None:
    try:
        act()
    except VariableRefused as problem:
        raise UserError(str(problem)) from None
