"""``routing doctor``: looks at this node and says what is wrong and how to mend it."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

import click
from rich.padding import Padding
from rich.text import Text

from routing.cli.options import ASKED, FOLDER, REDIS
from routing.cli.switch import event_socket
from routing.cli.terminal import terminal
from routing.doctor.checks import CHECKS, Told, examine, worst
from routing.doctor.finding import Level
from routing.doctor.machine import Linux
from routing.doctor.node import Node, Silent
from routing.esl.client import SwitchFault, api
from routing.esl.protocol import EventSocket
from routing.store.address import BadAddress, parse
from routing.store.client import Store, StoreDown
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
@click.option("--root", type=FOLDER, required=True, help="The release root.")
@click.option("--esl", type=ASKED, default="127.0.0.1:8021", show_default=True, help="FreeSWITCH's event socket.")
@click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD", default="", help="[env: ROUTING_ESL_PASSWORD]")
@click.option(
    "--engine", type=ASKED, default="", help="Where the engine listens.  [default: where the release asks it]"
)
@click.option("--http", type=ASKED, default="127.0.0.1:8086", show_default=True, help="The engine's health.")
@click.option("--redis", type=REDIS, envvar="ROUTING_REDIS", default="", help="The engine's Redis.  [default: its own]")
@click.option("--json", "as_program", is_flag=True, help="For programs.")
def doctor(root: Path, esl: str, esl_password: str, engine: str, http: str, redis: str, as_program: bool) -> None:
    """Look at this node: FreeSWITCH, the release, carriers and phones, the engine, Redis, the machine.

    Changes nothing. The exit code is 1 when something is wrong, 0 otherwise.
    """
    where = event_socket(esl, esl_password)

    def switch(command: str) -> str:
        return _asked(where, command)

    def opens(password: str) -> bool:
        try:
            return bool(_asked(where._replace(password=password), "status"))
        except Silent:
            return False

    node = Node(
        root.absolute(),
        switch,
        lambda path: _fetched(http, path),
        lambda: _pinged(redis or url(root)),
        opens,
        Linux(),
        engine,
    )
    told = list(examine(node))
    if as_program:
        click.echo(json.dumps([_facts(one) for one in told], ensure_ascii=False, indent=1))
    else:
        _show(told)
    sys.exit(1 if worst(told) is Level.WRONG else 0)


def _asked(where: EventSocket, command: str) -> str:
    try:
        return api(where, command, DEADLINE_SECONDS)
    except SwitchFault as fault:
        raise Silent(str(fault)) from None


def _fetched(address: str, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=DEADLINE_SECONDS) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except (urllib.error.URLError, OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or getattr(problem, "strerror", None) or problem
        raise Silent(f"http://{address}{path}: {getattr(reason, 'strerror', None) or reason}") from None


def _pinged(address: str) -> str:
    """Ask any key, whose holder must answer."""
    try:
        store = Store(parse(address), budget_s=1.0)
    except BadAddress as problem:
        raise Silent(str(problem)) from None
    try:
        store.ask("routing:doctor", ("EXISTS", "routing:doctor"))
    except StoreDown as fault:
        raise Silent(str(fault)) from None
    finally:
        store.close()
    return address.rpartition("@")[2]


def _facts(told: Told) -> dict[str, str]:
    finding = told.finding
    return {
        "organ": told.organ,
        "check": told.check,
        "level": finding.level.value,
        "words": finding.words,
        "mend": finding.mend,
    }


def _show(told: list[Told]) -> None:
    console = terminal(PIPE_WIDTH)
    for organ in CHECKS:
        console.print(Text(organ, "bold"))
        for one in told:
            if one.organ == organ:
                mark, style = MARKS[one.finding.level]
                console.print(Padding(Text.assemble((f"{mark} ", style), one.finding.words), (0, 0, 0, 2)))
                if one.finding.mend:
                    console.print(Padding(Text(one.finding.mend, "dim"), (0, 0, 0, 6)))
    counts = {level: sum(one.finding.level is level for one in told) for level in Level}
    console.print(
        f"\n{counts[Level.WRONG]} wrong, {counts[Level.WARNING]} to look at, "
        f"{counts[Level.UNKNOWN]} not known, {counts[Level.OK]} right"
    )
