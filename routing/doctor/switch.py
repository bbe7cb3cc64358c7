"""FreeSWITCH: whether it answers, its version's advisories, its access control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routing.doctor.diagnosis import Diagnosis, ok, unknown, warning, wrong
from routing.doctor.node import CheckedNode, is_loopback
from routing.model import callback_call
from routing.model.conference import PROFILE

#: First version without it, its name, what it does. From the project's security advisories and the CVE list.
ADVISORIES = (
    ((1, 10, 7), "CVE-2021-37624", "SIP MESSAGE is accepted without authentication"),
    ((1, 10, 7), "CVE-2021-41105", "an SRTP packet from anybody ends a call"),
    ((1, 10, 7), "CVE-2021-41157", "SIP SUBSCRIBE is accepted without authentication"),
    ((1, 10, 10), "CVE-2023-40018", "a crafted SDP of an ICE call stops it"),
    ((1, 10, 11), "CVE-2023-51443", "DTLS packets from anybody end calls that use DTLS-SRTP"),
    ((1, 11, 2), "CVE-2026-49840", "a frame to the event socket corrupts memory before any password"),
)
#: Oldest version on which releases are tested.
OLDEST = (1, 10, 12)
MODULES = (
    "mod_commands", "mod_dialplan_xml", "mod_dptools", "mod_event_socket", "mod_hash", "mod_json_cdr",
    "mod_native_file", "mod_sndfile", "mod_sofia", "mod_tone_stream",
)  # fmt: skip
#: Plays .mp3, which mod_sndfile does not.
PLAYS_MP3 = "mod_shout"
#: Has the legs of nobody, by which callbacks begin.
CALLS_BACK = "mod_loopback"
#: Has the rooms of `conference`, and how a dialplan shows that there are any.
HAS_ROOMS, _ROOM = "mod_conference", b'application="conference"'
#: Passwords that every attacker tries first.
KNOWN_PASSWORDS = ("ClueCon", "cluecon", "1234", "")


def reachable(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH answers its event socket and takes calls."""
    status = node.ask("status")
    if "is ready" in status:
        yield ok(f"answers and is ready (up {_uptime(status)})")
    elif "Command not found" in status:
        yield wrong("answers, but has no command `status`", "`load mod_commands`, and name it in modules.conf.xml")
    else:
        yield wrong("answers but is not ready for calls", "read its log; `fsctl resume` if it was paused")


def _uptime(status: str) -> str:
    """The two largest units of ``UP 0 years, 0 days, 3 hours, 12 minutes, 5 seconds, ...``."""
    parts = status.splitlines()[0].removeprefix("UP ").split(", ")
    first = next((at for at, part in enumerate(parts) if not part.startswith("0 ")), len(parts) - 1)
    return ", ".join([parts[first], *(part for part in parts[first + 1 : first + 2] if not part.startswith("0 "))])


def version(node: CheckedNode) -> Iterator[Diagnosis]:
    """Its version has no known vulnerability and is one on which releases are tested."""
    answer = node.ask("version short")
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", answer)
    if not found:
        yield warning(f"the version `{answer[:40]}` cannot be compared", "compare it with the advisories")
        return
    number = tuple(map(int, found.groups()))
    if number < OLDEST:
        yield wrong(f"{found[0]} is older than {_dotted(OLDEST)}", "releases are tested on that and newer: upgrade")
    holes = [f"{name} ({effect})" for fixed, name, effect in ADVISORIES if number < fixed]
    if holes:
        newest = _dotted(max(fixed for fixed, _, _ in ADVISORIES if number < fixed))
        yield warning(f"{found[0]} has known vulnerabilities: {'; '.join(holes)}", f"upgrade to {newest} or newer")
    elif number >= OLDEST:
        yield ok(f"{found[0]}, no known vulnerabilities")


def _dotted(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))


def modules(node: CheckedNode) -> Iterator[Diagnosis]:
    """Every module that releases use is loaded."""
    needed = [*MODULES, *([PLAYS_MP3] if _has_mp3(node) else []), *([CALLS_BACK] if _calls_back(node) else [])]
    missing = [name for name in needed if node.ask(f"module_exists {name}") != "true"]
    if missing == [PLAYS_MP3]:
        yield wrong(
            "mod_shout is not loaded: callers do not hear .mp3 sounds", "load it, or convert the sounds to .wav"
        )
    elif missing == [CALLS_BACK]:
        yield wrong("mod_loopback is not loaded: nobody is called back", "add it to modules.conf.xml and `load` it")
    elif missing:
        yield wrong(f"not loaded: {', '.join(missing)}", "add them to modules.conf.xml and `load` them")
    else:
        yield ok(f"the {len(needed)} modules that releases use are loaded")


def _calls_back(node: CheckedNode) -> bool:
    return node.release is not None and (node.release / callback_call.FILE).exists()


def _has_mp3(node: CheckedNode) -> bool:
    release = node.release
    return release is not None and any((release / "sounds").rglob("*.mp3"))


def rooms(node: CheckedNode) -> Iterator[Diagnosis]:
    """Rooms have their module and their profile, where a scheme of the release has one."""
    files = node.release.glob("schemes/*.xml") if node.release else ()
    if not any(_ROOM in file.read_bytes() for file in files):
        return
    settings = node.ask("xml_locate configuration configuration name conference.conf")
    if node.ask(f"module_exists {HAS_ROOMS}") != "true":
        mend = "add it to modules.conf.xml and `load` it"
        yield wrong("mod_conference is not loaded: calls end at a `conference`", mend)
    elif f'name="{PROFILE}"' not in settings:
        mend = "add that of `routing node init` to conference.conf.xml, then `reloadxml`"
        yield wrong(f"mod_conference has no profile `{PROFILE}`: callers of a `conference` have its defaults", mend)
    else:
        yield ok("rooms have their module and profile")


def expansion(node: CheckedNode) -> Iterator[Diagnosis]:
    """A caller's name cannot run commands."""
    if "Permission Denied" in node.ask("eval ${uuid_exists(x)}"):
        yield ok("${name(args)} runs no commands")
    else:
        yield wrong(
            "${name(args)} in any text runs an API command: a caller's name can run programs",
            'in switch.conf.xml: <param name="api-expansion" value="false"/>, then restart',
        )
    if node.variables.get("disable_system_api_commands") == node.variables.get("disable_system_app_commands") == "true":
        yield ok("programs cannot be started from the dialplan or the event socket")
    else:
        yield warning(
            "`system` is a command and an application: who reaches the event socket or the dialplan runs programs",
            "set disable_system_api_commands=true and disable_system_app_commands=true in vars.xml, then restart",
        )


def event_socket(node: CheckedNode) -> Iterator[Diagnosis]:
    """The event socket is closed: loopback, a password of its own, an ACL."""
    settings = node.settings("event_socket.conf")
    port = int(settings.get("listen-port", "8021"))
    open_to = [ip for ip in node.listeners(port) if not is_loopback(ip)]
    if open_to:
        yield wrong(
            f"the event socket (port {port}) listens on {', '.join(open_to)}: only its password protects it",
            'in event_socket.conf.xml: <param name="listen-ip" value="127.0.0.1"/>, then restart',
        )
    elif node.listeners(port):
        yield ok(f"the event socket listens on loopback only (port {port})")
    else:
        yield unknown(f"event-socket: the addresses of port {port} are unknown: it is not open on this machine")
    known = [password for password in KNOWN_PASSWORDS if node.opens(password)]
    if known:
        yield wrong(
            f"the event socket's password is `{known[0]}`, which everybody knows",
            "set a long random one (`routing node init` generates one)",
        )
    if not settings.get("apply-inbound-acl"):
        yield warning("the event socket has no ACL", 'add <param name="apply-inbound-acl" value="loopback.auto"/>')


def limits(node: CheckedNode) -> Iterator[Diagnosis]:
    """It refuses more calls than it can handle."""
    settings = node.settings("switch.conf")
    missing = [name for name in ("max-sessions", "sessions-per-second") if not settings.get(name)]
    if missing:
        yield warning(
            f"no {' and no '.join(missing)} is set", "set them in switch.conf.xml to what this machine can handle"
        )
    else:
        yield ok(f"at most {settings['max-sessions']} sessions, {settings['sessions-per-second']} new a second")
