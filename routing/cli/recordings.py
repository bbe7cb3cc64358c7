"""``routing recordings``: sounds of finished calls: list, export with the call's trace, delete; keys for them."""

from __future__ import annotations

import getpass
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine

from routing.cli.call_package import write_package
from routing.cli.callback_desk import Desk, desk_options, opened_desk
from routing.cli.calls import began
from routing.cli.errors import UserError
from routing.cli.filtering import filter_options
from routing.cli.listed import printable, when
from routing.cli.options import COUNT, secrets_option
from routing.desk.audit import BEGUN, DONE, FAILED, AuditLine, AuditLog
from routing.desk.sounds import RECORDING, VOICEMAIL, file_of, is_here, kept_of
from routing.desk.unlocking import Unlocking
from routing.journal import kept_sounds, query, sealed, sound
from routing.journal.query import CallFilter
from routing.journal.record import CallRecord
from routing.model.keeping import RECORDINGS, VOICEMAILS
from routing.model.recording import SEALED
from routing.process.secrets import read_secrets

#: The role of whoever uses the terminal, in the audit log; what they did.
ROLE, EXPORTED, DELETED = "terminal", "export_recording", "delete_recording"
_KINDS = {RECORDING: RECORDINGS, VOICEMAIL: VOICEMAILS}
_REASON = click.option("--reason", required=True, help="Why: the audit log keeps it.")


@click.group()
def recordings() -> None:
    """Recordings and voicemails of finished calls."""


@recordings.command("list")
@filter_options
@click.option("--deleted", is_flag=True, help="Those that were deleted, too.")
@click.option("--limit", type=COUNT, default=50, show_default=True, help="The most to list, the newest; 0: all.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
@desk_options
def list_command(
    since: str | None, deleted: bool, limit: int, as_json: bool, root: Path, database: str, **filters: str
) -> None:
    """List recordings and voicemails, the newest first: of which call, whether the file is here, encrypted, deleted."""
    with opened_desk(root, database) as desk:
        zone = desk.zone
        criteria = replace(CallFilter(since=began(since, zone, datetime.now(zone))), **filters)  # type: ignore[arg-type]
        shown = 0
        for row in query.find(desk.store.engine, criteria):
            for each in _sounds(row):
                if (each["gone"] and not deleted) or (limit and shown >= limit):
                    continue
                shown += 1
                click.echo(json.dumps(each, ensure_ascii=False) if as_json else printable(_line(each, zone)))
            if limit and shown >= limit:
                break
    if not (shown or as_json):
        click.echo("no recordings or voicemails")


def _sounds(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in _KINDS:
        if path := row[kind]:
            file = file_of(row["id"], kind, path)
            yield {
                "call": row["id"], "kind": kind, "started": row["started"], "caller": row["caller"],
                "client": row["client"], "number": row["number"], "person": row["person"], "talk_s": row["talk_s"],
                "path": file or path, "node": row["node"], "is_here": bool(file), "is_encrypted": file.endswith(SEALED),
                "gone": row[f"{kind}_gone"], "why": row["gone_why"] if row[f"{kind}_gone"] else "",
            }  # fmt: skip


def _line(each: Mapping[str, Any], zone: ZoneInfo) -> str:
    state = "encrypted" if each["is_encrypted"] else "here" if each["is_here"] else f"on {each['node'] or '?'}"
    state = f"deleted: {each['why']}" if each["gone"] else state
    who = f"{each['client'] or each['caller']} {each['person']}".strip()
    return f"{when(each['started'], zone, '%Y-%m-%d %H:%M')}  {each['kind']:<9}  {each['call']}  {who}  {state}"


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
@click.option("--yes", is_flag=True, help="Do not ask.")
@desk_options
def delete(call_id: str, reason: str, yes: bool, root: Path, database: str) -> None:
    """Delete a call's recording and voicemail; the call stays, and says when and why they were deleted.

    The recording of a room is one file: it goes for all who were in the room, and each of their calls says so.
    """
    with opened_desk(root, database) as desk:
        call = _whole(desk.store.engine, call_id)
        if not _was_begun(desk, call):
            _there(call)
        if not yes and not click.confirm(f"Delete the sounds of call {call.id}{_shared(desk.store.engine, call)}?"):
            return
        with _noted(desk, call, DELETED, reason):
            for kind, path in kept_of(call):
                if not sound.remove(call.id, path):
                    raise UserError(f"{path}: it cannot be removed, or its folder is not here")
                named = kept_sounds.named_by(desk.store.engine, _KINDS[kind], [path])
                kept_sounds.note_gone(desk.store.engine, _KINDS[kind], named, time.time(), reason)
    click.echo(f"deleted the sounds of call {call.id}")


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


def _shared(engine: Engine, call: CallRecord) -> str:
    """Of which other calls they are too, as text."""
    named = {id_ for kind, path in kept_of(call) for id_ in kept_sounds.named_by(engine, _KINDS[kind], [path])}
    others = sorted(named - {call.id})
    return f", which are those of {', '.join(others)} too" if others else ""


def _there(call: CallRecord) -> None:
    """Raises UserError where there is nothing that could be exported or deleted."""
    kept = list(kept_of(call))
    if not kept:
        was = " any more" if call.recording_gone or call.voicemail_gone else ""
        raise UserError(f"call {call.id} has no recording and no voicemail{was}")
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
