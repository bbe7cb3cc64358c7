"""The engine's client of the event socket on the real one: answers, jobs beside them, events, a refused password."""

from __future__ import annotations

import gevent
import pytest

from routing.esl.client import SwitchFault, api, connected
from routing.esl.protocol import EventSocket


@pytest.fixture
def where(switch):
    return EventSocket("127.0.0.1", switch.settings.esl_port, switch.settings.esl_password)


@pytest.fixture
def client(where):
    with connected(where) as opened:
        opened.ask("event plain BACKGROUND_JOB RELOADXML")
        yield opened


def test_answers_are_whole(where, client):
    variables, legs, none = client.ask("api global_getvar", "api show channels as json", "api no_such_command")
    assert "hostname=" in variables
    assert "row_count" in legs
    assert none.startswith("-ERR no_such_command Command not found!")
    assert api(where, "status").startswith("UP ")


def test_jobs_take_their_time_beside_other_commands(client):
    jobs = [gevent.spawn(client.run_job, f"msleep {ms}", 20) for ms in (600, 300)]
    gevent.sleep(0)
    assert client.ask("api status")[0].startswith("UP ")
    assert not any(job.dead for job in jobs)
    assert [job.get(timeout=20) for job in jobs] == ["+OK", "+OK"]


def test_events_come_as_they_happen(client):
    client.ask("api reloadxml")
    with gevent.Timeout(20):
        assert client.event().get("Event-Name") == "RELOADXML"


def test_an_account_that_is_not_there(client):
    assert client.run_job("originate user/nobody@nowhere &park", 20) == "-ERR SUBSCRIBER_ABSENT\n"


def test_a_wrong_password(where):
    with pytest.raises(SwitchFault, match="refused the password"):
        api(where._replace(password="wrong"), "status")
