"""``routing trace``: runs one call through the compiled schemes, with scripted phones and a virtual clock."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from routing.cli.completion import assigned, offered
from routing.cli.crm_option import crm_answer, crm_option
from routing.cli.errors import UserError
from routing.cli.folders import DEFAULT
from routing.cli.opened import opened
from routing.cli.pressed import press_option, pressed
from routing.cli.remembered import remembered, remembered_options
from routing.cli.revision import extract
from routing.cli.scratch import scratch
from routing.cli.trace_calls import refuse_call_options, trace_calls
from routing.cli.traced import facts, show
from routing.model import numbers
from routing.model.entities import SOURCES, Visitor, clean
from routing.model.problem import did_you_mean
from routing.offline.answering import InProcess, canned
from routing.offline.decider import Decider, refused
from routing.offline.phones import BadBehaviour, ScriptedCaller, ScriptedPhones, milliseconds, parse
from routing.offline.published import PublishedRelease
from routing.offline.remembered import dnd_variables
from routing.offline.socket_peer import SocketPeer
from routing.offline.switch import OfflineCall, login
from routing.testing.form import moment

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.option("--to", "number", shell_complete=offered("numbers"), help="The number dialled.")
@click.option(
    "--from", "caller", shell_complete=offered("callers"),
    help="The caller's number, `anonymous`, or a phone (ivan.desk, 1001).",
)  # fmt: skip
@click.option(
    "--calls", "file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Calls of a YAML file instead, on one clock: `calls:`, `phones:` ... as in scheme tests.",
)  # fmt: skip
@click.option("--at", help="When: `2026-11-23 10:00`, in the project's zone unless another follows.  [default: now]")
@click.option(
    "--phone",
    "phones",
    multiple=True,
    metavar="WHO=WHAT",
    shell_complete=assigned("phones", ("busy", "off", "answer:8", "no answer")),
    help="ivan=busy, olena.mobile=answer:8, ivan.desk=off.",
)
@click.option("--others", default="no answer", show_default=True, help="What all other phones do.")
@click.option("--digits", default="", help="Keys that the caller presses; `-` skips a prompt.")
@click.option("--says", multiple=True, help="What the caller says at a speech menu, one prompt each; `-` for nothing.")
@press_option
@click.option(
    "--hours",
    "overrides",
    multiple=True,
    metavar="CALENDAR=STATE",
    shell_complete=assigned("calendars", ("open", "closed")),
    help="Calendar overridden by hand: office=closed.",
)
@click.option("--hangs-up-after", metavar="12s", help="When the caller hangs up.")
@click.option(
    "--webhook",
    metavar="ANSWER",
    help="What handlers answer: a body, `timeout`, `500`, `garbage`, `refused`.  [default: not asked]",
)
@click.option("--entity", "entities", multiple=True, metavar="NAME=VALUE", help="Entity of the visitor: region=521.")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME=VALUE", help="Source of the visit: utm_source=google."
)
@click.option(
    "--engine", metavar="[HOST:PORT]", is_flag=False, flag_value="plan",
    help="Use the running engine over TCP. `down`: no engine answers.",
)  # fmt: skip
@click.option("--schemes", type=FOLDER, help="Compile this folder for the trace.  [default: schemes]")
@click.option("--revision", metavar="REV", help="The folder at a git revision.")
@click.option("--root", type=FOLDER, help="Use this root's current release instead.")
@click.option("--all", "everything", is_flag=True, help="Show variables and transfers too.")
@click.option("--json", "as_program", is_flag=True, help="For programs.")
@remembered_options
@crm_option
def trace(
    number: str | None, caller: str | None, file: Path | None, at: str | None, phones: tuple[str, ...], others: str,
    digits: str, says: tuple[str, ...], presses: tuple[str, ...], overrides: tuple[str, ...],
    hangs_up_after: str | None, webhook: str | None, entities: tuple[str, ...],
    sources: tuple[str, ...], engine: str | None, schemes: Path | None,
    revision: str | None, root: Path | None, everything: bool, as_program: bool,
) -> None:  # fmt: skip
    """Trace one call through the compiled schemes: who rings, what the webhook answers, how it ends.

    Or several calls of a file, which share phones and memory.
    """
    if (schemes or revision) and root:
        raise click.UsageError("give --schemes, with --revision if you like, or --root, not both")
    if file is not None:
        refuse_call_options()
        with _published(schemes or DEFAULT, revision, root) as published:
            trace_calls(file, published, everything, as_program)
        return
    if number is None or caller is None:
        raise click.UsageError("who calls whom? give --to and --from, or --calls FILE")
    if engine and (entities or sources):
        raise click.UsageError("a running engine knows its visitors: --entity and --source are for a trace without it")
    if engine not in (None, "down") and not root:
        raise click.UsageError("--engine needs --root: the engine reads the releases of its own root only")
    with _published(schemes or DEFAULT, revision, root) as published:
        request = _TraceRequest(published)
        try:
            leaves_ms = None if hangs_up_after is None else milliseconds(hangs_up_after)
            script = ScriptedCaller(digits, leaves_ms, presses=pressed(presses), says=says)
            ringing = ScriptedPhones.of(request.behaviours(phones), others)
        except BadBehaviour as error:
            raise UserError(str(error)) from error
        call = request.call(number, caller, request.at(at))
        decider = _decider(published, webhook, engine, request.visitor(entities, sources))
        overridden = request.overridden(overrides) | dnd_variables(remembered(published.table.get("people", {})).states)
        events = published.run(call, ringing, script, decider, overridden)
    if as_program:
        click.echo(json.dumps({"at": call.at.isoformat(), **facts(events)}, ensure_ascii=False, indent=1))
    else:
        show(events, call, everything)


@contextmanager
def _published(schemes: Path, revision: str | None, root: Path | None) -> Iterator[PublishedRelease]:
    if revision is None:
        with opened(schemes, root) as published:
            yield published
        return
    with scratch("routing-") as made, opened(extract(revision, schemes, made / "schemes"), None, schemes) as published:
        yield published


@dataclass
class _TraceRequest:
    """Reads the options by the release's people, zone and country."""

    published: PublishedRelease

    def behaviours(self, phones: Sequence[str]) -> Mapping[str, str]:
        known = self.published.targets()
        found = {}
        for phone in phones:
            who, equals, does = phone.partition("=")
            if not equals:
                raise UserError(f"--phone {phone}: write WHO=WHAT, as in ivan=busy")
            if who not in known and not who.startswith("+"):
                near = difflib.get_close_matches(who, known, 1)
                hint = f": did you mean {near[0]}?" if near else ""
                raise UserError(f"--phone {phone}: nobody is called {who}{hint}")
            try:
                parse(does)
            except BadBehaviour as error:
                raise UserError(f"--phone {phone}: {error}") from error
            found[who] = does
        return found

    def overridden(self, overrides: Sequence[str]) -> dict[str, str]:
        found = {}
        for override in overrides:
            calendar, _, state = override.partition("=")
            if self.published.files.read(f"{self.published.root}/current/calendars/{calendar}.xml") is None:
                raise UserError(f"--hours {override}: there is no calendar {calendar}{self._near_calendar(calendar)}")
            if state not in ("open", "closed"):
                raise UserError(f"--hours {override}: write CALENDAR=open or CALENDAR=closed")
            found[f"hours_{calendar}"] = state
        return found

    def _near_calendar(self, name: str) -> str:
        files = Path(f"{self.published.root}/current/calendars").glob("*.xml")
        near = did_you_mean(name, [file.stem for file in files])
        return f" ({near})" if near else ""

    def visitor(self, entities: Sequence[str], sources: Sequence[str]) -> Visitor | None:
        """The visitor to whom the dialled number of a pool is lent."""
        text = self.published.files.read(f"{self.published.root}/current/tracking.json")
        tracking = (json.loads(text) if text else {}).get("tracking") or {}
        options = (("--entity", entities, tracking.get("entities", {})), ("--source", sources, SOURCES))
        values = [_named(option, pairs, known) for option, pairs, known in options]
        return Visitor(*values) if entities or sources else None

    def at(self, at: str | None) -> datetime:
        zone = ZoneInfo(self.published.timezone)
        if at is None:
            return datetime.now(zone).replace(microsecond=0)
        try:
            return moment(at, self.published.timezone)
        except ValueError as error:
            raise UserError(f"--at {error}") from error

    def call(self, number: str, caller: str, moment: datetime) -> OfflineCall:
        accounts = self.published.accounts
        account = caller if caller in accounts else next((a for a, phone in accounts.items() if phone == caller), None)
        if account:
            return OfflineCall(
                number, account, moment, context="routing_internal", variables=login(account, accounts[account])
            )
        country = self.published.country
        to = _read("--to", numbers.called, number, country)
        return OfflineCall(to, _read("--from", numbers.caller, caller, country), moment)


def _read(option: str, reading: Callable[[str, str | None], str], text: str, country: str | None) -> str:
    try:
        return reading(text, country)
    except ValueError as error:
        raise UserError(f"{option}: {error}") from error


def _named(option: str, pairs: Sequence[str], known: Collection[str]) -> dict[str, str]:
    """``NAME=VALUE`` pairs as a mapping, values as they are stored."""
    found = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in known:
            near = did_you_mean(name, known) or f"known are {', '.join(known) or 'none: `tracking: {entities: ...}`'}"
            raise UserError(f"{option} {pair}: there is no such name ({near})")
        if not clean(value):
            raise UserError(f"{option} {pair}: write NAME=VALUE, letters and digits")
        found[name] = clean(value)
    return found


def _decider(published: PublishedRelease, webhook: str | None, engine: str | None, visitor: Visitor | None) -> Decider:
    if engine == "down":
        return refused
    if engine:
        return SocketPeer("" if engine == "plan" else engine)
    people = published.table.get("people", {})
    return InProcess(published.files, canned(webhook or ""), visitor, remembered(people), crm_answer())
