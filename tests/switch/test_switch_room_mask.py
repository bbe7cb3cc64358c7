"""Masked recordings of rooms (step `conference`): people's keys leave out what is said, whoever says it."""

import contextlib
import time

import pytest

from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import members
from support.switchbed.recorded import read
from support.switchbed.talks import presses
from support.switchbed.voices import CLIENT_HZ, HEAD_HZ, PERSON_HZ, Voice, hear, offer_to

BOTH, CALLER, NOTHING = "380800330941", "380800330942", "380800330943"
#: Those that record, and what: the whole room, or who calls.
NUMBERS = {BOTH: "both", CALLER: "caller"}
#: What the client says while the recording is masked, and after it.
CARD_HZ, LATER_HZ = 1700, 2150
ROOM = """
scheme: {name}
numbers: ["+{number}"]
record: {sides}
steps:
  - conference: {{room: visit, people: [store, guard], for: 20s, alone: 30s}}
  - hangup: {{cause: USER_BUSY}}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    more = {"company.yaml": company_with("record_pause: '*5'")}
    for number, sides in (NUMBERS | {NOTHING: "no"}).items():
        more[f"{sides}.yaml"] = ROOM.format(name=f"visit_{sides}", number=number, sides=sides)
    running = Lab(tmp_path_factory.mktemp("room_mask"), more=more)
    yield running
    running.stop()


class Room:
    """A recorded room of a client (500 Hz), the store (800 Hz) and the guard (1250 Hz)."""

    def __init__(self, lab, number, caller, store, guard):
        self.lab, self.call = lab, caller.call(number)
        answer = caller.answered(self.call)
        assert answer.start == "200"
        assert until(lambda: members(lab) == 3)
        calls = store.rung(), guard.rung()
        self.sides = {
            "client": (caller, self.call, answer),
            "store": (store, calls[0], offer_to(store, calls[0])),
            "guard": (guard, calls[1], offer_to(guard, calls[1])),
        }
        hertz = {"client": CLIENT_HZ, "store": PERSON_HZ, "guard": HEAD_HZ}
        self.voices = {name: Voice(side[0], side[2], hertz[name]) for name, side in self.sides.items()}
        others = {self.voices[name]: set(hertz.values()) - {hertz[name]} for name in hertz}
        assert hear(others) == ""

    def says(self, name, hertz):
        """Somebody says something else from now on, and the others hear it."""
        self.voices[name].stop()
        self.voices[name] = Voice(self.sides[name][0], self.sides[name][2], hertz)

    def state(self):
        """The call whose recording is masked."""
        names = "routing_cut_visit", "routing_alone_visit"
        masked, first = (self.lab.switch.esl.api(f"global_getvar {name}").strip() for name in names)
        return first if masked == first else ""

    def sound(self):
        self.call.hang_up()
        assert self.lab.quiet()
        return read(self.lab.switch.home / "recordings" / "calls" / f"{self.lab.record(self.call)['uuid']}.wav")


@contextlib.contextmanager
def room(lab, number):
    with lab.phone("2003") as store, lab.phone("2004") as guard, lab.caller() as caller:
        made = Room(lab, number, caller, store, guard)
        try:
            yield made
        finally:
            for each in made.voices.values():
                each.stop()


@pytest.mark.parametrize("form", ["event", "info"])
@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_said_while_a_person_has_masked_the_room_is_not_recorded(lab, number, form):
    with room(lab, number) as talking:
        talking.says("client", LATER_HZ)
        passes(1)
        presses(talking.sides["store"], form, "*5")
        assert until(talking.state)
        talking.says("client", CARD_HZ)
        talking.says("guard", CARD_HZ)
        passes(1.5)
        talking.says("client", CLIENT_HZ)
        talking.says("guard", HEAD_HZ)
        passes(0.5)
        presses(talking.sides["guard"], form, "*5")
        assert until(lambda: not talking.state())
        passes(1.5)
        sound = talking.sound()
    assert sound.spans(CARD_HZ) == []
    assert sound.spans(LATER_HZ) and sound.spans(CLIENT_HZ)[-1][0] > sound.spans(LATER_HZ)[-1][0]
    assert bool(sound.spans(PERSON_HZ)) is (number == BOTH)


def test_a_client_s_keys_do_nothing(lab):
    with room(lab, BOTH) as talking:
        for form in ("event", "info"):
            presses(talking.sides["client"], form, "*5")
        passes(1)
        assert talking.state() == ""
        talking.says("client", LATER_HZ)
        passes(1)
        assert talking.sound().spans(LATER_HZ)


def test_the_next_room_is_not_masked_nor_is_one_without_a_recording(lab):
    for number in (BOTH, BOTH, NOTHING):
        with room(lab, number) as talking:
            assert talking.state() == ""
            presses(talking.sides["store"], "info", "*5")
            if number == BOTH:
                assert until(talking.state)
            else:
                passes(1)
                assert talking.state() == ""
            talking.call.hang_up()
            assert lab.quiet()


def test_the_room_that_its_first_caller_has_left_is_masked_too(lab):
    with room(lab, BOTH) as talking, lab.caller() as other:
        call = other.call(BOTH, sender="+380671230078")
        answer = other.answered(call)
        assert until(lambda: members(lab) == 4)
        talking.call.hang_up()
        assert until(lambda: members(lab) == 3)
        presses((other, call, answer), "event", "*5")
        presses(talking.sides["guard"], "event", "*5")
        assert until(talking.state)
        talking.says("guard", CARD_HZ)
        passes(1)
        talking.says("guard", LATER_HZ)
        passes(0.5)
        presses(talking.sides["store"], "event", "*5")
        assert until(lambda: not talking.state())
        passes(1)
        call.hang_up()
        sound = talking.sound()
    assert sound.spans(CARD_HZ) == [] and sound.spans(LATER_HZ)


def passes(seconds):
    """The talk goes on for so long."""
    since = time.monotonic()
    assert until(lambda: time.monotonic() - since > seconds, seconds + 5)
