"""Renders and writes FreeSWITCH's base configuration and fixed dialplan.

Rendering is pure (`render`); `write` writes temporary files and renames them. Knows nothing of schemes: FreeSWITCH
itself includes everything that changes with a release from ROOT/current.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import secrets
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

from routing.compile.numbers import entry_dialplan
from routing.compile.templates import names, render_lines
from routing.model import ringback
from routing.model.inline import MODULE
from routing.node import certificate, rights, timezones
from routing.node.settings import Settings, bound, carriers, check, domain, is_limited, phones_at, proxy_host

#: Files that hold a secret: readable by the owner only.
EVENT_SOCKET = "event_socket.json"
#: The script that starts FreeSWITCH; it names the databases' unguessable folder.
START = "start"
_LEG_MARK = ("conf/vars.xml", "conf/dialplan/routing.xml", "adopt/dialplan.xml")
_KEY, _TRUSTED = f"conf/tls/{certificate.AGENT}", f"conf/tls/{certificate.TRUSTED}"
SECRET_FILES = frozenset({EVENT_SOCKET, "conf/autoload_configs/event_socket.conf.xml", _KEY, *_LEG_MARK})
#: Run-time folders of FreeSWITCH below the node's directory.
FOLDERS = ("log", "db", "run", "recordings", "storage", "cache", "spool", "tmp")

#: A file system in memory (Linux).
MEMORY = Path("/dev/shm")  # noqa: S108 - the switch's databases live there, see `database_folder`

#: Templates for decisions inside FreeSWITCH; the script's folder is named to FreeSWITCH where there is one.
SCRIPT = f"conf/scripts/{MODULE}.py"
INLINE = frozenset({f"{SCRIPT}.j2", "conf/scripts/routing_inside.py.j2", "conf/autoload_configs/python.conf.xml.j2"})

_DIALPLAN = "dialplan/routing.xml.j2"
#: Folders of the node's templates; the others are the compiler's.
_FOLDERS = ("conf/", "dialplan/", "adopt/")


def render(settings: Settings) -> dict[str, str]:
    """Relative path -> text of every file of the node. Raises ValueError for an invalid setting."""
    check(settings)
    values = _values(settings)
    ours = (name for name in names() if _is_ours(name) and (settings.package or name not in INLINE))
    files = {_target(name): render_lines(name, **values) for name in ours}
    files["adopt/dialplan.xml"] = files["conf/dialplan/routing.xml"]
    if settings.tls:
        files |= {_KEY: settings.tls.agent, _TRUSTED: settings.tls.trusted}
    files[EVENT_SOCKET] = json.dumps({"port": settings.esl_port, "password": settings.esl_password}) + "\n"
    return files


@functools.cache
def dialplan_version() -> str:
    """A hash of the fixed dialplan that this version writes, whatever the node's settings are."""
    values = _values(Settings(Path("/node"), Path("/root"), ""), version="")
    return hashlib.sha256(render_lines(_DIALPLAN, **values).encode()).hexdigest()[:12]


def _values(settings: Settings, version: str | None = None) -> dict[str, Any]:
    """What the templates need; ``version``: of the fixed dialplan."""
    return asdict(settings) | {
        "dialplan_version": dialplan_version() if version is None else version,
        "domain": domain(settings),
        "phones_at": phones_at(settings),
        "proxy_host": proxy_host(settings),
        "spool": settings.home / "spool",
        "carriers": carriers(settings),
        "caller_rate": bound(settings.caller_rate),
        "anonymous_rate": bound(settings.anonymous_rate),
        "number_rate": bound(settings.number_rate),
        "account_rate": bound(settings.account_rate),
        "hold_music": ringback.HOLD,
        "leg_mark": f"leg_{hashlib.sha256(f'leg:{settings.esl_password}'.encode()).hexdigest()[:24]}",
        "entry_dialplan": entry_dialplan(settings.root, limited=is_limited(settings)),
        "timezones": timezones.rules(),
        "tzdata_version": timezones.version(),
    }


def write(home: Path, files: dict[str, str], group: int | None = None) -> None:
    """Write the node's files below ``home`` and make the folders that FreeSWITCH fills, private or shared with a group.

    ``group`` is an id; secrets are readable by their owner only, or by the group too.
    """
    for folder in FOLDERS:
        (home / folder).mkdir(parents=True, exist_ok=True, mode=0o750)
        rights.give(home / folder, group)
    for name, text in files.items():
        _write_file(home / name, text, 0o600 if name in SECRET_FILES else 0o644, group)
    _write_file(home / START, _start(home), 0o700, group)


def _write_file(path: Path, text: str, mode: int, group: int | None) -> None:
    """``mode``: without a group. Where there is one, it reads what would be the owner's alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    is_shared = group is not None and not mode & 0o077
    mode |= mode >> 3 & 0o050 if is_shared else 0
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        if group is not None and is_shared:
            os.fchown(file.fileno(), -1, group)
    temporary.rename(path)


def _start(home: Path) -> str:
    """A script that becomes FreeSWITCH on this folder, for whatever starts it elsewhere: a container, a unit."""
    return f"""\
#!/bin/sh
# Written by `routing node init`: FreeSWITCH on this folder. FREESWITCH is the program; arguments are added to its own.
exec "${{FREESWITCH:-freeswitch}}" {shlex.join(command(home))} "$@"
"""


def command(home: Path) -> list[str]:
    """The arguments that start FreeSWITCH in the foreground on this node's directory (after the program's name)."""
    places = {"conf": "conf", "log": "log", "run": "run", "recordings": "recordings"}
    places |= {"storage": "storage", "cache": "cache", "temp": "tmp"}
    if (home / SCRIPT).exists():
        places["scripts"] = "conf/scripts"
    arguments = [part for option, folder in places.items() for part in (f"-{option}", str(home / folder))]
    return ["-nf", "-nonat", "-nc", *arguments, "-db", str(database_folder(home))]


def database_folder(home: Path) -> Path:
    """Where FreeSWITCH stores registrations and channels: in memory, so that phones register while the disk is full,
    under an unguessable name. They survive a restart of FreeSWITCH; after one of the machine phones register again.
    """
    try:
        mark = hashlib.sha256(f"{home}:{password(home)}".encode()).hexdigest()[:20]
    except (OSError, ValueError, KeyError):
        return home / "db"
    return MEMORY / f"freeswitch-{mark}" if (home / EVENT_SOCKET).exists() and MEMORY.is_dir() else home / "db"


def _is_ours(template: str) -> bool:
    return template.startswith(_FOLDERS) and "/_" not in template


def _target(template: str) -> str:
    name = template.removesuffix(".j2")
    return f"conf/{name}" if name.startswith("dialplan/") else name


def password(home: Path) -> str:
    """The node's event socket password: the existing one, or a new one."""
    try:
        return event_socket(home)[1]
    except FileNotFoundError:
        return secrets.token_urlsafe(24)


def event_socket(home: Path) -> tuple[int, str]:
    """Port and password of a node's event socket. Raises OSError, ValueError, KeyError or TypeError."""
    known = json.loads((home / EVENT_SOCKET).read_text(encoding="utf-8"))
    return int(known["port"]), str(known["password"])
