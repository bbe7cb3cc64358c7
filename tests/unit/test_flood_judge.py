"""The judge of floods: attacks of every kind are refused early, busy days and known callers never."""

import random
from zoneinfo import ZoneInfo

import pytest

from routing.decide.flood import CALM_SECONDS, EVERYBODY_SECONDS, FIRST_SECONDS, FloodJudge
from routing.decide.flood_signs import others
from routing.model.flood import ABROAD, HIDDEN, FloodSign, country_of

NUMBER = "+380800330916"
NOON = 1_796_000_000.0  # a weekday
ZONE = ZoneInfo("Europe/Kyiv")


class Usual:
    """A number with a few strangers an hour, nearly all from Ukraine."""

    def __init__(self, per_minute=0.2, known=()):
        self.minute, self.known = per_minute, set(known)

    def is_known(self, caller, at_s):
        return caller in self.known

    def per_minute(self, number, at_s):
        return self.minute

    def share_of(self, number, country):
        return {"380": 0.97, HIDDEN: 0.02, ABROAD: 0.01}.get(country, 0.002)

    def countries(self, number):
        return {"380"}

    def answered_s(self, number):
        return 90.0


def judge(minutes=0, **usual):
    return FloodJudge(Usual(**usual), ZONE, minutes)


def home(rng):
    """Somebody's mobile in Ukraine."""
    return f"+380{rng.choice(('67', '50', '63', '93'))}{rng.randrange(10**7):07}"


def refused(one, callers, every_s=1.0, answered_s=5.0, begins_s=NOON):
    """Bring calls, one after another; the refusals, and the answered seconds of calls that were not refused."""
    found, paid, ending = [], 0.0, []
    for at, caller in enumerate(callers):
        now = begins_s + at * every_s
        for end in [each for each in ending if each[0] <= now]:
            ending.remove(end)
            found += one.ended(NUMBER, end[1], *end[::2])
        before = one.refusal_of(NUMBER, now)
        found += one.came(NUMBER, caller, now)
        if not (before and before.concerns(caller)):
            ending.append((now + answered_s, caller, answered_s))
            paid += answered_s
    return found, paid


ATTACKS = {
    "one caller": lambda rng, at: "+380671112233",
    "a few callers": lambda rng, at: f"+38067111223{at % 2}",
    "one block": lambda rng, at: f"+380671112{at % 1000:03}",
    "two blocks": lambda rng, at: f"+38{('067111', '050222')[at % 2]}2{rng.randrange(1000):03}",
    "abroad": lambda rng, at: f"+{rng.choice(('44', '371', '252'))}{rng.randrange(10**8):08}",
    "hidden": lambda rng, at: HIDDEN,
    "many countries": lambda rng, at: f"+{COUNTRIES[at % len(COUNTRIES)]}{rng.randrange(10**8):08}",
}
COUNTRIES = ("44", "371", "252", "1", "33", "49", "39", "34", "351", "30", "31", "46", "47", "45", "43", "41", "61")


@pytest.mark.parametrize("kind", ATTACKS)
@pytest.mark.parametrize("every_s", [0.1, 1.0, 4.0])
def test_an_attack_is_stopped_before_a_minute_is_paid(kind, every_s):
    rng = random.Random(1)
    found, paid = refused(judge(), [ATTACKS[kind](rng, at) for at in range(200)], every_s)
    assert found
    assert paid < 60


def test_calls_that_end_at_once_from_everywhere_are_refused():
    rng = random.Random(1)
    found, paid = refused(judge(), [home(rng) for _ in range(200)], 1.0, answered_s=4.0)
    assert found[0].starts == ("",)
    assert paid < 60


def test_all_strangers_are_refused_for_an_hour_at_the_most():
    """Who wants the number closed rings eight times an hour, not eight times a day."""
    rng, one, begins = random.Random(1), judge(), NOON
    for _ in range(8):
        found, _ = refused(one, [home(rng) for _ in range(30)], 1.0, answered_s=2.0, begins_s=begins)
        lasts = [each.until_s - begins for each in found if each.starts == ("",)]
        assert lasts
        assert max(lasts) <= EVERYBODY_SECONDS + 60
        begins += max(lasts) + 1


def test_a_clock_that_is_set_back_makes_no_flood():
    rng, one = random.Random(1), judge(per_minute=1.0)
    for hour in (0, -1, -2):
        found, _ = refused(one, [home(rng) for _ in range(6)], 60.0, answered_s=4.0, begins_s=NOON + hour * 3600)
        assert not found


def test_an_advertisement_brings_many_callers_and_none_is_refused():
    rng = random.Random(1)
    for answered_s in (0.0, 40.0):
        found, _ = refused(judge(), [home(rng) for _ in range(500)], 0.5, answered_s)
        assert not found


@pytest.mark.parametrize("count", [24, 40, 60])
def test_callers_who_take_turns_are_refused_when_they_come_again(count):
    """Each is answered for half a minute, as if they talked."""
    rng, one = random.Random(3), judge()
    callers = [home(rng) for _ in range(count)]
    found, paid = refused(one, [callers[at % count] for at in range(10 * count)], 2.0, answered_s=30.0)
    assert {each.sign for each in found} == {FloodSign.TURNS}
    assert paid <= 30 * (4 * count + 15), "three rounds, and the calls that had come meanwhile"
    assert not one.refusal_of(NUMBER, NOON + 20 * count).concerns(home(rng))


def test_a_spike_of_short_calls_from_everywhere_is_refused_for_an_hour_at_the_most():
    """Longer than 8 s, from one caller each: only that they are many and short tells them from customers."""
    rng = random.Random(3)
    found, paid = refused(judge(), [home(rng) for _ in range(400)], 2.0, answered_s=15.0)
    assert (found[0].starts, found[0].sign) == (("",), FloodSign.SPIKE)
    assert found[0].until_s - NOON < EVERYBODY_SECONDS
    assert paid < 15 * 60


def test_an_advertisement_whose_callers_hang_up_in_the_queue_refuses_nobody():
    """Half of them after some seconds, half talk: the middle one is far from short."""
    rng, one, found = random.Random(3), judge(), []
    for at in range(400):
        caller, now = home(rng), NOON + at * 2.0
        found += one.came(NUMBER, caller, now)
        found += one.ended(NUMBER, caller, now + 1, rng.choice((10.0, 12.0, 60.0, 200.0)))
    assert not found


def test_customers_who_call_again_because_nobody_answers_are_not_refused():
    rng, one, found = random.Random(3), judge(), []
    callers = [home(rng) for _ in range(30)]
    for at in range(150):
        found += one.came(NUMBER, callers[at % 30], NOON + at * 3)
        found += one.ended(NUMBER, callers[at % 30], NOON + at * 3 + 2, 0.0)
    assert not found


def test_of_a_flood_from_many_countries_all_but_the_usual_ones_are_refused():
    rng = random.Random(3)
    found, _ = refused(judge(), [ATTACKS["many countries"](rng, at) for at in range(12)])
    refusal = found[0]
    assert refusal.concerns("+2521234567")
    assert refusal.concerns("+38164123456"), "Serbia begins as Ukraine does"
    assert not refusal.concerns(home(rng))
    assert not refusal.concerns(HIDDEN)


@pytest.mark.parametrize("codes", [{"380"}, {"380", "48", "7", "1"}])
def test_all_numbers_but_those_of_some_countries(codes):
    starts = others(codes)
    for number in range(100, 1000):
        text = f"{number}1234567"
        assert text.startswith(tuple(codes)) != text.startswith(starts), text


def test_an_export_desk_is_called_from_many_countries():
    class Export(Usual):
        def share_of(self, number, country):
            return {"380": 0.4, ABROAD: 0.6}.get(country, 0.005)

    rng = random.Random(3)
    one = FloodJudge(Export(), ZONE, 0)
    callers = [f"+{COUNTRIES[at % len(COUNTRIES)]}{rng.randrange(10**8):08}" for at in range(100)]
    assert not refused(one, callers, 1.0, answered_s=60.0)[0]


def test_known_callers_never_count():
    found, _ = refused(judge(known={"+380671112233"}), ["+380671112233"] * 200, 0.5)
    assert not found


def test_only_the_callers_of_the_flood_are_refused():
    rng = random.Random(1)
    (first, *_), _ = refused(judge(), [f"+380671112{at:03}" for at in range(40)])
    assert first.starts == ("380671112",)
    assert not first.concerns(home(rng))


def test_what_is_usual_at_that_hour_is_no_flood():
    assert not refused(judge(per_minute=30), [f"+380671112{at % 1000:03}" for at in range(100)])[0]


def test_a_flood_that_goes_on_is_refused_on_without_a_gap_and_longer_each_time():
    one = judge()
    rounds = round(4 * FIRST_SECONDS)
    _, paid = refused(one, ["+380671112233"] * rounds, 1.0)
    assert paid < 60
    assert one.refusal_of(NUMBER, NOON + rounds)


def test_a_flood_that_goes_to_many_numbers_is_refused_at_all_of_them():
    numbers = [f"+38080033050{at}" for at in range(10)]
    one = FloodJudge(Usual(), ZONE, 0, numbers)
    found = []
    for at in range(12):
        found += one.came(numbers[at % 8], f"+4420{at * 791_993:08}", NOON + at)
    assert [each.number for each in found] == numbers
    assert {each.starts for each in found} == {("44",)}
    assert found[0].why == "8 calls in 120 s from countries that rarely call, to 8 numbers"
    assert one.refusal_of(numbers[9], NOON + 12).concerns("+442012345678")


def test_two_floods_of_one_number_are_refused_together():
    one = judge()
    refused(one, ["+380671112233"] * 20, 1.0)
    found, _ = refused(one, [HIDDEN] * 60, 1.0, begins_s=NOON + 30)
    assert found[-1].starts == ("380671112233", HIDDEN)


def test_a_number_that_was_calm_for_long_begins_anew():
    one = judge()
    refused(one, ["+380671112233"] * 20)
    first = one.refusal_of(NUMBER, NOON + 20).until_s
    later = first + CALM_SECONDS + 60
    refused(one, ["+380671112233"] * 20, begins_s=later)
    assert one.refusal_of(NUMBER, later + 20).until_s - later < FIRST_SECONDS + 60


def test_minutes_of_a_day_are_bounded_until_midnight():
    rng = random.Random(1)
    one = judge(minutes=10)
    found, paid = refused(one, [home(rng) for _ in range(30)], 30.0, answered_s=60.0)
    assert [each.starts for each in found] == [("",)]
    assert "10 minutes" in found[0].why
    assert found[0].until_s - NOON < 24 * 3600
    assert 600 <= paid < 600 + 4 * 60  # calls that went on as the limit came


def test_minutes_that_other_nodes_or_an_earlier_process_have_spent_count():
    one = judge(minutes=10)
    assert not one.spent(NUMBER, 590, NOON)
    assert not refused(one, ["+380671112233"], 1.0, answered_s=20.0)[0]
    (refusal,) = one.ended(NUMBER, "+380671112233", NOON + 21, 20.0)
    assert (refusal.starts, refusal.sign) == (("",), FloodSign.BUDGET)
    (other,) = judge(minutes=10).spent(NUMBER, 601, NOON)
    assert other.sign is FloodSign.BUDGET
    assert not judge().spent(NUMBER, 601, NOON), "no limit is set"


@pytest.mark.parametrize(("caller", "country"), [("+380671234567", "380"), (HIDDEN, HIDDEN), ("+12025550123", "1")])
def test_the_country_of_a_caller(caller, country):
    assert country_of(caller) == country
