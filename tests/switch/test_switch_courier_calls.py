"""Couriers' extensions both ways on the real switch: what the client sees, hears and cannot do, and what is kept."""

import contextlib
import time
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from routing.journal import query
from routing.journal.database import open_database
from routing.journal.outbox import Outbox, days_in
from routing.model.memory import Talk
from routing.store.memory import RedisMemory
from support.journal_bed import LATER_S, Bed
from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.engines import serving
from support.switchbed.handler import Handler
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.redises import alone, store_at
from support.switchbed.talks import Talk as Talking
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ, hear, offer_to

pytestmark = needs_redis

COURIER, CLIENT, COMPANY = "+380501120001", "+380671230077", "+380800330900"
OFFICE, EXTENSIONS = "+380800330985", "+380800330986"
UNPROVEN = "+380800330984"
ASKS = """
scheme: courier_calls
numbers: ["{number}"]
record: both
steps:
  - ask: {{into: pin, secret: true, prompt: short.wav, length: 4, tries: 1}}
  - lookup:
      url: "http://127.0.0.1:{port}/couriers"
      method: POST
      send: {{caller: "{{{{caller}}}}", pin: "{{{{pin}}}}"}}
      found:
        - ask: {{into: order, prompt: short.wav, length: 1-8, tries: 1}}
        - match:
            cases: {{when: {{asked.order: "0"}}, steps: [{{sticky: {{whom: client, within: 12h}}}}]}}
            otherwise: [{{webhook: {{url: "http://127.0.0.1:{port}/clients", send: {{caller: "{{{{caller}}}}"}}}}}}]
  - hangup: NO_ANSWER
"""
FORWARDS = """
scheme: forwards
numbers: ["{number}"]
record: both
steps:
  - webhook: {{url: "http://127.0.0.1:{port}/clients", send: {{caller: "{{{{caller}}}}"}}}}
  - hangup: NO_ANSWER
"""
DIALS = f"""
scheme: couriers
numbers: ["{EXTENSIONS}"]
record: both
steps: [{{menu: {{prompt: short.wav, extensions: true, wait: 4s, tries: 1}}}}, {{hangup: NO_ANSWER}}]
"""
PROJECT = (
    company_with("talk_keys: true, record_pause: '*5'")
    .replace(', confirm: "1", reject: "9"', "")
    .replace('ring: [desk], extension: "101"', 'ring: [mobile], extension: "101"')
)


@pytest.fixture(scope="module", params=["caller_diversion", "caller_pai"])
def lab(tmp_path_factory, request):
    place, esl, handler = tmp_path_factory.mktemp("courier"), ports.free(), Handler()
    company = PROJECT.replace("username: lab,", f"username: lab, caller_id: {request.param},")
    more = {
        "company.yaml": company,
        "courier_calls.yaml": ASKS.format(number=OFFICE, port=handler.port),
        "couriers.yaml": DIALS,
        "forwards.yaml": FORWARDS.format(number=UNPROVEN, port=handler.port),
    }
    running = Lab(place, {"esl_port": esl}, more, engine=f"127.0.0.1:{ports.free()}")
    running.handler = handler
    with alone(place / "redis") as server:
        running.redis = f"redis://127.0.0.1:{server.port}"
        with serving(running, "--listen", running.engine, watches=esl, ROUTING_REDIS=running.redis) as engine:
            engine.wait_watching()
            yield running
    running.stop()
    handler.stop()


@pytest.fixture
def memory(lab):
    store = store_at(lab.redis)
    store.ask("", ("FLUSHDB",))
    yield RedisMemory(store)
    store.close()


def types(lab, call, digits):
    """The courier's PIN, then ``digits``."""
    before = len(lab.handler.asked)
    for keys in ("1234", digits):
        assert until(lab.asks_keys)
        call.press(keys)
        assert until(lambda: len(lab.handler.asked) > before)


@contextlib.contextmanager
def courier_calls(lab, digits):
    """A courier calls the office from his SIM, types, and talks with the client: the talk of both.

    Without ``digits`` anybody calls, with his number, another scheme that asks for no PIN.
    """
    with lab.caller() as sim:
        call = sim.call(OFFICE if digits else UNPROVEN, sender=COURIER)
        answer = sim.answered(call)
        assert answer.start == "200"
        if digits:
            types(lab, call, digits)
        called = lab.carrier.rung(20)
        client = (lab.carrier, called, offer_to(lab.carrier, called))
        talking = Talking(lab, client, (sim, call, answer), call, caller_records=True)
        try:
            yield talking
        finally:
            talking.stop()
    assert lab.quiet()


def invited(lab, call):
    """The INVITE that the carrier got for a call."""
    return next(
        each for each in lab.carrier.log if each.received and each.start.startswith("INVITE") and call.id in each.text
    )


def dialled(lab, call):
    """The number that the carrier was to ring."""
    return invited(lab, call).text.split()[1].removeprefix("sip:").partition("@")[0]


def sees_the_company_alone(lab, call):
    """Nothing that the client's carrier has got names the courier."""
    text = invited(lab, call).text
    assert f"<sip:{COMPANY}@" in invited(lab, call).header("From"), text
    got = "\n".join(each.text for each in lab.carrier.log if each.received and call.id in each.text)
    assert COURIER.removeprefix("+") not in got and "501120001" not in got, got


def journal(lab, folder):
    """What the journal records of the calls so far; its outbox has reached the memory."""
    bed = Bed(folder)
    bed.spool.mkdir()
    open_database(bed.database).dispose()
    for file in (lab.switch.home / "spool").glob("*.json"):
        bed.spool.joinpath(file.name).write_bytes(file.read_bytes())
    bed.clock_s = LATER_S
    bed.worker().work()
    return bed


def remembers(bed, memory):
    """The outbox tells the memory; that journal is of another project than the lab."""
    Outbox(memory, days_in(ZoneInfo("Europe/Kyiv"))).hand_over(bed.engines[0])
    for talk in list(memory.clients("bed", "sales")):
        memory.remember("lab", talk.client, replace(talk, client=""))


@pytest.mark.parametrize("digits", ["0#", "4711#"], ids=["last client", "order"])
def test_the_client_sees_the_company_and_the_call_is_recorded(lab, memory, digits, tmp_path):
    memory.remember("lab", CLIENT, Talk("sales", time.time() - 600, 30, "in"))
    lab.handler.answers[COURIER] = {"ring": CLIENT}
    with courier_calls(lab, digits) as talking:
        called = talking.sides["client"][1]
        assert dialled(lab, called) == CLIENT
        talking.heard_both()
        sees_the_company_alone(lab, called)
        talking.passes(2)
        record, sound = talking.recorded()
    assert sound.spans(CLIENT_HZ) and sound.spans(PERSON_HZ)
    (found,) = query.call(journal(lab, tmp_path).engines[0], record["uuid"])
    assert (found.direction, found.person, found.client, found.caller) == ("out", "sales", CLIENT, COURIER)
    assert found.status == "answered" and found.recording


def test_both_ways_in_turn(lab, memory, tmp_path):
    """The client dials the extension and reaches the SIM; the courier types 0 later and reaches that client."""
    with lab.caller() as client:
        call = client.call(EXTENSIONS, sender=CLIENT)
        answer = client.answered(call)
        assert answer.start == "200"
        assert until(lambda: lab.runs("play_and_get_digits"))
        call.press("101")
        called = lab.carrier.rung(20)
        assert dialled(lab, called) == COURIER
        talking = Talking(lab, (client, call, answer), (lab.carrier, called, offer_to(lab.carrier, called)), call)
        talking.heard_both()
        talking.passes(11)
        _, sound = talking.recorded()
        talking.stop()
    assert sound.spans(CLIENT_HZ) and sound.spans(PERSON_HZ)
    assert lab.quiet()
    remembers(journal(lab, tmp_path), memory)
    assert {talk.client for talk in memory.clients("lab", "sales")} == {CLIENT}
    with courier_calls(lab, "0#") as talking:
        assert dialled(lab, talking.sides["client"][1]) == CLIENT
        talking.heard_both()
        talking.caller.hang_up()


def test_the_clients_keys_do_nothing_and_the_couriers_mask(lab, memory):
    lab.handler.answers[COURIER] = {"ring": CLIENT}
    with courier_calls(lab, "4711#") as talking:
        talking.heard_both()
        for form in ("event", "info"):
            for keys in ("*5", "*2", "##", "*3"):
                talking.press(form, "client", keys)
        talking.passes(1)
        assert talking.variable("routing_masked") != "true"
        assert hear({talking.client: {PERSON_HZ}, talking.person: {CLIENT_HZ}}) == ""
        talking.press("info", "person", "*5")
        talking.masks("true")
        talking.press("event", "person", "*5")
        talking.masks("false")
        assert not talking.person.hears(HEAD_HZ, talking.began)
        talking.caller.hang_up()


def test_a_forged_number_alone_neither_masks_nor_makes_a_call_of_its_person(lab, memory, tmp_path):
    lab.handler.answers[COURIER] = {"ring": CLIENT}
    with courier_calls(lab, "") as talking:
        talking.heard_both()
        sees_the_company_alone(lab, talking.sides["client"][1])
        for form in ("event", "info"):
            talking.press(form, "person", "*5")
        talking.passes(1)
        assert talking.variable("routing_masked") != "true"
        record, _ = talking.recorded()
    (found,) = query.call(journal(lab, tmp_path).engines[0], record["uuid"])
    assert (found.direction, found.person) == ("in", "")


def test_a_client_of_nobody_is_not_rung(lab, memory):
    memory.remember("lab", CLIENT, Talk("store", time.time() - 600, 30, "in"))
    with lab.caller() as sim:
        call = sim.call(OFFICE, sender=COURIER)
        assert sim.answered(call).start == "200"
        types(lab, call, "0#")
        assert until(call.is_over, 20)
        assert lab.record(call)["hangup_cause"] == "NO_ANSWER"
    assert not lab.carrier.calls
