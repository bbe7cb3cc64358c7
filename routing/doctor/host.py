"""The machine: clock, time zones, disk space, and the spool of finished calls."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from routing.doctor.diagnosis import Diagnosis, ok, unknown, warning, wrong
from routing.doctor.node import CheckedNode
from routing.doctor.rights import may_change, may_write
from routing.model.problem import counted
from routing.node.settings import ports_of_sound

LEAST_BYTES, FEW_BYTES = 200 * 2**20, 2 * 2**30
MOST_SECONDS = 2.0
_UNFINISHED = "SELECT count(*) FROM calls WHERE status = 'unfinished' AND started > ?"
_ZONE = re.compile(rb'application="(?:set|multiset)" data="(?:[^"]*\|)?timezone=([A-Za-z0-9_+/-]+)')


def clock(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH's clock is the machine's."""
    answer = node.ask("strepoch")
    if not re.fullmatch(r"[0-9]{1,12}", answer):
        yield unknown(f"clock: FreeSWITCH does not answer with a time: `{answer[:60]}`", "`load mod_commands`")
        return
    apart = abs(int(answer) - node.machine.now().timestamp())
    if apart > MOST_SECONDS:
        yield wrong(f"FreeSWITCH's clock is {apart:.0f} s off", "`fsctl sync_clock`; keep the machine's time with NTP")
    else:
        yield ok("FreeSWITCH's clock is right")


def zones(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH's time equals that of tzdata in every zone of the release, in summer and in winter."""
    used = _zones(node.release) | ({str(node.table["timezone"])} if node.table.get("timezone") else set())
    stale = [zone for zone in sorted(used) if not all(_same(node, zone, moment) for moment in _moments(node))]
    if stale:
        yield wrong(
            f"FreeSWITCH's time differs from tzdata's in {', '.join(stale)}",
            "replace timezones.conf.xml by the one that `routing node init` writes, then `reloadxml`",
        )
    elif used:
        yield ok(f"the release's time zones are right ({', '.join(sorted(used))})")


def _zones(release: Path | None) -> set[str]:
    """Zones that the release's dialplans name."""
    files = release.rglob("*.xml") if release else ()
    return {
        zone.decode() for file in files if file.parent.name == "schemes" for zone in _ZONE.findall(file.read_bytes())
    }


def _moments(node: CheckedNode) -> list[datetime]:
    """Now, and the middle of the coming winter and summer."""
    now = node.machine.now().astimezone(UTC).replace(microsecond=0)
    return [now, *(now + timedelta(days=days) for days in (91, 182, 273))]


def _same(node: CheckedNode, zone: str, moment: datetime) -> bool:
    answer = node.ask(f"strftime_tz {zone} {int(moment.timestamp())}|%Y-%m-%d %H:%M:%S")
    return answer == f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def rtp_ports(node: CheckedNode) -> Iterator[Diagnosis]:
    """The kernel gives no program a port that FreeSWITCH may choose for RTP."""
    if node.pid is None:
        yield unknown("FreeSWITCH's process is not on this machine: whether its RTP ports are free is unknown")
        return
    settings = node.settings("switch.conf")
    written = [settings.get(f"rtp-{end}-port") or usual for end, usual in (("start", "16384"), ("end", "32768"))]
    if not all(re.fullmatch(r"[0-9]{1,5}", port) for port in written):
        yield unknown(f"rtp-ports: no numbers in switch.conf: `{'-'.join(written)[:60]}`", "write ports there")
        return
    ports = ports_of_sound(*map(int, written))
    first, last = ports.start, ports.stop - 1
    if shared := sorted(node.machine.given_ports().intersection(ports)):
        yield warning(
            f"RTP uses the ports {first}-{last}, and the kernel gives {counted(len(shared), 'port')} of them to other "
            f"programs ({shared[0]}-{shared[-1]}): a call that gets such a port has no sound, or is lost",
            f"`sysctl -w net.ipv4.ip_local_reserved_ports={first}-{last}`, and in /etc/sysctl.d; or other ports:"
            " rtp-start-port and rtp-end-port in switch.conf.xml (`--rtp` of `routing node init`), then restart",
        )
    else:
        yield ok(f"the kernel gives no other program a port of RTP ({first}-{last})")


def disk(node: CheckedNode) -> Iterator[Diagnosis]:
    """There is disk space for recordings, the spool and the next release."""
    places = {"the release root": node.root}
    places |= {
        name: Path(node.variables[f"{name}_dir"]) for name in ("recordings", "log") if node.variables.get(f"{name}_dir")
    }
    for name, path in places.items():
        try:
            free = node.machine.free_bytes(path)
        except OSError as error:
            yield wrong(f"{name} ({path}): {error.strerror}", "create it, writable for FreeSWITCH's user")
            continue
        summary = f"{free / 2**30:.1f} GB free for {name} ({path})"
        if free < LEAST_BYTES:
            yield wrong(summary, "free disk space: recordings and journal files are lost otherwise")
        elif free < FEW_BYTES:
            yield warning(summary, "free disk space soon")
        else:
            yield ok(summary)


def writable(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH's user can write finished calls, recordings, voicemails, its log and its databases."""
    if node.pid is None:
        yield unknown("FreeSWITCH's process is not on this machine: whether it can write its folders is unknown")
        return
    user, groups = node.machine.owner(node.pid)
    places = {"finished calls": node.settings("json_cdr.conf").get("log-dir", "")}
    places |= {name: node.variables.get(f"{name}_dir", "") for name in ("recordings", "storage", "log")}
    places["databases"] = node.variables.get("db_dir", "")
    shut = [f"{name} ({place})" for name, place in places.items() if _shut(place, user, groups)]
    if shut:
        yield wrong(
            f"FreeSWITCH (user {user}) cannot write {', '.join(shut)}",
            f"change their owner: `chown -R {user} FOLDER`; until then calls, recordings and messages are lost, and "
            "without its databases no SIP profile runs",
        )
    else:
        yield ok(f"FreeSWITCH's user ({user}) can write finished calls, recordings, its log and databases")


def _shut(place: str, user: int, groups: frozenset[int]) -> bool:
    """Whether a folder that is there cannot be written; `disk` and `spool` report those that are not.

    Nor a database in it: FreeSWITCH that was once started by another user has left that user's there.
    """
    folder = Path(place)
    if not place or not folder.exists():
        return False
    return not may_write(folder, user, groups) or any(
        not may_change(file, user, groups) for file in folder.glob("*.db")
    )


def unfinished(node: CheckedNode) -> Iterator[Diagnosis]:
    """Every call of the last day has its CDR, as far as the root's own journal knows."""
    file, since = node.root / "journal.db", node.machine.now().timestamp() - 86400
    if not file.is_file():
        yield ok("calls without a CDR: not checked, the journal is not in the root")
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as opened:
            (count,) = opened.execute(_UNFINISHED, (since,)).fetchone()
    except sqlite3.Error as problem:
        yield unknown(f"the journal cannot be read: {problem}")
        return
    if count:
        summary = f"{counted(count, 'call')} of the last day ended without a CDR"
        yield warning(summary, "a full disk, or FreeSWITCH was killed: `routing calls --status unfinished`")
    else:
        yield ok("every call of the last day has its CDR")
