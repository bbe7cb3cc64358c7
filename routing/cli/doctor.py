"""``routing doctor``: checks this node and reports what is wrong and how to mend it."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

import click
from rich.padding import Padding
from rich.text import Text

from routing.cli.options import ENGINE, SERVER, esl_option, redis_option, root_option
from routing.cli.switch import event_socket
from routing.cli.terminal import terminal
from routing.doctor.checks import CHECKS, CheckResult, examine, worst
from routing.doctor.diagnosis import Level
from routing.doctor.machine import Linux
from routing.doctor.node import CheckedNode, NoAnswer
from routing.esl.client import SwitchFault, api
from routing.esl.protocol import EventSocket
from routing.store.address import BadAddress, parse
from routing.store.client import RedisStore, StoreDown
from routing.store.embedded import url

MARKS = {
    Level.OK: ("✓", "green"),
    Level.WARNING: ("!", "yellow"),
    Level.WRONG: ("✗", "bold red"),
    Level.UNKNOWN: ("?", "dim"),
}
PIPE_WIDTH = 120
DEADLINE_SECONDS = 5.0


@click.command()
@root_option("The release root.")
@esl_option()
@click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD", default="", help="[env: ROUTING_ESL_PASSWORD]")
@click.option(
    "--engine", type=ENGINE, default="", help="Where the engine listens.  [default: the address in the release]"
)
@click.option("--http", type=SERVER, default="127.0.0.1:8086", show_default=True, help="The engine's health.")
@redis_option("The engine's Redis.")
@click.option("--json", "as_program", is_flag=True, help="For programs.")
def doctor(root: Path, esl: str, esl_password: str, engine: str, http: str, redis: str, as_program: bool) -> None:
    """Check this node: FreeSWITCH, the release, carriers and phones, the engine, Redis, the machine.

    Changes nothing. The exit code is 1 when something is wrong, 0 otherwise.
    """
    where = event_socket(esl, esl_password)

    def switch(command: str) -> str:
        return _switch_answer(where, command)

    def opens(password: str) -> bool:
        try:
            return bool(_switch_answer(where._replace(password=password), "status"))
        except NoAnswer:
            return False

    node = CheckedNode(
        root.absolute(),
        switch,
        lambda path: _fetched(http, path),
        lambda: _pinged(redis or url(root)),
        opens,
        Linux(),
        engine,
    )
    results = list(examine(node))
    if as_program:
        click.echo(json.dumps([_facts(one) for one in results], ensure_ascii=False, indent=1))
    else:
        _show(results)
    sys.exit(1 if worst(results) is Level.WRONG else 0)


def _switch_answer(where: EventSocket, command: str) -> str:
    try:
        return api(where, command, DEADLINE_SECONDS)
    except SwitchFault as fault:
        raise NoAnswer(str(fault)) from None


def _fetched(address: str, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=DEADLINE_SECONDS) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except (urllib.error.URLError, OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or getattr(problem, "strerror", None) or problem
        raise NoAnswer(f"http://{address}{path}: {getattr(reason, 'strerror', None) or reason}") from None


def _pinged(address: str) -> str:
    """Request any key: its holder must answer."""
    try:
        store = RedisStore(parse(address), budget_s=1.0)
    except BadAddress as problem:
        raise NoAnswer(str(problem)) from None
    try:
        store.ask("routing:doctor", ("EXISTS", "routing:doctor"))
    except StoreDown as fault:
        raise NoAnswer(str(fault)) from None
    finally:
        store.close()
    return address.rpartition("@")[2]


def _facts(result: CheckResult) -> dict[str, str]:
    finding = result.finding
    return {
        "organ": result.component,
        "check": result.check,
        "level": finding.level.value,
        "words": finding.summary,
        "mend": finding.mend,
    }


def _show(results: list[CheckResult]) -> None:
    console = terminal(PIPE_WIDTH)
    for component in CHECKS:
        console.print(Text(component, "bold"))
        for one in results:
            if one.component == component:
                mark, style = MARKS[one.finding.level]
                console.print(Padding(Text.assemble((f"{mark} ", style), one.finding.summary), (0, 0, 0, 2)))
                if one.finding.mend:
                    console.print(Padding(Text(one.finding.mend, "dim"), (0, 0, 0, 6)))
    counts = {level: sum(one.finding.level is level for one in results) for level in Level}
    console.print(
        f"\n{counts[Level.WRONG]} wrong, {counts[Level.WARNING]} warnings, "
        f"{counts[Level.UNKNOWN]} unknown, {counts[Level.OK]} ok"
    )
