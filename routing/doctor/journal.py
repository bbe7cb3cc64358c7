"""The journal: whether somebody reads finished calls, and encrypts their recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from routing.doctor.diagnosis import Diagnosis, ok, unknown, warning, wrong
from routing.doctor.node import CheckedNode
from routing.model.problem import counted
from routing.process.presence import Reader, reader

MOST_WAITING = 1000


def spool(node: CheckedNode) -> Iterator[Diagnosis]:
    """Finished calls are recorded in the journal."""
    folder = _spool(node)
    if not folder.is_dir():
        yield wrong(
            f"FreeSWITCH writes no finished calls: its spool {folder} does not exist",
            "create it, or name another as log-dir in json_cdr.conf.xml, then `reload mod_json_cdr`",
        )
        return
    if unusable := sum(1 for _ in (folder / "bad").glob("*")):
        yield warning(f"{counted(unusable, 'unusable file')} in {folder / 'bad'}", "the journal's log says why")
    waiting = sum(1 for _ in folder.glob("*.json"))
    try:
        found = reader(folder)
    except OSError as problem:
        yield unknown(f"whether `routing journal` runs cannot be seen in {folder}: {problem.strerror}")
        return
    if found is None:
        yield wrong(
            f"nobody reads the spool: {waiting} finished calls wait in {folder}; no notice, export, encryption or "
            "callback of a missed call comes of them",
            f"start `routing journal --spool {folder} --root {node.root}`, and keep it running",
        )
    elif waiting > MOST_WAITING:
        yield warning(f"{waiting} finished calls wait in {folder}", "the log of `routing journal` says why")
    else:
        yield ok(f"`routing journal` runs; {waiting} finished calls wait for it")


def recordings(node: CheckedNode) -> Iterator[Diagnosis]:
    """Finished recordings are encrypted, where the project asks for it."""
    keys = ", ".join(map(str, node.table.get("encrypt") or ()))
    found = _reader(_spool(node)) if keys else None
    if found and found.fault:
        yield wrong(
            f"finished recordings stay in the clear: {found.fault}",
            "give `routing journal` the key (`--secrets FILE`) and start it again; `routing recordings key` makes one",
        )
    elif found:
        yield ok(f"finished recordings are encrypted for {keys}")


def _spool(node: CheckedNode) -> Path:
    return Path(node.settings("json_cdr.conf").get("log-dir") or "/nowhere")


def _reader(folder: Path) -> Reader | None:
    try:
        return reader(folder)
    except OSError:
        return None
