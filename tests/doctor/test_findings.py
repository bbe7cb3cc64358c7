"""Every finding of ``routing doctor`` and how to mend it, word for word: ``findings.txt``, of ``make golden``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from routing import __version__
from routing.doctor.checks import examine
from routing.doctor.diagnosis import Level
from support.doctor_bed import MOMENT, Patient, healthy_root

FINDINGS = Path(__file__).parent / "findings.txt"
LOCATED = "xml_locate configuration configuration name"


def _no_room(patient: Patient) -> None:
    def missing(path: Path) -> int:
        raise FileNotFoundError(2, "No such file or directory")

    patient.machine.free_bytes = missing  # type: ignore[method-assign]


def _no_spool(patient: Patient) -> None:
    spool = patient.root.parent / "spool"
    for each in spool.iterdir():
        each.unlink()
    spool.rmdir()


def _pinged(every_s: int, answered: int) -> Callable[[Patient], None]:
    """The gateway does not register."""
    pings = every_s, answered
    return lambda patient: patient.says("sofia xmlstatus gateway", patient.gateway("main", "NOREG", "UP", pings))


def _encrypts(fault: str) -> Callable[[Patient], None]:
    """The release encrypts recordings; ``fault``: why the journal does not."""

    def change(patient: Patient) -> None:
        file = patient.root / "current" / "table.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"encrypt": ["y2026"]}))
        patient.journal.say(fault)

    return change


def _without(patient: Patient, conf: str, *params: str) -> None:
    command = f"{LOCATED} {conf}"
    patient.says(command, "".join(line for line in patient.answers[command].split("<param ") if not any(
        line.startswith(f'name="{param}"') for param in params)))  # fmt: skip


def _variables(patient: Patient, old: str, new: str) -> None:
    patient.says("global_getvar", patient.answers["global_getvar"].replace(old, new))


def _proxied(patient: Patient) -> None:
    """Phones are registered at the SIP proxy before the node."""
    _variables(patient, "=%phones.example", "=@phones.example;fs_path=sip:192.0.2.9:5060")


def _release_file(name: str, text: str | None) -> Callable[[Patient], None]:
    def change(patient: Patient) -> None:
        file = patient.root / "current" / name
        file.unlink() if text is None else file.write_text(text)

    return change


def _loopback_missing(patient: Patient) -> None:
    """Of the release's eight files one is the dialplan of callbacks."""
    _release_file("callbacks.xml", "<x/>")(patient)
    _release_file("release.json", '{"files": 8}')(patient)
    patient.says("module_exists mod_loopback", "false")


def _room(patient: Patient) -> None:
    """A scheme of the release has a room."""
    _release_file("schemes/a.xml", '<action application="conference" data="visit@routing"/>')(patient)


def _steps(*steps: dict[str, Any]) -> Callable[[Patient], None]:
    """A scheme of the release has these steps."""

    def change(patient: Patient) -> None:
        table = {"steps": {str(at): step for at, step in enumerate(steps, 1)}}
        _release_file("schemes/a.json", json.dumps(table))(patient)
        _release_file("release.json", '{"files": 8}')(patient)

    return change


def _voice(command: str) -> Callable[[Patient], None]:
    """A scheme of the release speaks while calls wait."""
    return _steps({"say": {"texts": [["uk", "{{order}}"]], "voices": {"uk": command}}}, {"kind": "ring"})


def _recognisers(states: str) -> Callable[[Patient], None]:
    """A scheme has speech menus of two languages; ``states``: what the engine says of its recognisers."""

    def change(patient: Patient) -> None:
        _steps({"kind": "listen", "recognisers": {"en": "english", "uk": "ours"}})(patient)
        patient.metrics += states

    return change


def _inline(module: str, state: str = "") -> Callable[[Patient], None]:
    """The release has decisions made inside FreeSWITCH; ``state``: what the script there says."""

    def change(patient: Patient) -> None:
        _release_file("release.json", '{"files": 7, "transport": "inline"}')(patient)
        patient.says("module_exists mod_python3", module)
        patient.says("python routing_inline", state)

    return change


def _inside(**facts: object) -> Callable[[Patient], None]:
    usual = {"state": "ready", "decisions": 12, "version": __version__, "python": "3.11.2"}
    return _inline("true", json.dumps({**usual, **facts}))


#: What is wrong with the node -> how to make it so.
NODES: dict[str, Callable[[Patient], None]] = {
    "nothing": lambda patient: None,
    "FreeSWITCH is down": lambda patient: patient.silent.add("switch"),
    "FreeSWITCH has no commands": lambda patient: patient.says("status", "-ERR status Command not found!"),
    "FreeSWITCH is paused": lambda patient: patient.says("status", "UP 0 years\nFreeSWITCH is shutting down"),
    "FreeSWITCH runs elsewhere": lambda patient: (patient.root.parent / "run/freeswitch.pid").unlink(),
    "FreeSWITCH is another user's": lambda patient: setattr(patient.machine, "user", 4711),
    "the engine is down": lambda patient: patient.silent.add("engine"),
    "Redis is down": lambda patient: patient.silent.add("redis"),
    "the engine is open": lambda patient: patient.machine.ports.add(("0.0.0.0", 8084)),
    "the event socket is open": lambda patient: patient.machine.ports.add(("0.0.0.0", 8021)),
    "the event socket has the usual password": lambda patient: patient.passwords.add("ClueCon"),
    "the event socket has no ACL": lambda patient: patient.says(
        f"{LOCATED} event_socket.conf", '<configuration><param name="listen-port" value="8021"/></configuration>'
    ),
    "programs can be started": lambda patient: _variables(patient, "disable_system_api_commands=true", ""),
    "no limits": lambda patient: patient.says(f"{LOCATED} switch.conf", "<configuration></configuration>"),
    "no spool": _no_spool,
    "no journal runs": lambda patient: patient.journal.end(),
    "recordings are encrypted": _encrypts(""),
    "recordings stay in the clear": _encrypts("the secret RECORDING_KEY_Y2026 is not set"),
    "the dialplan of another version": lambda patient: _variables(patient, "routing_dialplan_version=", "was="),
    "RTP ports that the kernel gives away": lambda patient: patient.machine.given.update(range(20000, 32768)),
    "FreeSWITCH's own RTP ports": lambda patient: patient.says(
        f"{LOCATED} switch.conf", patient.answers[f"{LOCATED} switch.conf"].replace("32766", "32768")
    ),
    "RTP ports that are no numbers": lambda patient: patient.says(
        f"{LOCATED} switch.conf", patient.answers[f"{LOCATED} switch.conf"].replace("32766", "rtp_end")
    ),
    "no folders": _no_room,
    "no release": lambda patient: (patient.root / "current").unlink(),
    "a release of a newer version": _release_file("release.json", '{"files": 7, "format": 99}'),
    "a release without its list": _release_file("release.json", None),
    "another root": lambda patient: patient.says(
        "xml_locate dialplan context name routing_inbound",
        '<context name="x"><action data="/other/current/"/></context>',
    ),
    "an older dialplan": _release_file("schemes/a.xml", "1@a:XML:routing_rated nobody XML routing_transferred"),
    "a gateway is refused": lambda patient: patient.says(
        "sofia xmlstatus gateway", patient.gateway("main", "FAIL_WAIT", "DOWN")
    ),
    "a gateway answers": _pinged(30, 2),
    "a gateway that nobody pings": _pinged(0, 0),
    "a gateway does not answer": _pinged(30, 0),
    "a gateway was loaded a moment ago": lambda patient: (
        _pinged(30, 0)(patient),
        (patient.root / "reloaded").touch(),
        os.utime(patient.root / "reloaded", (MOMENT.timestamp() - 60,) * 2),
    ),
    "FreeSWITCH started a moment ago": lambda patient: (
        _pinged(30, 0)(patient),
        patient.says("status", "UP 0 years, 0 days, 0 hours, 1 minute, 20 seconds\nFreeSWITCH is ready"),
    ),
    "a gateway is not loaded": lambda patient: patient.says("sofia xmlstatus gateway", "<gateways></gateways>"),
    "a dialplan that does not say where phones are": lambda patient: _variables(patient, "routing_phones_at=", "was="),
    "a proxy that answers": lambda patient: (_proxied(patient), patient.machine.sip_servers.add("192.0.2.9:5060")),
    "a proxy that does not": lambda patient: _proxied(patient),
    "no phone is registered": lambda patient: patient.says("show registrations as json", '{"rows": []}'),
    "callbacks without their module": _loopback_missing,
    "rooms without their module": _room,
    "rooms without their profile": lambda patient: (
        _room(patient),
        patient.says("module_exists mod_conference", "true"),
    ),
    "a voice that is installed": _voice("espeak-ng -v uk --stdin --stdout"),
    "a voice that is not": _voice("piper --model uk.onnx --output_file -"),
    "recognisers that answer": _recognisers(
        'routing_recogniser_up{recogniser="english"} 1.0\nrouting_recogniser_up{recogniser="ours"} 1.0\n'
    ),
    "decisions inside": _inside(),
    "decisions inside, one hangs": _inside(state="stuck"),
    "decisions inside, by an older version": _inside(version="0.0.9"),
    "decisions inside, without mod_python3": _inline("false"),
    "decisions inside, without our package": _inline("true", "ModuleNotFoundError: No module named 'routing'"),
    "decisions inside, without our script": _inline("true"),
    "recognisers that do not": _recognisers('routing_recogniser_up{recogniser="ours"} 0.0\n'),
    "no guards": lambda patient: patient.says("module_exists mod_lua", "false"),
}


def test_every_finding_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    found = []
    for at, (name, change) in enumerate(NODES.items()):
        folder = tmp_path / f"{at:02}"
        folder.mkdir()
        patient = Patient(healthy_root(folder))
        change(patient)
        found.append(f"{name}:\n")
        for one in examine(patient.node()):
            finding = one.finding
            if name == "nothing" or finding.level is not Level.OK:
                mend = f" ({finding.mend})" if finding.mend else ""
                found.append(f"  {finding.level} {one.check}: {finding.summary}{mend}\n".replace(str(folder), "HERE"))
    text = "".join(found)
    if os.environ.get("ROUTING_GOLDEN"):
        FINDINGS.write_text(text, "utf-8")
    assert text == FINDINGS.read_text("utf-8")


@pytest.mark.parametrize("level", Level)
def test_every_level_is_among_them(level: Level) -> None:
    assert f"  {level} " in FINDINGS.read_text("utf-8")
