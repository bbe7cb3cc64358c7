"""What nobody else on the machine may read: passwords, the journal, recordings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from routing.doctor.diagnosis import Diagnosis, ok, wrong
from routing.doctor.node import CheckedNode
from routing.doctor.rights import may_read
from routing.release.node_options import kept

#: Somebody without rights of their own (65534 is `nobody`), and how many files of a kind are looked at.
STRANGER, MOST = (65534, frozenset[int]()), 20
#: Variables of services that a package or `tools/install_services.py` has installed; it may hold passwords.
ENVIRONMENT = Path("/etc/routing/environment")


def private(node: CheckedNode) -> Iterator[Diagnosis]:
    """Whoever has an account on this machine and nothing else reads no secret, no call and no recording."""
    open_ = [f"{name} ({path})" for name, path in _private_places(node) if may_read(path, *STRANGER)]
    if open_:
        yield wrong(
            f"everybody on this machine can read {', '.join(open_[:4])}{' and more' if len(open_) > 4 else ''}",
            "`chmod o-rwx` what is named; start the programs with a umask of 027",
        )
    else:
        yield ok("passwords, journal and recordings are closed to other users of this machine")


def _private_places(node: CheckedNode) -> Iterator[tuple[str, Path]]:
    """What it is, and a file or folder of it that is there."""
    secrets = kept(node.root).secrets
    if secrets:
        yield "the secrets", Path(secrets)
    yield "the settings of services", ENVIRONMENT
    yield from (("the journal", node.root / f"journal.db{end}") for end in ("", "-wal", "-shm"))
    yield from (("what Redis has kept", file) for file in islice(_files(str(node.root / "redis")), MOST))
    yield "phones' passwords", node.root / "current" / "directory.xml"
    for file in islice((node.root / "current" / "gateways").glob("*.xml"), MOST):
        yield "a trunk's password", file
    if conf := node.variables.get("conf_dir"):
        yield "the event socket's password", Path(conf) / "autoload_configs" / "event_socket.conf.xml"
        yield "the event socket's password", Path(conf).parent / "event_socket.json"
        yield "where FreeSWITCH's databases are", Path(conf).parent / "start"
    kinds = {"db_dir": ("registrations and channels", "*.db"), "log_dir": ("FreeSWITCH's log", "freeswitch.log*")}
    for variable, (name, pattern) in kinds.items():
        if place := node.variables.get(variable):
            yield from ((name, file) for file in islice(Path(place).glob(pattern), MOST))
    folders = {"recordings": node.variables.get("recordings_dir"), "voicemails": node.variables.get("storage_dir")}
    folders["finished calls"] = node.settings("json_cdr.conf").get("log-dir")
    for name, folder in folders.items():
        yield from ((name, file) for file in islice(_files(folder), MOST))


def _files(folder: str | None) -> Iterator[Path]:
    """The files below a folder, without marks of ours; none of one that is missing."""
    for place, _, names in os.walk(folder) if folder else ():
        yield from (Path(place) / name for name in names if not name.startswith("."))
