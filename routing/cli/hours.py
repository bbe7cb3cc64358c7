"""``routing hours``: override a calendar by hand, in FreeSWITCH itself, so that it outlives every Python process."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from routing.cli.errors import UserError
from routing.cli.switch import switch
from routing.model.decision import ID


@click.command()
@click.argument("calendar")
@click.argument("state", type=click.Choice(["open", "closed", "auto", "show"]))
@click.option("--until", help="Go back to the calendar at this time today or tomorrow: 15:00.")
@click.option("--esl", default="127.0.0.1:8021", show_default=True, help="FreeSWITCH's event socket.")
@click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD", help="Its password.  [env: ROUTING_ESL_PASSWORD]")
def hours(calendar: str, state: str, until: str | None, esl: str, esl_password: str | None) -> None:
    """Set CALENDAR open or closed for every call from now on; `auto` goes back to its hours, `show` tells."""
    if not ID.fullmatch(calendar):
        raise UserError(f"`{calendar}` is not the name of a calendar")
    freeswitch = switch(esl, esl_password)
    name = f"hours_{calendar}"
    if state == "show":
        answer = freeswitch(f"global_getvar {name}").strip()
        click.echo(f"{calendar}: {answer if answer in ('open', 'closed') else 'auto'}")
        return
    seconds = _seconds_until(until, datetime.now()) if until and state != "auto" else None
    freeswitch(f"sched_del routing_{name}")  # of an earlier --until, which would end this override too
    _must(freeswitch(f"global_setvar {name}={'' if state == 'auto' else state}"))
    if seconds is None:
        click.echo(f"{calendar}: {state}")
    else:
        _must(freeswitch(f"sched_api +{seconds} routing_{name} global_setvar {name}="))
        click.echo(f"{calendar}: {state} until {until}")


def _must(answer: str) -> None:
    if answer.startswith("-"):
        raise UserError(f"FreeSWITCH refused: {answer.strip()}")


def _seconds_until(until: str, now: datetime) -> int:
    try:
        clock = datetime.strptime(until, "%H:%M")
    except ValueError:
        raise UserError(f"`{until}` is not a time: write 15:00") from None
    moment = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    if moment <= now:
        moment += timedelta(days=1)
    return int((moment - now).total_seconds())
