"""`routing doctor` on a node that is well, and with one thing wrong at a time."""

import json
import os
import re
import socket
import sqlite3
import stat
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from routing.doctor.checks import CHECKS, examine, worst
from routing.doctor.diagnosis import Level
from routing.doctor.machine import Linux
from routing.doctor.rights import allowed, may_read, may_write
from routing.doctor.switch import _uptime
from routing.engine.metrics import exposition
from routing.engine.missing import MissingSecret
from routing.release.known_callers import say_watching, write_known
from support.doctor_bed import MOMENT, SCHEME, Patient, healthy_root


@pytest.fixture
def patient(tmp_path):
    return Patient(healthy_root(tmp_path))


def bad(patient):
    """What is not as it should be, by check."""
    told = list(examine(patient.node()))
    return {one.check: (one.finding.level, one.finding.summary) for one in told if one.finding.level is not Level.OK}


def test_calls_without_a_cdr_and_unusable_files_are_told(patient):
    node = patient.node()
    with closing(sqlite3.connect(node.root / "journal.db")) as opened, opened:
        opened.execute("CREATE TABLE calls (status, started)")
        opened.execute("INSERT INTO calls VALUES ('unfinished', ?)", (node.machine.now().timestamp() - 60,))
    folder = Path(node.settings("json_cdr.conf")["log-dir"])
    (folder / "bad").mkdir()
    (folder / "bad" / "a_x.cdr.json").mkdir()
    told = " ".join(words for _, words in bad(patient).values())
    assert "1 call of the last day ended without a CDR" in told and "1 unusable file in" in told
    (node.root / "journal.db").write_bytes(b"no database" * 1000)
    assert "the journal cannot be read" in str(list(examine(node)))


def test_refused_transfers_need_no_guard(patient):
    located = "xml_locate configuration configuration name"
    asked = patient.answers[f"{located} lua.conf"]
    patient.says(f"{located} lua.conf", asked.replace("directory|channels", "directory"))
    refused = '<param name="disable-transfer" value="true"/><param name="channel-xml'
    patient.says(
        f"{located} sofia.conf", patient.answers[f"{located} sofia.conf"].replace('<param name="channel-xml', refused)
    )
    assert bad(patient) == {}


def test_a_healthy_node_is_found_healthy(patient):
    told = list(examine(patient.node()))
    assert bad(patient) == {}
    silent = {"breakers", "secrets", "stock-accounts", "proxy"}  # they speak only when something is wrong
    unneeded = {
        "rooms",
        "voices",
        "recognisers",
        "recordings",
        "inline",
        "floods",
    }  # the release has none, or leaves them clear
    assert {one.check for one in told} == {name for checks in CHECKS.values() for name in checks} - silent - unneeded
    assert worst(told) is Level.OK


def test_the_time_since_its_start_is_told_as_people_say_it():
    answer = "UP 0 years, 0 days, 3 hours, 12 minutes, 5 seconds, 6 milliseconds, 7 microseconds\nFreeSWITCH is ready"
    assert _uptime(answer) == "3 hours, 12 minutes"
    assert _uptime("UP 1 year, 0 days, 3 hours") == "1 year" and _uptime("UP 0 years, 0 days") == "0 days"


#: FreeSWITCH's answer that changes -> the check that must notice, how bad it is, words of what it says.
ANSWERS = {
    "paused": ("status", "UP 0 years\nFreeSWITCH is shutting down", "reachable", Level.WRONG, "not ready"),
    "a hole": ("version short", "1.10.12-release", "version", Level.WARNING, "CVE-2026-49840"),
    "old": ("version short", "1.10.9", "version", Level.WARNING, "CVE-2023-40018"),
    "no guard of REFER": ("module_exists mod_lua", "false", "transfers", Level.WRONG, "mod_lua is not loaded"),
    "REFER not asked": (
        "xml_locate configuration configuration name lua.conf",
        "-ERR",
        "transfers",
        Level.WRONG,
        "dial anything",
    ),
    "no guard of passwords": ("module_exists mod_lua", "false", "guesses", Level.WARNING, "without end"),
    "passwords not asked": (
        "xml_locate configuration configuration name lua.conf",
        "-ERR",
        "guesses",
        Level.WARNING,
        "without end",
    ),
    "odd version": ("version short", "-ERR", "version", Level.WARNING, "cannot be compared"),
    "a module": ("module_exists mod_hash", "false", "modules", Level.WRONG, "mod_hash"),
    "expansion": ("eval ${uuid_exists(x)}", "false", "expansion", Level.WRONG, "caller's name"),
    "no context": ("xml_locate dialplan context name routing_inbound", "-ERR", "dialplan", Level.WRONG, "no context"),
    "an account": ("user_exists id 1002 phones.example", "false", "accounts", Level.WRONG, "1002"),
    "stock": ("user_exists id 1000 phones.example", "true", "stock-accounts", Level.WARNING, "1000"),
    "zone": ("strftime_tz Europe/Kyiv {summer}|%Y-%m-%d %H:%M:%S", "2026-01-01 00:00:00", "zones", Level.WRONG, "Kyiv"),
    "clock": ("strepoch", "1795325000", "clock", Level.WRONG, "51 s off"),
    "profile": ("sofia xmlstatus profile internal", "Invalid Profile!", "profiles", Level.WRONG, "internal"),
}


@pytest.mark.parametrize("change", ANSWERS)
def test_what_freeswitch_says_amiss_is_noticed(change, patient):
    command, answer, check, level, words = ANSWERS[change]
    patient.says(command.replace("{summer}", str(patient.summer)), answer)
    found = bad(patient)
    assert found[check][0] is level
    assert words in found[check][1]


@pytest.mark.parametrize("odd", ["-ERR show Command not found!", "", "+OK", "{}", "<x/>"])
def test_no_odd_answer_of_freeswitch_ends_the_examination(odd, patient):
    """A module that is not loaded takes its commands away."""
    for command, answer in list(patient.answers.items()):
        patient.says(command, odd)
        assert worst(list(examine(patient.node()))) in Level
        patient.says(command, answer)


def test_a_freeswitch_without_its_commands(patient):
    for command in ("status", "strepoch", "show registrations as json"):
        patient.says(command, f"-ERR {command.split()[0]} Command not found!")
    found = bad(patient)
    assert found["reachable"] == (Level.WRONG, "answers, but has no command `status`")
    assert found["clock"][0] is found["phones"][0] is Level.UNKNOWN
    assert found["phones"][1] == "phones: FreeSWITCH does not list them: `-ERR show Command not found!`"


def test_mp3_sounds_that_freeswitch_cannot_play(patient):
    sounds = (patient.root / "current").resolve() / "sounds"
    sounds.mkdir(exist_ok=True)
    (sounds / "hello.mp3").touch()
    assert "mod_shout" in bad(patient)["modules"][1]
    patient.says("module_exists mod_shout", "true")
    assert "modules" not in bad(patient)


def test_an_old_version_is_wrong_even_without_a_known_hole(patient):
    patient.says("version short", "1.10.11")
    levels = [one.finding.level for one in examine(patient.node()) if one.check == "version"]
    assert levels == [Level.WRONG, Level.WARNING]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name="auth-calls" value="true"', 'name="auth-calls" value="false"', "auth-calls is false"),
        ('name="context" value="routing_inbound"', 'name="context" value="public"', "context is public"),
        ('<param name="apply-inbound-acl" value="routing_carriers"/>', "", "anybody may send calls"),
    ],
)
def test_a_profile_that_lets_strangers_in(old, new, words, patient):
    sofia = "xml_locate configuration configuration name sofia.conf"
    patient.says(sofia, patient.answers[sofia].replace(old, new))
    assert words in bad(patient)["profiles"][1]


@pytest.mark.parametrize(
    ("state", "status", "is_fine"),
    [("REGED", "UP", True), ("NOREG", "UP", True), ("TRYING", "DOWN", False), ("REGED", "DOWN", False)],
)
def test_gateways(state, status, is_fine, patient):
    patient.says("sofia xmlstatus gateway", patient.gateway("main", state, status))
    assert ("gateways" not in bad(patient)) is is_fine


def test_a_gateway_that_freeswitch_has_not_read(patient):
    patient.says("sofia xmlstatus gateway", patient.gateway("other", "REGED", "UP"))
    assert bad(patient)["gateways"] == (Level.WRONG, "gateway main is not loaded")


def test_a_phone_that_is_away_and_a_stranger(patient):
    patient.says("show registrations as json", json.dumps({"rows": [{"reg_user": "1001"}, {"reg_user": "1009"}]}))
    told = [one.finding.summary for one in examine(patient.node()) if one.check == "phones"]
    assert told == [
        "1 of 2 phones are not registered: olena.desk (1002)",
        "registered, but not in this release: 1009",
    ]


def test_nobody_is_registered(patient):
    patient.says("show registrations as json", '{"row_count": 0}')
    assert bad(patient)["phones"][1].startswith("2 of 2 phones are not registered")


def test_the_event_socket_is_open_to_the_world(patient):
    patient.machine.ports |= {("0.0.0.0", 8021)}
    assert "(port 8021) listens on 0.0.0.0:" in bad(patient)["event-socket"][1]


def test_a_password_that_everybody_knows(patient):
    patient.passwords = {"ClueCon"}
    assert bad(patient)["event-socket"] == (
        Level.WRONG, "the event socket's password is `ClueCon`, which everybody knows",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ports", "words"),
    [({("127.0.0.1", 8021)}, "nothing listens on 127.0.0.1:8084"), ({("::", 8084)}, "the engine listens on ::")],
)
def test_the_engines_port(ports, words, patient):
    patient.machine.ports = ports
    assert bad(patient)["healthy"][1].startswith(words)


def test_a_silent_engine_redis_and_an_open_breaker(patient):
    patient.metrics = "routing_breakers_open 2.0\n"
    assert bad(patient)["breakers"][1].startswith("2 web servers failed")
    patient.silent = {"engine", "redis"}
    found = bad(patient)
    assert found["healthy"][0] is Level.WRONG and found["memory"][0] is Level.WARNING
    assert "breakers" not in found


def test_a_secret_that_the_engine_has_not(patient, tmp_path):
    missing = MissingSecret("CRM_TOKEN", "sent to crm.example", 'crm.clients.headers."X{}"', 2)
    patient.metrics = exposition(tmp_path, "abcdef012345", (missing,)).decode()
    level, words = bad(patient)["secrets"]
    assert level is Level.WRONG
    assert words == 'the engine has no secret CRM_TOKEN (sent to crm.example, named by crm.clients.headers."X{}")'
    patient.metrics = exposition(tmp_path, "abcdef012345").decode()
    assert "secrets" not in bad(patient)


def test_the_engines_address_is_the_releases(patient):
    scheme = patient.root / "current" / "schemes" / "a.xml"
    scheme.write_text(f'<x>{SCHEME}<action application="socket" data="127.0.0.1:9084 async full"/></x>')
    assert bad(patient)["healthy"][1].startswith("nothing listens on 127.0.0.1:9084")
    patient.machine.ports |= {("127.0.0.1", 9084)}
    assert bad(patient) == {}
    node = patient.node()
    node.given_engine = "127.0.0.1:8084"
    told = [one.finding.summary for one in examine(node) if one.check == "healthy"]
    assert told[0] == "the release connects to 127.0.0.1:9084, not to 127.0.0.1:8084"


def test_numbers_that_nobody_reaches_while_their_gateway_is_down(patient):
    lists = {"main": [f"+38044000000{digit}" for digit in range(9)] + ["+380670002000"], "other": ["+380670002000"]}
    (patient.root / "current/gateways/numbers.json").write_text(json.dumps(lists))
    patient.says("sofia xmlstatus gateway", patient.gateway("main", "FAIL_WAIT", "DOWN"))
    words = bad(patient)["gateways"][1]
    assert words.endswith("nobody can call " + ", ".join(lists["main"][:8]) + " and 1 more")
    patient.says("sofia xmlstatus gateway", patient.gateway("another", "REGED", "UP"))
    assert "gateway main is not loaded; nobody can call +380440000000" in bad(patient)["gateways"][1]


@pytest.mark.parametrize("mode", [0o644, 0o666])
def test_databases_that_another_user_has_left(mode):
    with tempfile.TemporaryDirectory() as name:  # whose folders above let everybody through, other than pytest's
        place = Path(name)
        patient = Patient(healthy_root(place))
        (place / "db").mkdir()
        (place / "db" / "core.db").touch()
        for path, bits in (
            (place, 0o777),
            (place / "spool", 0o777),
            (place / "db", 0o777),
            (place / "db/core.db", mode),
        ):
            path.chmod(bits)
        patient.machine.user = 65534
        found = bad(patient).get("writable", (Level.OK, ""))
    assert found[0] is (Level.OK if mode == 0o666 else Level.WRONG)
    assert (f"cannot write databases ({place}/db)" in found[1]) is (mode == 0o644)


def test_folders_that_freeswitchs_user_cannot_write(patient, tmp_path):
    patient.machine.user = 65534
    os.chmod(tmp_path, 0o755)
    (tmp_path / "spool").chmod(0o755)
    level, words = bad(patient)["writable"]
    assert level is Level.WRONG and f"(user 65534) cannot write finished calls ({tmp_path}/spool)" in words
    assert not may_write(tmp_path / "none", 0, frozenset())


def test_a_sound_that_freeswitchs_user_cannot_read(patient):
    patient.machine.user = 65534
    sounds = patient.root / "current" / "sounds"
    sounds.mkdir()
    for name in "abcdefg":
        (sounds / f"{name}.wav").write_text("x")
        (sounds / f"{name}.wav").chmod(0o600)


def test_each_check_that_could_not_be_made_is_named(patient):
    patient.silent = {"switch", "engine"}
    found = bad(patient)
    for name in ("version", "modules", "event-socket", "clock", "gateways", "phones", "spool", "writable"):
        assert found[name] == (Level.UNKNOWN, f"{name}: unknown while FreeSWITCH does not answer")
    assert "open circuit breakers and missing secrets are unknown" in found["healthy"][1]
    patient.silent = set()
    patient.machine.ports = {("127.0.0.1", 8084)}
    assert bad(patient)["event-socket"][0] is Level.UNKNOWN


def test_a_silent_freeswitch_leaves_the_rest_to_be_examined(patient):
    patient.silent = {"switch"}
    found = bad(patient)
    assert found["reachable"] == (Level.WRONG, "FreeSWITCH does not answer: connection refused")
    assert found["gateways"][0] is Level.UNKNOWN
    assert "current" not in found and "memory" not in found


def test_no_release(patient):
    (patient.root / "current").unlink()
    assert bad(patient)["current"][0] is Level.WRONG


def test_a_file_of_the_release_is_gone(patient):
    (patient.root / "current" / "entry.xml").unlink()
    assert "6 of 7 files" in bad(patient)["current"][1]


def test_a_release_that_freeswitchs_user_cannot_read(patient):
    patient.machine.user = 65534
    (patient.root / "current" / "directory.xml").chmod(0o600)
    found = bad(patient)["readable"]
    assert found[0] is Level.WRONG and "user 65534" in found[1] and "directory.xml" in found[1]


def test_known_callers_that_freeswitchs_user_cannot_read(patient):
    patient.machine.user = 65534  # who may not pass the folders above either

    def unread() -> int:
        text = bad(patient)["readable"][1]
        return text.count(".") + int(next(iter(re.findall(r"and (\d+) more", text)), 0))

    before = unread()
    write_known(patient.root, ["+380501112233", "+380501112244"])
    assert unread() == before + 2


def test_a_guard_that_does_not_run_and_what_is_refused(patient):
    now_s = patient.node().machine.now().timestamp()
    assert "floods" not in bad(patient)
    (patient.root / "current" / "floods.json").write_text("{}")
    assert "nobody has watched for floods of calls on this node" in bad(patient)["floods"][1]
    write_known(patient.root, [])
    say_watching(patient.root, now_s - 30)
    assert "floods" not in bad(patient)
    variables = patient.answers["global_getvar"]
    patient.says("global_getvar", f"{variables}\nrouting_flood_380800330916=refuse_block,38067111")
    patient.says("show tasks as json", '{"row_count": 0}')
    assert bad(patient)["floods"] == (
        Level.WARNING,
        "callers are refused: +380800330916 refuses 38067111... (many calls from one block of numbers)",
    )
    say_watching(patient.root, now_s - 3600)
    levels = [one.finding.level for one in examine(patient.node()) if one.check == "floods"]
    assert levels == [Level.WRONG, Level.WARNING]


@pytest.mark.parametrize(
    ("mode", "user", "group", "may"),
    [
        (0o400, "owner", "other", True), (0o044, "owner", "group", False), (0o040, "other", "group", True),
        (0o404, "other", "group", False), (0o004, "other", "other", True), (0o440, "other", "other", False),
    ],
)  # fmt: skip
def test_who_may_read(mode, user, group, may, tmp_path):
    file = tmp_path / "file"
    file.touch()
    file.chmod(mode)
    facts = file.stat()
    users = {"owner": facts.st_uid, "other": facts.st_uid + 1}
    groups = {"group": facts.st_gid, "other": facts.st_gid + 1}
    assert allowed(facts, users[user], frozenset({groups[group]}), stat.S_IROTH) is may


def test_a_file_that_is_not_there_cannot_be_read(tmp_path):
    assert not may_read(tmp_path / "nothing", 0, frozenset())
    assert not may_read(tmp_path / "nothing", 65534, frozenset())


@pytest.mark.parametrize(("free", "level"), [(10**8, Level.WRONG), (10**9, Level.WARNING)])
def test_little_room(free, level, patient):
    patient.machine.free = free
    assert bad(patient)["disk"][0] is level


def test_a_spool_that_nobody_carries_away(patient):
    spool = patient.root.parent / "spool"
    for number in range(1001):
        (spool / f"{number}.json").touch()
    assert bad(patient)["spool"][1].startswith("1001 finished calls wait")


def test_the_machine_knows_who_listens_and_who_it_is():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
    ):
        found = Linux().listening()
        assert ("127.0.0.1", server.getsockname()[1]) in found
        assert ("::1", six.getsockname()[1]) in found
    assert Linux().owner(os.getpid())[0] == os.geteuid()
    assert Linux().free_bytes(Path.cwd()) > 0
    assert abs((Linux().now() - datetime.now(UTC)).total_seconds()) < 5


def test_the_moments_have_both_clocks(patient):
    shown = {datetime.fromtimestamp(at, ZoneInfo("Europe/Kyiv")).utcoffset() for at in patient.moments}
    assert len(shown) == 2 and MOMENT.tzinfo is UTC
