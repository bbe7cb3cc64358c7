"""Keys in a talk that a callback has begun, the person first: they are the person's, as in every other talk."""

from __future__ import annotations

import contextlib

import pytest

from routing.journal import query
from support.switchbed.callbacks import CLIENT, SCHEMES, CallbackLab, until
from support.switchbed.moved import hears, journal_of, members, of_channels, reached, recordings, types

pytestmark = pytest.mark.switch

COMPANY = SCHEMES["company.yaml"].replace("secrets: env,", "secrets: env, talk_keys: true,")
OFFICE = 'scheme: asked\nnumbers: ["+380800330991"]\nrecord: both\nsteps: [{ring: support}, {hangup: NO_ANSWER}]'


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    more = SCHEMES | {"company.yaml": COMPANY, "asked.yaml": OFFICE}
    running = CallbackLab(tmp_path_factory.mktemp("callback_keys"), more=more)
    yield running
    running.stop()


@contextlib.contextmanager
def talk(lab):
    """Support has taken a callback and talks with the client: the person's side, the client's, both agents."""
    with lab.phone("2002") as phone, lab.client() as client:
        lab.call(scheme="asked")
        assert until(lambda: phone.received("ACK") and client.received("ACK") and lab.are_joined())
        assert until(lambda: "true" in of_channels(lab, "routing_client_leg"))
        assert hears(client, phone)
        yield phone.rung(), client.rung(), phone, client
    assert lab.quiet()


def journal(lab, tmp_path):
    """The one call that the journal has."""
    bed = journal_of(lab, tmp_path)
    (row,) = bed.journal()["calls"]
    (found,) = query.call(bed.engines[0], row[0])
    assert not bed.left()
    bed.close()
    return found


def test_a_colleague_is_asked_and_connected_and_it_is_one_call(lab, tmp_path):
    with lab.phone("2003") as other, talk(lab) as (person, client, _, agent):
        types(lab, person, "*2")
        reached(lab, other)
        assert members(lab) == 1
        person.hang_up()
        assert until(lambda: hears(other, agent))
        other.rung().hang_up()
        assert until(client.is_over)
    call = journal(lab, tmp_path)
    assert (call.direction, call.client, call.status) == ("callback", CLIENT, "answered")
    assert [path.stem for path in recordings(lab) if call.id in path.name] == [call.id]


def test_back_to_the_client(lab, tmp_path):
    with lab.phone("2003") as other, talk(lab) as (person, client, phone, agent):
        types(lab, person, "*2")
        reached(lab, other)
        person.press("*")
        assert until(lambda: members(lab) == 0 and lab.is_joined("2002"))
        assert until(other.rung().is_over)
        assert hears(phone, agent)
        person.hang_up()
        assert until(client.is_over)
    assert journal(lab, tmp_path).status == "answered"


def test_the_client_is_sent_on(lab, tmp_path):
    with lab.phone("2003") as other, talk(lab) as (person, client, _, agent):
        types(lab, person, "##")
        reached(lab, other)
        assert until(person.is_over)
        assert hears(other, agent)
        other.rung().hang_up()
        assert until(client.is_over)
    assert journal(lab, tmp_path).client == CLIENT


def test_a_client_holds_and_sends_nobody(lab, tmp_path):
    with talk(lab) as (person, client, phone, agent):
        for keys in ("*3", "*2", "##"):
            client.press(keys)
        assert hears(phone, agent)
        assert members(lab) == 0
        person.hang_up()
        assert until(client.is_over)
    assert journal(lab, tmp_path).status == "answered"
