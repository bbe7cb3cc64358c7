"""The running switch is what the configuration says: closed inside, and its clocks are those of tzdata."""

import time
from datetime import UTC, datetime

import pytest

from routing.node import timezones


@pytest.mark.parametrize("command", ["system id", "bg_system id", "spawn id"])
def test_commands_of_the_machine_do_not_exist(command, switch):
    assert switch.esl.api(command).startswith("-ERR")


def test_the_configuration_is_read_again_whole(switch):
    assert "[Success]" in switch.esl.api("reloadxml")


def test_api_functions_are_not_expanded(switch):
    assert "0" not in switch.esl.api("expand echo ${strftime(%Y)}")


@pytest.fixture
def by_rule(monkeypatch):
    """The C library's reading of a zone's rule: what tzdata means by it."""

    def tell(rule, at):
        monkeypatch.setenv("TZ", rule)
        time.tzset()
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))

    yield tell
    monkeypatch.undo()
    time.tzset()


def test_it_reads_every_zone_as_tzdata_means_it(switch, by_rule):
    now = int(time.time())
    wrong = []
    for name, rule in timezones.rules().items():
        for days in (0, 91, 182, 273):
            at = now + days * 86400
            if switch.esl.api(f"strftime_tz {name} {at}|%Y-%m-%d %H:%M") != by_rule(rule, at):
                wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "America/New_York", "America/Nuuk", "Australia/Sydney", "Asia/Gaza"])
def test_its_summer_begins_and_ends_at_the_right_minute(zone, switch, by_rule):
    rule = timezones.rules()[zone]
    first = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
    hours = range(first, first + 366 * 86400, 3600)
    edges = [at for at in hours if jump(by_rule(rule, at), by_rule(rule, at - 3600)) != 1]
    assert len(edges) == 2
    for edge in edges:
        for at in (edge - 61, edge - 60, edge - 1, edge, edge + 60):
            assert switch.esl.api(f"strftime_tz {zone} {at}|%Y-%m-%d %H:%M") == by_rule(rule, at)


def jump(after, before):
    """Hours of the clock between two moments an hour apart."""
    return (int(after[11:13]) - int(before[11:13])) % 24
