"""``routing queue``: who waits, who works; sign people in and out, pause them; move callers or take them out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from routing.cli.completion import offered
from routing.cli.dnd import live_table
from routing.cli.errors import UserError
from routing.cli.options import SERVER, esl_option, redis_option, root_option
from routing.cli.people_store import must_be_known, people_store
from routing.cli.queue_shown import SHORT, print_queue, without_callers
from routing.cli.switch import switch
from routing.http.queues import queue_pictures
from routing.model.decision import ID, STEP_PATH
from routing.model.problem import did_you_mean
from routing.model.queue import ARRIVED, EVERY_QUEUE, REST
from routing.release.queues import queues_in
from routing.store.duties import RedisDuties

#: How long the engine may take to answer.
ANSWER_SECONDS = 5.0
_http = click.option(
    "--http", type=SERVER, default="127.0.0.1:8086", show_default=True, help="The engine's web address."
)
_root = root_option("The release root.")
_esl = esl_option()
_password = click.option("--esl-password", envvar="ROUTING_ESL_PASSWORD", help="Its password.")
_person = click.argument("person", shell_complete=offered("people"))
_name = click.argument("name", default=EVERY_QUEUE, metavar="[QUEUE]")


@click.group()
def queue() -> None:
    """Queues: show callers and people, sign people in and out, pause them, move callers or take them out."""


@queue.command("show")
@click.argument("name", required=False)
@_http
@root_option("The release root: shows its queues where nobody waits too.", required=False)
@redis_option("The engine's Redis, for --root.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
def show(name: str | None, http: str, root: Path | None, redis: str, as_json: bool) -> None:
    """Show the callers and people of every queue that has a caller, or of NAME."""
    found = pictures(http)
    if root:
        found += without_callers(root, redis, {each["queue"] for each in found})
        if name:
            _must_exist(name, [each["queue"] for each in found])
    found = [each for each in found if name in (None, each["queue"])]
    if as_json:
        for each in found:
            click.echo(json.dumps(each, ensure_ascii=False))
        return
    if not found:
        nobody = f"nobody waits in {name}" if name else "nobody waits in a queue"
        click.echo(nobody if root else f"{nobody} (hint: with --root the people of such queues are shown)")
    for each in found:
        print_queue(each)


def _of_person(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a command that changes a setting of a person."""
    return _root(redis_option("The engine's Redis.")(command))


@queue.command("sign-in")
@_person
@_name
@_of_person
def sign_in(person: str, name: str, root: Path, redis: str) -> None:
    """Sign PERSON in to QUEUE, or to all of them."""
    _sign(person, name, root, redis, is_in=True)
    click.echo(f"{person}: signed in to {_named(name)}")


@queue.command("sign-out")
@_person
@_name
@_of_person
def sign_out(person: str, name: str, root: Path, redis: str) -> None:
    """Sign PERSON out of QUEUE, or of all of them."""
    _sign(person, name, root, redis, is_in=False)
    click.echo(f"{person}: signed out of {_named(name)}")


@queue.command("pause")
@_person
@_of_person
def pause(person: str, root: Path, redis: str) -> None:
    """Pause PERSON in every queue, until `ready`."""
    with _duties(root, redis, person) as (duties, project):
        duties.pause(project, person, time.time())
    click.echo(f"{person}: paused")


@queue.command("ready")
@_person
@_of_person
def ready(person: str, root: Path, redis: str) -> None:
    """End the pause, the wrap-up and every delay of PERSON."""
    with _duties(root, redis, person) as (duties, project):
        duties.ready(project, person, time.time())
    click.echo(f"{person}: ready")


@queue.command("move")
@click.argument("call")
@click.argument("place", type=click.IntRange(1, 10_000))
@_http
@_esl
@_password
def move(call: str, place: int, http: str, esl: str, esl_password: str | None) -> None:
    """Give the waiting CALL another PLACE in its queue: 1 is served next. The call reports it at once."""
    uuid, waiting = _found(call, pictures(http))
    others = [each for each in waiting if each["call"] != uuid]
    if place <= len(others):
        arrived_ms = others[place - 1]["arrived_ms"] - 1
    else:
        arrived_ms = max((each["arrived_ms"] for each in others), default=0) + 1
    freeswitch = switch(esl, esl_password)
    _must(freeswitch(f"uuid_setvar_multi {uuid} {ARRIVED}={arrived_ms};{REST}=0"))
    _must(freeswitch(f"uuid_break {uuid}"))
    click.echo(f"{uuid[:SHORT]}: place {min(place, len(others) + 1)} of {len(waiting)}")


@queue.command("take-out")
@click.argument("call")
@_http
@_esl
@_password
def take_out(call: str, http: str, esl: str, esl_password: str | None) -> None:
    """Take the waiting CALL out of its queue: it goes on with the steps of `otherwise`, or with the next step."""
    uuid, _ = _found(call, pictures(http))
    freeswitch = switch(esl, esl_password)
    names = ("routing_step", "routing_scheme", "routing_release")
    path, scheme, release = (freeswitch(f"uuid_getvar {uuid} {name}").strip() for name in names)
    if not (STEP_PATH.fullmatch(path) and ID.fullmatch(scheme)):
        raise UserError(f"{uuid[:SHORT]} is not there any more")
    _must(freeswitch(f"uuid_transfer {uuid} {path}.over XML:{release}/schemes/{scheme}.xml {scheme}"))
    click.echo(f"{uuid[:SHORT]}: taken out")


def pictures(http: str) -> list[dict[str, Any]]:
    """The queues as the engine's worker that leads knows them. Raises UserError."""
    try:
        return queue_pictures(http, ANSWER_SECONDS)
    except (OSError, ValueError) as problem:
        reason = str(getattr(problem, "strerror", None) or problem).lower()
        raise UserError(f"the engine at {http}: {reason} (hint: is `routing serve --http {http}` running?)") from None


def _found(call: str, queues: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The call that begins so, and the waiting callers of its queue, in their order."""
    for each in queues:
        waiting = [caller for caller in each["callers"] if not caller["talks_with"]]
        for caller in waiting:
            if len(call) >= SHORT and caller["call"].startswith(call):
                return caller["call"], waiting
    raise UserError(f"`{call}` waits in no queue (hint: `routing queue show` lists who does)")


@contextmanager
def _duties(root: Path, redis: str, person: str) -> Iterator[tuple[RedisDuties, str]]:
    """What people set, in the engine's Redis, and the project. Raises UserError."""
    table = live_table(root)
    must_be_known(person, table["people"])
    with people_store(root, redis) as store:
        yield RedisDuties(store), str(table["project"])


def _sign(person: str, name: str, root: Path, redis: str, *, is_in: bool) -> None:
    with _duties(root, redis, person) as (duties, project):
        if name != EVERY_QUEUE:
            _must_work(root, name, person)
        duties.sign(project, person, is_in=is_in, queue=name)


def _must_work(root: Path, name: str, person: str) -> None:
    """Raises UserError: the live release has no such queue, or it is not among the person's."""
    people = {queue: working for queue, (working, _) in queues_in(root / "current/schemes").items()}
    _must_exist(name, people)
    if person not in people[name]:
        raise UserError(f"{person} is not in queue {name} (people of its `to`: {', '.join(sorted(people[name]))})")


def _must_exist(name: str, queues: Collection[str]) -> None:
    """Raises UserError."""
    if name not in queues:
        hint = did_you_mean(name, queues) or f"queues: {', '.join(sorted(queues)) or 'none'}"
        raise UserError(f"no queue is called `{name}` ({hint})")


def _named(name: str) -> str:
    return "every queue" if name == EVERY_QUEUE else f"queue {name}"


def _must(answer: str) -> None:
    if not answer.startswith("+OK"):
        raise UserError(f"FreeSWITCH: {answer.strip()} (hint: is the call still there?)")
