"""A node for the doctor: a release on disk, and FreeSWITCH's answers as 1.10.12 gives them (its version aside)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from routing.doctor.node import CheckedNode, NoAnswer
from routing.doctor.switch import MODULES
from routing.node.files import dialplan_version
from routing.process.presence import ReadingMark

MOMENT = datetime(2026, 11, 22, 5, 24, 11, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")
SCHEME = '<action application="multiset" data="^^|timezone=Europe/Kyiv|routing_hours=closed"/>'
SOFIA = """\
<configuration name="sofia.conf"><profiles>
<profile name="external"><settings>
<param name="context" value="routing_inbound"/><param name="apply-inbound-acl" value="routing_carriers"/>
<param name="disable-transfer" value="true"/><param name="manual-redirect" value="true"/>
<param name="proxy-notify-events" value="talk"/></settings></profile>
<profile name="internal"><settings><param name="context" value="routing_internal"/>
<param name="auth-calls" value="true"/><param name="manual-redirect" value="true"/>
<param name="proxy-notify-events" value="talk"/>
<param name="channel-xml-fetch-on-nightmare-transfer" value="true"/></settings></profile>
</profiles></configuration>"""
PROFILE = "<profile><profile-info><name>{}</name><url>sip:mod_sofia@127.0.0.1:5060</url></profile-info></profile>"


def healthy_root(folder: Path) -> Path:
    """A release root with a release of seven files, two accounts and a gateway; a spool and a pid file beside it."""
    release = folder / "root" / "releases" / "0123456789ab"
    for name in ("schemes", "gateways"):
        (release / name).mkdir(parents=True)
    table = {"accounts": {"1001": "ivan.desk", "1002": "olena.desk"}, "timezone": "Europe/Kyiv"}
    texts = dict.fromkeys(("entry.xml", "internal.xml", "directory.xml", "gateways/main.xml"), "<x/>")
    texts |= {"schemes/a.xml": SCHEME, "table.json": json.dumps(table), "release.json": json.dumps({"files": 7})}
    for name, text in texts.items():
        (release / name).write_text(text)
    (folder / "root" / "current").symlink_to("releases/0123456789ab")
    for name in ("spool", "run"):
        (folder / name).mkdir()
    (folder / "run" / "freeswitch.pid").write_text(f"{os.getpid()}\n")
    return folder / "root"


@dataclass
class FakeMachine:
    """The machine, as told."""

    ports: set[tuple[str, int]] = field(default_factory=lambda: {("127.0.0.1", 8021), ("127.0.0.1", 8084)})
    free: int = 50 * 2**30
    user: int = 0
    given: set[int] = field(default_factory=lambda: {*range(32768, 61000)})
    sip_servers: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=lambda: {"espeak-ng"})
    programs_by_pid: dict[int, str] = field(default_factory=lambda: {os.getpid(): "freeswitch"})

    def has_program(self, name: str) -> bool:
        return name in self.programs

    def listening(self) -> frozenset[tuple[str, int]]:
        return frozenset(self.ports)

    def given_ports(self) -> frozenset[int]:
        return frozenset(self.given)

    def free_bytes(self, path: Path) -> int:
        return self.free

    def answers_sip(self, place: str) -> bool:
        return place in self.sip_servers

    def program(self, pid: int) -> str:
        return self.programs_by_pid.get(pid, "")

    def owner(self, pid: int) -> tuple[int, frozenset[int]]:
        assert pid == os.getpid()
        return self.user, frozenset({self.user})

    def now(self) -> datetime:
        return MOMENT


class Patient:
    """A healthy node of which anything can be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.machine = FakeMachine()
        self.journal = ReadingMark(root.parent / "spool")
        self.journal.begin()
        self.passwords = {"a long one of its own"}
        self.silent: set[str] = set()
        self.metrics = "routing_breakers_open 0.0\n"
        self.moments = [int((MOMENT + timedelta(days=days)).timestamp()) for days in (0, 91, 182, 273)]
        self.summer = self.moments[2]
        self.answers = self._healthy()

    def says(self, command: str, answer: str) -> None:
        """Change one answer of FreeSWITCH."""
        self.answers[command] = answer

    def node(self) -> CheckedNode:
        """The node with its ports."""
        redis = self._speaks("redis", lambda: "unix:///redis.sock")
        http = self._speaks("engine", lambda path: self.metrics if path == "/metrics" else "well")
        return CheckedNode(
            self.root,
            self._speaks("switch", lambda command: self.answers.get(command, "-ERR command not found")),
            http,
            redis,
            lambda password: password in self.passwords,
            self.machine,
        )

    def gateway(self, name: str, state: str, status: str, pings: tuple[int, int] | None = None) -> str:
        """FreeSWITCH's list of one gateway. ``pings``: how often it is asked, and how often it has answered lately."""
        facts = f"<name>{name}</name><state>{state}</state><status>{status}</status>"
        if pings:
            facts += f"<pingfreq>{pings[0]}</pingfreq><pingcount>{pings[1]}</pingcount>"
        return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<gateways><gateway>{facts}</gateway></gateways>'

    def _speaks(self, name, answer):
        def asked(*question):
            if name in self.silent:
                raise NoAnswer("connection refused")
            return answer(*question)

        return asked

    def _healthy(self) -> dict[str, str]:
        folder = self.root.parent
        located = "xml_locate configuration configuration name"
        told = {
            "status": "UP 0 years, 0 days, 3 hours\nFreeSWITCH (Version 1.11.2) is ready\n0 session(s) since startup",
            "version short": "1.11.2-release",
            "eval ${uuid_exists(x)}": "<API execute Permission Denied>",
            "strepoch": str(int(MOMENT.timestamp())),
            "global_getvar": f"domain=phones.example\nrun_dir={folder}/run\nrecordings_dir={folder}\nlog_dir={folder}\n"
            f"db_dir={folder}/db\n"
            f"routing_dialplan_version={dialplan_version()}\nrouting_phones_at=%phones.example\n"
            "disable_system_api_commands=true\ndisable_system_app_commands=true",
            f"{located} event_socket.conf": _configuration(
                "event_socket.conf", {"listen-port": "8021", "apply-inbound-acl": "routing_local"}
            ),
            f"{located} switch.conf": _configuration(
                "switch.conf", {"max-sessions": "9", "sessions-per-second": "9", "rtp-end-port": "32766"}
            ),
            f"{located} json_cdr.conf": _configuration("json_cdr.conf", {"log-dir": f"{folder}/spool"}),
            f"{located} sofia.conf": SOFIA,
            f"{located} lua.conf": _configuration(
                "lua.conf", {"xml-handler-script": "/asked.lua", "xml-handler-bindings": "directory|channels"}
            ),
            "module_exists mod_lua": "true",
            "sofia xmlstatus gateway": self.gateway("main", "REGED", "UP"),
            "show registrations as json": json.dumps({"rows": [{"reg_user": "1001"}, {"reg_user": "1002"}]}),
        }
        told |= {f"module_exists {name}": "true" for name in MODULES}
        told |= {f"user_exists id {account} phones.example": "true" for account in ("1001", "1002")}
        told |= {f"sofia xmlstatus profile {name}": PROFILE.format(name) for name in ("internal", "external")}
        context = f'<context name="x"><action data="1 XML:{self.root}/current/entry.xml entry"/></context>'
        told |= {f"xml_locate dialplan context name routing_{side}": context for side in ("inbound", "internal")}
        for at in self.moments:
            shown = f"{datetime.fromtimestamp(at, KYIV):%Y-%m-%d %H:%M:%S}"
            told[f"strftime_tz Europe/Kyiv {at}|%Y-%m-%d %H:%M:%S"] = shown
        return told


def _configuration(name: str, params: dict[str, str]) -> str:
    settings = "".join(f'<param name="{key}" value="{value}"></param>' for key, value in params.items())
    return f'<configuration name="{name}"><settings>{settings}</settings></configuration>'
