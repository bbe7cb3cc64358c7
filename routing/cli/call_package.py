"""A call as files for somebody outside: its sounds, its record, its trace as text and JSON. All of it or nothing."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from routing.cli.errors import UserError
from routing.cli.listed import printable, when
from routing.desk.sounds import UTTERANCE, kept_of, open_sound
from routing.desk.unlocking import Unlocking
from routing.journal import query
from routing.journal.explain import explain
from routing.journal.record import CallRecord
from routing.journal.sealed import Locked


def write_package(
    call: CallRecord, into: Path, unlocking: Unlocking, zone: ZoneInfo, exported: Mapping[str, str]
) -> None:
    """A new folder, or a new zip file. Raises UserError, and leaves nothing then."""
    if os.path.lexists(into):
        raise UserError(f"{into} is there already (hint: name a new folder or file)")
    unfinished = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
    try:
        unfinished.mkdir(mode=0o700)
        _fill(unfinished, call, unlocking, zone, exported)
        if into.suffix == ".zip":
            _zip(unfinished, into)
        else:
            os.rename(unfinished, into)
    except OSError as problem:
        raise UserError(f"{into}: {problem.strerror or problem}") from None
    except Locked as problem:
        hint = "--secrets names the file with RECORDING_IDENTITY_..."
        raise UserError(f"call {call.id}: its sounds are encrypted, {problem} (hint: {hint})") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _fill(folder: Path, call: CallRecord, unlocking: Unlocking, zone: ZoneInfo, exported: Mapping[str, str]) -> None:
    numbers = itertools.count(1)
    for kind, path in kept_of(call):
        name = f"{kind}-{next(numbers)}" if kind == UTTERANCE else kind
        _copy(folder / name, call, kind, path, unlocking)
    whole = query.as_json(call)
    trace = {"call": call.id, "steps": whole.pop("steps"), "legs": whole.pop("legs")}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for name, facts in (("call", whole), ("trace", trace), ("exported", {**exported, "at": at})):
        _write(folder / f"{name}.json", json.dumps(facts, ensure_ascii=False, indent=1) + "\n")
    lines = explain(call, lambda at_s: when(at_s, zone, "%a %d %b %Y %H:%M:%S %Z"))
    _write(folder / "trace.txt", "".join(f"{printable(line)}\n" for line in lines))


def _copy(into: Path, call: CallRecord, kind: str, path: str, unlocking: Unlocking) -> None:
    found = open_sound(call.id, kind, path, unlocking)
    if found is None:
        raise UserError(f"{path} is not on this machine")
    with found.file, into.with_suffix(found.suffix).open("xb") as copy:
        shutil.copyfileobj(found.file, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())


def _write(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _zip(folder: Path, into: Path) -> None:
    """Written in the folder that is removed, then linked: nobody's file is replaced."""
    packed = folder / "packed"
    with zipfile.ZipFile(packed, "x", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            if file != packed:
                archive.write(file, file.name)
    with suppress(OSError):
        packed.chmod(0o600)
    os.link(packed, into)
