"""``routing recordings``: sounds of finished calls, what callers said at speech menus too: list, export with the call's
trace, delete; keys for them."""

from __future__ import annotations

import getpass
import json
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import click
from sqlalchemy import Engine

from routing.cli.call_package import write_package
from routing.cli.callback_desk import Desk, desk_options, opened_desk
from routing.cli.calls import began
from routing.cli.errors import UserError
from routing.cli.filtering import filter_options
from routing.cli.listed import printable
from routing.cli.options import COUNT, secrets_option
from routing.cli.recorded_sounds import KINDS, kind_option, line_of, sounds
from routing.desk.audit import BEGUN, DONE, FAILED, AuditLine, AuditLog
from routing.desk.sounds import RECORDING, UTTERANCE, VOICEMAIL, is_here, kept_of
from routing.desk.unlocking import Unlocking
from routing.journal import kept_sounds, query, sealed, sound, utterances
from routing.journal.query import CallFilter
from routing.journal.record import CallRecord
from routing.model.keeping import RECORDINGS, VOICEMAILS
from routing.process.secrets import read_secrets

#: The role of whoever uses the terminal, in the audit log; what they did.
ROLE, EXPORTED, DELETED = "terminal", "export_recording", "delete_recording"
_COLUMNS = {RECORDING: RECORDINGS, VOICEMAIL: VOICEMAILS}
_REASON = click.option("--reason", required=True, help="Why: the audit log keeps it.")


@click.group()
def recordings() -> None:
    """Recordings and voicemails of finished calls, and what callers said at speech menus."""


@recordings.command("list")
@filter_options
@kind_option("Only these.")
@click.option("--deleted", is_flag=True, help="Those that were deleted, too.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="The most to list, the newest; 0: all.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
@desk_options
def list_command(
    since: str | None, kind: str | None, deleted: bool, limit: int, as_json: bool, root: Path, database: str,
    **filters: str,
) -> None:  # fmt: skip
    """List sounds, the newest call first: of which call, whether the file is here, encrypted, deleted.

    An utterance is what a caller said at a speech menu, with what the recogniser heard, and how surely.
    """
    with opened_desk(root, database) as desk:
        zone = desk.zone
        criteria = replace(CallFilter(since=began(since, zone, datetime.now(zone))), **filters)  # type: ignore[arg-type]
        kinds = (kind,) if kind else KINDS
        found = (each for each in sounds(desk.store.engine, criteria, kinds) if deleted or not each["gone"])
        shown = 0
        for each in islice(found, limit or None):
            shown += 1
            click.echo(json.dumps(each, ensure_ascii=False) if as_json else printable(line_of(each, zone)))
    if not (shown or as_json):
        click.echo(f"no {kind}s" if kind else "no recordings or voicemails")


@recordings.command()
@click.argument("call_id", metavar="CALL")
@click.option("--into", type=click.Path(path_type=Path), required=True, help="A new folder, or a new file NAME.zip.")
@_REASON
@secrets_option("File with the private keys.", "the environment")
@desk_options
def export(call_id: str, into: Path, reason: str, secrets: Path | None, root: Path, database: str) -> None:
    """Write a call's sounds with its record and its trace, as text and JSON, into a new folder or zip file.

    The audit log says who did it and why. Nothing is left when it fails.
    """
    unlocking = _unlocking(secrets)
    with opened_desk(root, database) as desk:
        call = _whole(desk.store.engine, call_id)
        _there(call)
        with _noted(desk, call, EXPORTED, reason):
            write_package(call, into, unlocking, desk.zone, {"by": getpass.getuser(), "reason": reason})
    click.echo(f"exported into {into}")


@recordings.command()
@click.argument("call_id", metavar="CALL")
@_REASON
@kind_option("Only these; without it all of them.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@desk_options
def delete(call_id: str, reason: str, kind: str | None, yes: bool, root: Path, database: str) -> None:
    """Delete a call's sounds; the call stays, and says when and why they were deleted.

    The recording of a room is one file: it goes for all who were in the room, and each of their calls says so. Of what
    the caller said at speech menus the words that the recogniser heard go too.
    """
    kinds = (kind,) if kind else KINDS
    with opened_desk(root, database) as desk:
        call = _whole(desk.store.engine, call_id)
        if not _was_begun(desk, call):
            _there(call, kinds)
        if not yes and not click.confirm(f"Delete the sounds of call {call.id}{_shared(desk.store.engine, call)}?"):
            return
        with _noted(desk, call, DELETED, reason):
            for each, path in _kept(call, kinds):
                if not sound.remove(call.id, path):
                    raise UserError(f"{path}: it cannot be removed, or its folder is not here")
                _note_gone(desk.store.engine, each, path, reason)
    click.echo(f"deleted the sounds of call {call.id}")


def _note_gone(engine: Engine, kind: str, path: str, reason: str) -> None:
    if kind == UTTERANCE:
        utterances.note_gone(engine, [path], time.time(), reason)
    else:
        named = kept_sounds.named_by(engine, _COLUMNS[kind], [path])
        kept_sounds.note_gone(engine, _COLUMNS[kind], named, time.time(), reason)


@recordings.command()
@click.argument("name")
def key(name: str) -> None:
    """Print a new pair of keys, named NAME: the public one is for `routing journal`, the private one for the desk."""
    if not name.isascii() or not name.isidentifier():
        raise UserError(f"`{name}` is no name of a key: write letters, digits and _")
    public, private = sealed.new_pair()
    click.echo(f"{sealed.name_of(sealed.PUBLIC, name)}={public}")
    click.echo(f"{sealed.name_of(sealed.PRIVATE, name)}={private}")


def _whole(engine: Engine, start: str) -> CallRecord:
    found = query.call(engine, start)
    if len(found) != 1:
        raise UserError(f"several calls begin with `{start}`" if found else f"no call begins with `{start}`")
    return found[0]


def _kept(call: CallRecord, kinds: Collection[str]) -> list[tuple[str, str]]:
    """Kind and path of a call's sounds of these kinds."""
    return [(kind, path) for kind, path in kept_of(call) if kind in kinds]


def _shared(engine: Engine, call: CallRecord) -> str:
    """Of which other calls they are too, as text."""
    of_calls = _kept(call, _COLUMNS)
    named = {id_ for kind, path in of_calls for id_ in kept_sounds.named_by(engine, _COLUMNS[kind], [path])}
    others = sorted(named - {call.id})
    return f", which are those of {', '.join(others)} too" if others else ""


def _there(call: CallRecord, kinds: Collection[str] = KINDS) -> None:
    """Raises UserError where there is nothing that could be exported or deleted."""
    kept = _kept(call, kinds)
    if not kept:
        was_there = call.recording_gone or call.voicemail_gone or any(each.gone for each in call.utterances)
        what = " and ".join(f"no {kind}" for kind in kinds)
        raise UserError(f"call {call.id} has {what}{' any more' if was_there else ''}")
    if missing := [path for kind, path in kept if not is_here(call.id, kind, path)]:
        moved = "on the node that carried the call, somebody has moved or removed it"
        where = f" (hint: {moved}; that was {call.node})" if call.node else ""
        raise UserError(f"{missing[0]} is not on this machine{where}")


def _unlocking(secrets: Path | None) -> Unlocking:
    try:
        return Unlocking(sealed.identities(read_secrets(secrets, os.environ)))
    except sealed.KeyFault as problem:
        raise UserError(str(problem)) from None


def _was_begun(desk: Desk, call: CallRecord) -> bool:
    """Whether deleting it was cut off: its file may be gone already."""
    lines = AuditLog(desk.store.engine, desk.project).of_subject(call.id, [DELETED])
    return any(line.outcome == BEGUN for line in lines)


@contextmanager
def _noted(desk: Desk, call: CallRecord, action: str, reason: str) -> Iterator[None]:
    """A line of the audit log around a deed; one that is cut off stays `begun`."""
    log = AuditLog(desk.store.engine, desk.project)
    place = log.add(AuditLine(time.time(), getpass.getuser(), ROLE, action, call.id, reason, outcome=BEGUN))
    try:
        yield
    except Exception:
        log.settle([place], FAILED)
        raise
    log.settle([place], DONE)
