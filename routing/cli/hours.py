"""``routing hours``: override a calendar by hand, in FreeSWITCH itself, so that no Python process is needed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.options import CLOCK, esl_option
from routing.cli.switch import switch
from routing.journal.release import LiveProject, calendar_of_release
from routing.model.decision import ID
from routing.model.override_end import opens_after
from routing.model.problem import did_you_mean
from routing.release.overrides import AUTO, ends_s, override, override_of
from routing.release.timed_variables import VariableRefused

#: The live release in the entry dialplan.
_ROOT = re.compile(r"XML:(\S+?)/current/\w+\.xml")


@click.command()
@click.argument("calendar", shell_complete=offered("calendars"))
@click.argument("state", type=click.Choice(["open", "closed", "auto", "show"]))
@click.option(
    "--until",
    type=CLOCK,
    help="Return to the calendar at this time: 15:00 in the project's zone, 15:00 Europe/Warsaw.",
)
@esl_option()
@click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD", help="Its password.  [env: ROUTING_ESL_PASSWORD]")
def hours(calendar: str, state: str, until: str | None, esl: str, esl_password: str | None) -> None:
    """Set CALENDAR open or closed for every call from now on; `auto` returns to its hours, `show` prints its state."""
    if not ID.fullmatch(calendar):
        raise click.BadParameter(f"`{calendar}` is not the name of a calendar", param_hint="CALENDAR")
    freeswitch = switch(esl, esl_password)
    root = _live_root(freeswitch)
    if root:
        _check_known(freeswitch, calendar, root)
    now = datetime.now(LiveProject(root).zone) if root else datetime.now().astimezone()
    if state == "show":
        found = override_of(freeswitch, calendar)
        ends = ends_s(freeswitch, calendar) if found != AUTO else 0
        click.echo(f"{calendar}: {found}{_until(datetime.fromtimestamp(ends, now.tzinfo), now) if ends else ''}")
        return
    seconds, ending = 0, ""
    if until is not None and state != "auto":
        seconds, ending = _seconds_until(until, now), _spoken(until, now)
    opens = _opens(root, calendar, now, seconds) if state == "closed" else ""
    try:
        override(freeswitch, calendar, state, seconds, opens)
    except VariableRefused as problem:
        raise UserError(str(problem)) from None
    click.echo(f"{calendar}: {state}{ending}")


def _live_root(freeswitch: Callable[[str], str]) -> Path | None:
    """The release root that FreeSWITCH goes by, on its machine."""
    found = _ROOT.search(freeswitch("xml_locate dialplan context name routing_inbound"))
    return Path(found[1]) if found else None


def _check_known(freeswitch: Callable[[str], str], calendar: str, root: Path) -> None:
    """Refuse a calendar that is not in the live release: its override would have no effect."""
    folder = f"{root}/current/calendars"
    if freeswitch(f"file_exists {folder}/{calendar}.xml").strip() == "false":
        names = [file.stem for file in Path(folder).glob("*.xml")]
        hint = did_you_mean(calendar, names) or f"known: {', '.join(sorted(names)) or 'none'}"
        raise UserError(f"the live release has no calendar `{calendar}` ({hint})")


def _moment(until: str, now: datetime) -> datetime:
    """``15:00`` today or tomorrow, in the zone of ``now``; ``15:00 Europe/Kyiv`` in another."""
    clock, _, zone = until.strip().partition(" ")
    try:
        here = now.astimezone(ZoneInfo(zone)) if zone else now
        time_of_day = datetime.strptime(clock, "%H:%M")
    except (ValueError, ZoneInfoNotFoundError):
        raise UserError(f"`{until}` is not a time: write 15:00, or 15:00 Europe/Kyiv") from None
    moment = here.replace(hour=time_of_day.hour, minute=time_of_day.minute, second=0, microsecond=0)
    return moment if moment > here else moment + timedelta(days=1)


def _seconds_until(until: str, now: datetime) -> int:
    return math.ceil((_moment(until, now) - now).total_seconds())


def _spoken(until: str, now: datetime) -> str:
    return _until(_moment(until, now), now)


def _opens(root: Path | None, name: str, now: datetime, seconds: int) -> str:
    """What callers hear of the opening of a calendar that is closed for some seconds: as the live release's calendar
    has it."""
    calendar = calendar_of_release(f"{root}/current", name) if root and seconds else None
    return opens_after(calendar, now + timedelta(seconds=seconds)) if calendar else ""


def _until(end: datetime, now: datetime) -> str:
    is_today = end.date() == now.astimezone(end.tzinfo).date()
    return f" until {end:%H:%M %Z}" if is_today else f" until {end:%A %H:%M %Z}"
