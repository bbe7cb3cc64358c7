"""A person asks for the client's card by keys on the real switch: by telephone-event and INFO, in both directions."""

import contextlib
import signal

import pytest

from routing.journal import cdr, parse, query
from routing.model.notice import from_queue
from routing.store import keys
from routing.store.networks import RedisNetworks
from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.dialog import media_port
from support.switchbed.engines import serving
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import journal_of, sent_on
from support.switchbed.recorded import press
from support.switchbed.redises import alone, store_at
from support.switchbed.talks import incoming, outgoing

pytestmark = needs_redis

NUMBER = "380800330987"
SCHEME = f"""
scheme: cards
numbers: ["+{NUMBER}"]
steps: [{{tag: vip}}, {{ring: {{to: support, for: 8s}}}}, {{hangup: NO_ANSWER}}]
"""
PROJECT = (
    company_with("talk_keys: true, record_pause: '*5', card_key: '*4'")
    .replace("support: {name: Support,", "support: {name: Support, email: support@example.com,")
    .replace("sales: {name: Sales,", "sales: {name: Sales, email: sales@example.com,")
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place, esl = tmp_path_factory.mktemp("cards"), ports.free()
    more = {"company.yaml": PROJECT, "cards.yaml": SCHEME}
    running = Lab(place, {"esl_port": esl}, more, engine=f"127.0.0.1:{ports.free()}")
    with alone(place / "redis") as server:
        running.redis = f"redis://127.0.0.1:{server.port}"
        with contextlib.ExitStack() as engines:

            def start():
                engine = serving(running, "--listen", running.engine, watches=esl, ROUTING_REDIS=running.redis)
                running.process = engines.enter_context(engine).wait_watching()

            running.start = start
            start()
            yield running
    running.stop()


@pytest.fixture(autouse=True)
def nothing_is_queued(lab):
    store = store_at(lab.redis)
    store.ask("", ("FLUSHDB",))
    yield
    store.close()


def queued(lab):
    """The notices that wait for the journal."""
    store = store_at(lab.redis)
    try:
        *_, sending = keys.networks("lab", "")
        found = RedisNetworks(store).unsent("lab")
        store.ask(sending, ("DEL", sending))
        return [from_queue(text) for text in found.values()]
    finally:
        store.close()


def talking(lab, way):
    return incoming(lab, NUMBER) if way == "incoming" else outgoing(lab)


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_the_person_gets_the_card_and_the_talk_goes_on(lab, way, form):
    with talking(lab, way) as talk:
        talk.heard_both()
        talk.press(form, keys="*4")
        (card,) = until(lambda: queued(lab))
        talk.passes(0.5)
        talk.heard_both()
        talk.caller.hang_up()
        record, _ = lab.record(talk.caller), lab.record(talk.sides["client"][1])
    person, client = ("support", "+380671234567") if way == "incoming" else ("sales", "+380501120002")
    assert (card.person, card.phone, card.client, card.n) == (person, f"{person}.desk", client, 1)
    assert (card.scheme, card.number) == (("cards", f"+{NUMBER}") if way == "incoming" else ("", ""))
    assert "card" in journal(lab, record["uuid"]).tags
    assert lab.quiet()


@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_back_from_hold_it_works_as_before(lab, way):
    with talking(lab, way) as talk:
        talk.heard_both()
        talk.press("info", keys="*3")
        assert until(lambda: '"member_count"' in lab.switch.esl.api("conference json_list"))
        talk.press("info", keys="*3")
        assert until(lambda: '"member_count"' not in lab.switch.esl.api("conference json_list"))
        talk.heard_both()
        talk.passes(0.5)
        talk.press("info", keys="*4")
        (card,) = until(lambda: queued(lab))
        talk.caller.hang_up()
    assert (card.person, card.client) == (
        ("support", "+380671234567") if way == "incoming" else ("sales", "+380501120002")
    )
    assert lab.quiet()


def journal(lab, uuid):
    """The record of a call."""
    spool = lab.switch.home / "spool"
    (path,) = spool.glob(f"a_{uuid}*.json")
    others = (cdr.read(other.read_bytes()) for other in spool.glob("*.json") if not other.name.startswith("a_"))
    legs = {leg.uuid: leg for leg in others if leg.parent == uuid}
    return parse.call(cdr.read(path.read_bytes()), legs, parse.ParseContext())


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_the_clients_keys_do_nothing(lab, way, form):
    with talking(lab, way) as talk:
        talk.heard_both()
        talk.press(form, "client", "*4")
        talk.passes(1.5)
        talk.heard_both()
        talk.caller.hang_up()
        record = lab.record(talk.caller)
        of_client = lab.record(talk.sides["client"][1])
    assert not queued(lab) and not record.get("routing_cards") and not of_client.get("routing_cards")
    assert lab.quiet()


def test_an_engine_that_hangs_or_is_dead_disturbs_no_talk(lab):
    lab.process.send(signal.SIGSTOP)
    try:
        with incoming(lab, NUMBER) as talk:
            talk.heard_both()
            for form in ("event", "info"):
                talk.press(form, keys="*4")
                talk.passes(1)
                talk.heard_both()
            talk.press("info", keys="*5")
            talk.passes(0.5)
            talk.heard_both()
            talk.caller.hang_up()
            record = lab.record(talk.caller)
        assert record["routing_cards"] == "xx"
        assert set(journal(lab, record["uuid"]).tags) == {"vip", "card"}
    finally:
        lab.process.send(signal.SIGCONT)
    late = []
    assert until(lambda: late.extend(queued(lab)) or len(late) == 2)  # else they would come in the next test
    assert lab.quiet()


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_a_colleague_to_whom_the_client_is_sent_on_gets_the_card(lab, tmp_path, way, form):
    with lab.phone("2003") as other, talking(lab, way) as talk:
        talk.heard_both()
        agent, call, negotiated = sent_on(lab, talk.sides["person"][1], other)
        if form == "event":
            press(agent.rtp, media_port(negotiated), "*4")
        else:
            call.press("*4")
        (card,) = until(lambda: queued(lab))
        call.hang_up()
        assert until(talk.sides["client"][1].is_over)
        record, _ = lab.record(talk.caller), lab.record(talk.sides["client"][1])
    client = "+380671234567" if way == "incoming" else "+380501120002"
    assert (card.phone, card.client, card.call) == ("store.desk", client, record["uuid"])
    with contextlib.closing(journal_of(lab, tmp_path)) as bed:
        (found,) = query.call(bed.engines[0], record["uuid"])
        assert "card" in found.tags
    assert lab.quiet()


@pytest.mark.parametrize("way", ["incoming", "outgoing"])
def test_a_killed_engine_leaves_the_talk_alone_and_the_next_one_sends_cards(lab, way):
    with talking(lab, way) as talk:
        talk.heard_both()
        lab.process.end()
        try:
            for form in ("event", "info"):
                talk.press(form, keys="*4")
                talk.passes(1)
                talk.heard_both()
            assert not queued(lab)
        finally:
            lab.start()
        talk.passes(2)
        talk.press("info", keys="*4")
        (card,) = until(lambda: queued(lab))
        assert card.n == 3
        talk.heard_both()
        talk.caller.hang_up()
        record, _ = lab.record(talk.caller), lab.record(talk.sides["client"][1])
    assert "card" in journal(lab, record["uuid"]).tags
    assert lab.quiet()
