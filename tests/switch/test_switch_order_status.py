"""Order status by a real call: digits, the sample server, three voices; the PIN is nowhere, whatever was said."""

import sys
import threading
from pathlib import Path

import pytest

from routing.journal import query
from routing.journal.database import open_database
from support.journal_bed import Bed
from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.dialog import media_port, speak
from support.switchbed.engines import serving
from support.switchbed.lab import Lab, until
from support.switchbed.pressed import packets
from support.switchbed.redises import alone, store_at
from support.switchbed.tones import tone

pytestmark = needs_redis

TOOLS = Path(__file__).parents[2] / "tools"
#: The second one's server is not there.
NUMBER, AWAY = "380800330965", "380800330966"
ORDER, PIN, WRONG = "4711", "73829164", "60817935"
FOUND, MISSING, DOWN = "NORMAL_CLEARING", "USER_BUSY", "NO_USER_RESPONSE"
SCHEME = """
scheme: %s
numbers: ["+%s"]
steps:
  - ask: {into: order, prompt: short.wav, length: 4, tries: 1}
  - ask: {into: pin, prompt: short.wav, length: 8, tries: 1, secret: true}
  - lookup:
      url: "%s/orders"
      method: POST
      send: {order: "{{order}}", pin: "{{pin}}"}
      secret: SHOP_KEY
      answer: {status: status, day: delivery.date}
      misses: 2
      found:
        - match: {when: {lookup.status: shipped}, steps: [{play: short.wav}, {hangup: %s}]}
      missing: [{play: short.wav}, {hangup: %s}]
      down: [{play: short.wav}, {hangup: %s}]
  - ring: store
  - hangup: {cause: NO_ANSWER}
"""


@pytest.fixture(scope="module")
def server():
    """The server of `tools`, with a PIN that no file has by chance."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        import sample_orders  # type: ignore[import-not-found]

        patch.setitem(sample_orders.ORDERS[ORDER], "pin", PIN)
        patch.setattr(sample_orders.Orders, "secret", "key")
        serves = sample_orders.Server(("127.0.0.1", 0), sample_orders.Orders)
        threading.Thread(target=serves.serve_forever, daemon=True).start()
        yield serves
        serves.shutdown()
        serves.server_close()
        sys.modules.pop("sample_orders", None)


@pytest.fixture(scope="module")
def lab(tmp_path_factory, server):
    place = tmp_path_factory.mktemp("orders")
    more = {
        f"{name}.yaml": SCHEME % (name, number, f"http://127.0.0.1:{port}", FOUND, MISSING, DOWN)
        for name, number, port in (("orders", NUMBER, server.server_port), ("orders_away", AWAY, ports.free()))
    }
    running = Lab(place, {}, more, engine=f"127.0.0.1:{ports.free()}", secrets={"SHOP_KEY": "key"})
    with alone(place / "redis") as redis:
        running.redis = f"redis://127.0.0.1:{redis.port}"
        environment = {"ROUTING_REDIS": running.redis, "SHOP_KEY": "key"}
        with serving(running, "--listen", running.engine, **environment) as running.serves:
            yield running
    running.stop()


@pytest.fixture(autouse=True)
def nobody_has_guessed(lab):
    store_at(lab.redis).ask("", ("FLUSHDB",))


class Asked:
    """A caller who types the order and a PIN."""

    def __init__(self, lab, caller, way="info", number=NUMBER, **words):
        self.lab, self.way, self.count = lab, way, 0
        self.call = caller.call(number, **words)
        self.answer = caller.answered(self.call)
        assert self.answer.start == "200"
        self.port = media_port(self.answer)
        speak(caller.rtp, self.port, 0.2)

    def types(self, pin):
        """Both, and how the call ends."""
        self._keys(ORDER)
        (uuid,) = self.lab.uuids(1)
        assert until(lambda: self.lab.switch.esl.api(f"uuid_getvar {uuid} routing_ask_order").strip() == ORDER)
        self._keys(pin)
        assert until(self.call.is_over, 30)
        return self.lab.record(self.call)

    def _keys(self, keys):
        rtp = self.call.agent.rtp
        for key in keys:
            self.count += 1
            if self.way == "info":
                self.call.press(key)
            elif self.way == "events":
                for packet in packets(key, self.count):
                    rtp.sendto(packet, ("127.0.0.1", self.port))
                speak(rtp, self.port, 0.1)
            else:
                speak(rtp, self.port, 0.24, tone(key))
                speak(rtp, self.port, 0.1)


def kept(lab, bed, text):
    """Files with a text: of the switch, Redis, the journal, and the engine's log."""
    places = [lab.switch.home, lab.place / "redis", bed.spool.parent]
    files = [lab.serves.log, *(file for place in places for file in place.rglob("*") if file.is_file())]
    return sorted({file.name for file in files if text.encode() in file.read_bytes()})


def journal(lab, place, uuid):
    """A journal of a call."""
    bed = Bed(place)
    bed.spool.mkdir()
    open_database(bed.database).dispose()
    for file in (lab.switch.home / "spool").glob(f"*{uuid}*"):
        (bed.spool / file.name).write_bytes(file.read_bytes())
    assert bed.worker().work() == 1
    return bed


@pytest.mark.parametrize("way", ["events", "info", "tones"])
@pytest.mark.parametrize(("pin", "cause"), [(PIN, FOUND), (WRONG, MISSING)])
def test_the_caller_hears_what_the_server_knows_and_nothing_keeps_the_pin(lab, tmp_path, way, pin, cause):
    with lab.caller(events=way != "tones") as caller:
        record = Asked(lab, caller, way).types(pin)
    assert record["hangup_cause"] == cause
    bed = journal(lab, tmp_path, record["uuid"])
    (found,) = query.call(bed.engines[0], record["uuid"])
    assert (found.status == "self-service") is (cause == FOUND)
    assert kept(lab, bed, ORDER)  # the search finds what is there
    assert kept(lab, bed, pin) == []


def test_guessing_is_limited_and_a_right_guess_sounds_as_a_wrong_one(lab):
    for pin in (WRONG, WRONG, PIN):
        with lab.caller() as caller:
            assert Asked(lab, caller).types(pin)["hangup_cause"] == MISSING
    with lab.caller() as caller:
        assert Asked(lab, caller, sender="+380671239999").types(PIN)["hangup_cause"] == FOUND


def test_a_server_that_is_gone_is_the_third_voice(lab, tmp_path):
    with lab.caller() as caller:
        record = Asked(lab, caller, number=AWAY).types(PIN)
    assert record["hangup_cause"] == DOWN
    assert kept(lab, journal(lab, tmp_path, record["uuid"]), PIN) == []
