"""The node's configuration: well-formed, closed by default, and zone rules that tell the same time as zoneinfo."""

import importlib.resources
import json
import os
import stat
import subprocess
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from routing.cli.node import _program
from routing.cli.node import node as command
from routing.model import numbers
from routing.model.calendar import INEXPRESSIBLE_ZONES
from routing.node import files as node
from routing.node import timezones
from routing.node.settings import Settings


def settings(**changes):
    return node.Settings(Path("/srv/node"), Path("/srv/root"), "secret-word", **changes)


def params(text, name="param"):
    root = ET.fromstring(text)
    return {each.get("name"): each.get("value") for each in root.iter(name)}


def test_every_xml_file_is_well_formed():
    for name, text in node.render(settings(public_address="203.0.113.7")).items():
        if name.endswith(".xml"):
            ET.fromstring(text)


def test_api_expansion_and_system_commands_are_off():
    files = node.render(settings())
    assert params(files["conf/autoload_configs/switch.conf.xml"])["api-expansion"] == "false"
    assert "disable_system_api_commands=true" in files["conf/vars.xml"]
    assert "disable_system_app_commands=true" in files["conf/vars.xml"]


@pytest.mark.parametrize(
    ("host", "words", "name"),
    [
        ("kyiv1.example.com", (), "kyiv1.example.com"),
        ("my_host", (), "my-host"),
        ("__", (), "routing"),
        ("kyiv1", ("--node", "kyiv2"), "kyiv2"),
    ],
)
def test_a_node_has_a_name(monkeypatch, tmp_path, host, words, name):
    monkeypatch.setattr("socket.gethostname", lambda: host)
    told = CliRunner().invoke(command, ["init", str(tmp_path / "node"), "--root", str(tmp_path / "root"), *words])
    assert told.exit_code == 0, told.output
    assert params((tmp_path / "node/conf/autoload_configs/switch.conf.xml").read_text())["switchname"] == name


def test_phones_authenticate_and_carriers_are_listed():
    files = node.render(settings(address="192.0.2.1", carriers=("198.51.100.0/24",)))
    internal = params(files["conf/sip_profiles/internal.xml"])
    assert (internal["auth-calls"], internal["accept-blind-auth"]) == ("true", "false")
    assert internal["context"] == "routing_internal"
    external = params(files["conf/sip_profiles/external.xml"])
    assert (external["apply-inbound-acl"], external["disable-transfer"]) == ("routing_carriers", "true")
    assert internal["proxy-notify-events"] == external["proxy-notify-events"] == "talk"  # else a caller answers calls
    carriers = files["conf/autoload_configs/acl.conf.xml"].partition('name="routing_carriers" default="deny"')[2]
    assert "198.51.100.0/24" in carriers
    assert "127.0.0.0/8" not in carriers


def test_transfers_by_phones_can_be_refused():
    assert "disable-transfer" not in params(node.render(settings())["conf/sip_profiles/internal.xml"])
    refusing = params(node.render(settings(transfers=False))["conf/sip_profiles/internal.xml"])
    assert refusing["disable-transfer"] == "true"


def test_a_node_without_carriers_hears_nobody_unless_on_loopback():
    closed = node.render(settings(address="192.0.2.1"))["conf/autoload_configs/acl.conf.xml"]
    trial = node.render(settings())["conf/autoload_configs/acl.conf.xml"]
    assert closed.count("127.0.0.0/8") == 1
    assert trial.count("127.0.0.0/8") == 2


def test_include_directives_stand_alone_on_their_lines():
    for text in node.render(settings()).values():
        for line in text.splitlines():
            if "X-PRE-PROCESS" in line and not line.startswith(("*", " *")):
                assert line.strip().startswith("<X-PRE-PROCESS")
                assert line.strip().endswith("/>")


def test_limits_can_be_turned_off():
    dialplan = node.render(settings(caller_rate="0", caller_calls=0))["conf/dialplan/routing.xml"]
    assert 'data="routing_limit_caller_rate=0"' in dialplan
    assert 'data="routing_limit_caller_calls=0"' in dialplan
    assert 'data="routing_limit_number_rate=600/60"' in dialplan


@pytest.mark.parametrize(
    ("bounds", "first"),
    [
        ({}, "entry.xml"),
        ({"caller_rate": "0", "caller_calls": 0, "number_rate": "0"}, "entry.xml"),
        ({"caller_rate": "0", "caller_calls": 0, "number_rate": "0", "number_calls": 0}, "unlimited.xml"),
    ],
)
def test_usual_calls_pass_a_smaller_file_where_nothing_is_limited(bounds, first):
    profile = node.render(settings(**bounds))["conf/sip_profiles/external.xml"]
    assert f'name="dialplan" value="XML:{settings().root}/current/{first},' in profile
    assert '/current/entry.xml,XML"' in profile


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "example.com"},
        {"domain": "a b"},
        {"domain": "$${x}"},
        {"caller_rate": "10"},
        {"carriers": ("anywhere",)},
    ],
)
def test_a_setting_that_no_file_can_hold_is_refused(changes):
    with pytest.raises(ValueError):
        node.render(settings(**changes))


@pytest.mark.parametrize(
    ("country", "written", "digits"),
    [("UA", "0671234567", "671234567"), ("RU", "84951234567", "4951234567"), ("US", "12125551234", "2125551234")],
)
def test_national_callers(country, written, digits):
    import re

    rule = numbers.national(country)
    assert re.search(rule.expression, written).group(1) == digits
    assert not re.search(rule.expression, "00" + str(rule.code) + digits)


def test_init_writes_secrets_for_the_owner_alone_and_keeps_the_password(tmp_path):
    home = tmp_path / "node"
    arguments = ["init", str(home), "--root", str(tmp_path / "root")]
    first = CliRunner().invoke(command, arguments)
    assert first.exit_code == 0, first.output
    assert "-conf" in first.output
    secret = home / "event_socket.json"
    password = json.loads(secret.read_text())["password"]
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "conf/autoload_configs/event_socket.conf.xml").stat().st_mode) == 0o600
    assert password not in first.output
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert json.loads(secret.read_text())["password"] == password
    assert str(tmp_path / "root" / "current" / "directory.xml") in (home / "adopt/directory.xml").read_text()


def test_init_says_what_is_wrong(tmp_path):
    result = CliRunner().invoke(command, ["init", str(tmp_path), "--root", "/r", "--caller-rate", "often"])
    assert result.exit_code == 2
    assert "10/60" in result.output


@pytest.fixture
def as_zone(monkeypatch):
    """Sets the C library's zone to a POSIX rule: an independent reader of the same dialect."""

    def choose(rule):
        monkeypatch.setenv("TZ", rule)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


def packaged(name):
    """A zone of the tzdata package, whatever the machine has."""
    with (importlib.resources.files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@pytest.mark.thorough
def test_rules_tell_the_time_of_zoneinfo_over_every_edge(as_zone):
    # Far enough ahead that no one-off decree is in the data: what holds is the rule.
    first = datetime(2034, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=count) for count in range(0, 24 * 400, 5)]
    wrong = set()
    for name, rule in sorted(timezones.rules().items()):
        if "," in rule and name.count("/") == 1:
            as_zone(rule)
            zone = packaged(name)
            for at in hours:
                ours = time.localtime(at.timestamp())
                theirs = at.astimezone(zone)
                if (ours.tm_mday, ours.tm_hour, ours.tm_min) != (theirs.day, theirs.hour, theirs.minute):
                    wrong.add(name)
    assert wrong == set()


def test_a_zone_without_summer_time_has_one_offset(as_zone):
    at = datetime(2034, 6, 1, tzinfo=UTC)
    for name in ("Asia/Tehran", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Kiritimati"):
        as_zone(timezones.rules()[name])
        offset = at.astimezone(packaged(name)).utcoffset()
        assert time.localtime(at.timestamp()).tm_gmtoff == offset.total_seconds()


def test_rules_are_in_the_dialect_that_freeswitch_reads():
    rules = timezones.rules()
    assert rules["Europe/Kyiv"] == "EET-2EEST,M3.5.0/3,M10.5.0/4"
    assert rules["Asia/Tehran"] == "STD-3:30"
    assert rules["America/Nuuk"] == "STD2DST,M3.4.4/71,M10.5.0/0"
    assert not [name for name, rule in rules.items() if "<" in rule or "/-" in rule]
    assert INEXPRESSIBLE_ZONES.isdisjoint(rules)


def test_the_command_that_starts_freeswitch_names_it_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    built = tmp_path / "built" / "freeswitch"
    assert _program(built) == "freeswitch"
    for place in (built, tmp_path / "bin" / "freeswitch"):
        place.parent.mkdir()
        place.touch(mode=0o755)
        assert _program(built) == (str(built) if place == built else "freeswitch")


def test_mod_python3_is_loaded_only_where_it_decides(tmp_path):
    usual, inside = node.render(settings()), node.render(settings(package=Path("/opt/routing/packages")))
    scripts = {"conf/scripts/routing_inline.py", "conf/scripts/routing_inside.py"}
    assert inside.keys() - usual.keys() == {*scripts, "conf/autoload_configs/python.conf.xml"}
    assert not any("python" in text for text in usual.values())
    assert 'module="mod_python3"' in inside["conf/autoload_configs/modules.conf.xml"]
    assert 'site.addsitedir("/opt/routing/packages")' in inside["conf/scripts/routing_inside.py"]
    assert 'opened("/srv/root"' in inside["conf/scripts/routing_inside.py"]
    for name in scripts:
        compile(inside[name], name, "exec")
    assert "-scripts" not in node.command(tmp_path)
    node.write(tmp_path, inside)
    assert f"-scripts {tmp_path}/conf/scripts" in " ".join(node.command(tmp_path))


def test_the_script_starts_freeswitch_on_the_folder_with_its_databases(tmp_path):
    """Whatever starts it elsewhere, a container say, needs no copy of the arguments; a group starts it, too."""
    home = tmp_path / "node"
    node.write(home, node.render(Settings(home, tmp_path / "root", "a secret")))
    arguments = node.command(home)
    echo = {"FREESWITCH": "/bin/echo", "PATH": "/bin:/usr/bin"}
    said = subprocess.run(["sh", home / "start", "-rp"], env=echo, capture_output=True, text=True, check=True)
    assert said.stdout.split() == [*arguments, "-rp"] and arguments[-1].startswith("/dev/shm/freeswitch-")
    assert stat.S_IMODE((home / "start").stat().st_mode) == 0o700
    node.write(home, node.render(Settings(home, tmp_path / "root", "a secret")), os.getgid())
    assert stat.S_IMODE((home / "start").stat().st_mode) == 0o750
