"""Options of ``routing trace`` for the engine's memory and people's states."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import click

from routing.cli.completion import assigned, offered
from routing.cli.errors import UserError
from routing.model.memory import Load
from routing.model.numbers import normalise
from routing.offline.remembered import STATES, Remembered

_PLACE = "routing.remembered"
Command = TypeVar("Command", bound=Callable[..., Any])


def _kept(context: click.Context, option: click.Parameter, value: Any) -> None:
    context.meta.setdefault(_PLACE, {})[option.name] = value


_OPTIONS = (
    click.option(
        "--sticky", metavar="WHO[:in|:out]", callback=_kept, expose_value=False, shell_complete=offered("people"),
        help="Person who talked with the caller last.",
    ),
    click.option(
        "--client", "clients", multiple=True, metavar="WHO=NUMBER", callback=_kept, expose_value=False,
        shell_complete=offered("people"),
        help="Client with whom a person who calls has talked last: yurii=+380671234567.",
    ),
    click.option(
        "--state", "states", multiple=True, metavar="WHO=STATE", callback=_kept, expose_value=False,
        shell_complete=assigned("people", STATES),
        help="Person's state: free, busy, absent, dnd (on do-not-disturb); in queues signed_in, signed_out, paused.",
    ),
    click.option(
        "--load", "loads", multiple=True, metavar="WHO=CALLS[/SECONDS]", callback=_kept, expose_value=False,
        shell_complete=offered("people"),
        help="Talks of today: ivan=12/3600.",
    ),
    click.option(
        "--turn", "turns", multiple=True, metavar="WHO", callback=_kept, expose_value=False,
        shell_complete=offered("people"),
        help="Had a turn in dynamic orders; the latest last.",
    ),
    click.option(
        "--no-redis", "is_down", is_flag=True, callback=_kept, expose_value=False, help="Redis does not answer."
    ),
)  # fmt: skip


def remembered_options(command: Command) -> Command:
    """Adds the options; `remembered` reads them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def remembered(people: Collection[str]) -> Remembered:
    """The memory of the running command's options, for these people. Raises UserError."""
    given = click.get_current_context().meta.get(_PLACE, {})
    who, _, direction = (given.get("sticky") or "").partition(":")
    if direction not in ("", "in", "out"):
        raise UserError(f"--sticky {who}:{direction}: write {who}:in, {who}:out, or {who} for both")
    if who:
        _known("--sticky", who, people)
    states = _pairs("--state", given.get("states", ()), people)
    for name, state in states.items():
        if state not in STATES:
            raise UserError(f"--state {name}={state}: a person is {', '.join(STATES)}")
    loads = {name: _load(name, load) for name, load in _pairs("--load", given.get("loads", ()), people).items()}
    turns = given.get("turns", ())
    for name in turns:
        _known("--turn", name, people)
    return Remembered(
        talks={"*": (who, direction)} if who else {},
        states=states,  # type: ignore[arg-type]
        loads=loads,
        clients={
            name: _e164(name, number) for name, number in _pairs("--client", given.get("clients", ()), people).items()
        },
        turns={name: number for number, name in enumerate(turns, 1)},
        is_down=bool(given.get("is_down")),
    )


#: What an option's pair looks like.
_EXAMPLES = {"--state": "ivan=busy", "--client": "ivan=+380671234567", "--load": "ivan=12/3600"}


def _pairs(option: str, pairs: Sequence[str], people: Collection[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        who, equals, value = pair.partition("=")
        if not equals:
            raise UserError(f"{option} {pair}: write PERSON=VALUE, {_EXAMPLES[option]}")
        found[_known(option, who, people)] = value
    return found


def _known(option: str, who: str, people: Collection[str]) -> str:
    if who not in people:
        near = difflib.get_close_matches(who, people, 1)
        hint = f" (hint: did you mean {near[0]}?)" if near else ""
        raise UserError(f"{option} {who}: nobody is called {who}{hint}")
    return who


def _e164(who: str, text: str) -> str:
    try:
        return normalise(text, None)
    except ValueError as problem:
        raise UserError(f"--client {who}={text}: {problem}") from None


def _load(who: str, text: str) -> Load:
    found = re.fullmatch(r"([0-9]{1,6})(?:/([0-9]{1,6}))?", text)
    if not found:
        raise UserError(f"--load {who}={text}: write calls, or calls/seconds: {who}=12/3600")
    return Load(int(found[1]), float(found[2] or 0))
