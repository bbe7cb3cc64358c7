"""Who is rung first: every strategy, skipping, skills, and ten thousand simulated calls that look for unfairness."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from dataclasses import replace

import phonenumbers
import pytest

from routing.decide import ring
from routing.decide.required_skills import country, required_skills
from routing.decide.strategy import STRATEGIES, TURNING, Candidate, level, order
from routing.model.decision import Call, Nobody, RingOrder, RingTogether, Wait
from routing.model.memory import Load, PeopleFacts

pytestmark = pytest.mark.thorough

IVAN, OLENA, PETRO = people = [Candidate(name, name) for name in ("ivan", "olena", "petro")]
CALL = Call("u", "/r", "s", "1", "+380800111222", "+380671234567")


def chance() -> float:
    return 0.5


def of(strategy: str, facts: PeopleFacts | None = None, **rest) -> str:
    return " ".join(order(strategy, people, facts or PeopleFacts(), chance, **rest))


def test_static_orders_and_strategies_that_know_nothing_ring_as_written():
    for strategy in STRATEGIES:
        assert of(strategy) == "ivan olena petro", strategy


def test_each_strategy_goes_by_its_own_fact():
    loads = {"ivan": Load(9, 10, 300), "olena": Load(5, 99, 100), "petro": Load(7, 50, 200)}
    facts = PeopleFacts(loads, {"ivan": 2, "olena": 1})
    assert of("fewest_calls", facts) == "olena petro ivan"
    assert of("least_talk", facts) == "petro ivan olena"  # ivan had the last turn
    assert of("longest_idle", facts) == "olena petro ivan"
    assert of("round_robin", facts) == "petro olena ivan"
    assert of("in_order", facts) == "ivan olena petro"


def test_who_has_done_nothing_today_comes_first():
    facts = PeopleFacts({"ivan": Load(1, 5, 50), "olena": Load(1, 5, 60)})
    for strategy in ("fewest_calls", "least_talk", "longest_idle"):
        assert of(strategy, facts).startswith("petro")


def test_equals_take_turns():
    facts = PeopleFacts({name: Load(3) for name in ("ivan", "olena", "petro")}, {"ivan": 7, "petro": 8, "olena": 6})
    assert of("fewest_calls", facts) == "olena ivan petro"


@pytest.mark.parametrize("strategy", ["random", "round_robin", "fewest_calls", "longest_idle", "least_talk"])
def test_nobody_has_two_turns_in_a_row_while_somebody_else_is_there(strategy):
    """Not even one whom his load prefers again because he did not answer."""
    facts = PeopleFacts({"olena": Load(5, 5, 5), "petro": Load(5, 5, 5)}, {"ivan": 1})
    assert not of(strategy, facts).startswith("ivan")
    assert order(strategy, [IVAN], facts, chance) == ("ivan",)


def test_skills_are_levels_lists_or_levels_by_value():
    assert level(3, 2) == 3
    assert level(1, 2) == 0
    assert level(["uk", "en"], "EN") == 1
    assert level({"uk": 3, "pl": 1}, "uk") == 3
    assert level({"uk": 3}, "de") == 0
    assert level("lviv", "Lviv") == 1
    assert level(2, True) == 2
    assert level(True, True) == 1
    assert level(None, "uk") == 0


def test_the_most_of_what_is_wanted_comes_first_then_the_best_of_it():
    skilled = [
        Candidate("ivan", "ivan", skills={"language": ["uk"]}),
        Candidate("olena", "olena", skills={"language": ["uk", "pl"], "drainage": 2}),
        Candidate("petro", "petro", skills={"language": {"pl": 1}, "drainage": 5}),
    ]
    wish = {"language": "pl", "drainage": 2}
    assert order("by_skill", skilled, PeopleFacts(), chance, wish) == ("petro", "olena", "ivan")
    assert order("by_skill", skilled, PeopleFacts(), chance, {"language": "uk"}) == ("ivan", "olena", "petro")
    assert order("by_skill", skilled, PeopleFacts(turns={"ivan": 4}), chance, {"language": "uk"}) == (
        "olena",
        "ivan",
        "petro",
    )


def test_what_a_call_wants_comes_from_its_number_its_visitor_and_what_is_known():
    sources = {
        "country": "country", "language": "language", "product": "entities.product", "vip": "known",
        "level": {"value": 2}, "region": {"regions": {"Lviv": r"^\+38032", "Kyiv": r"^\+38044"}},
    }  # fmt: skip
    assert required_skills(sources, CALL) == {"country": "UA", "language": "uk", "level": 2}
    call = replace(CALL, caller="+380441234567", entities={"product": "drainage", "language": "pl"})
    assert required_skills(sources, call, known=True) == {
        "country": "UA", "language": "pl", "product": "drainage", "vip": True, "level": 2, "region": "Kyiv",
    }  # fmt: skip
    assert required_skills(sources, replace(CALL, caller="anonymous")) == {"level": 2}
    assert required_skills(sources, replace(call, entities={"region": "Odesa"}))["region"] == "Odesa"


def test_a_number_is_of_the_country_that_the_numbering_plans_say():
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        number = f"+{code}23456789"
        assert country(number) == (phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""), number
    assert country("+1 415 555 2671") == country("+9992345678") == country("+38") == country("anonymous") == ""


class Presence(dict):
    def state(self, person, accounts, outside):
        return self.get(person, "free")


def table(strategy: str, **more) -> dict:
    each = {"sip": ["1"], "outside": False, "seconds": 20, "weight": 1, "skills": {}}
    rung = [{"name": name, "person": name.partition(".")[0], **each} for name in ("ivan", "olena", "petro.mobile")]
    return {"order": strategy, "people": rung, "at_most_s": None, "skills": {}, **more}


def test_busy_absent_and_undisturbed_people_are_skipped():
    facts = PeopleFacts(away=frozenset({"petro"}))
    verdict = ring.decide(table("round_robin"), CALL, facts, Presence(ivan="busy"), chance)
    assert verdict.decision == RingOrder(("olena",), 20)
    assert verdict.reason == "ivan busy, petro.mobile absent"
    assert ring.decide(
        table("together"), CALL, PeopleFacts(), Presence(ivan="absent"), chance
    ).decision == RingTogether(("olena", "petro.mobile"))
    assert ring.decide(table("random"), CALL, facts, Presence(ivan="busy", olena="absent"), chance).decision == Nobody()


def test_waiting_holds_for_the_first_who_is_there_and_then_rings_on():
    wait = table("in_order_waiting")
    assert ring.decide(wait, CALL, PeopleFacts(), Presence(ivan="busy"), chance).decision == Wait()
    assert ring.decide(wait, CALL, PeopleFacts(), Presence(ivan="absent", olena="busy"), chance).decision == Wait()
    ringing = ring.decide(wait, CALL, PeopleFacts(), Presence(olena="busy"), chance).decision
    assert ringing == RingOrder(("ivan", "olena", "petro.mobile"), 20)
    nobody = Presence(ivan="absent", olena="absent", petro="absent")
    assert ring.decide(wait, CALL, PeopleFacts(), nobody, chance).decision == Nobody()


def test_as_many_are_rung_as_fit_in_the_time_of_the_step():
    assert ring.decide(table("in_order", at_most_s=45), CALL, PeopleFacts(), Presence(), chance).decision == RingOrder(
        ("ivan", "olena"), 20
    )
    assert ring.decide(table("in_order", at_most_s=5), CALL, PeopleFacts(), Presence(), chance).decision.people == (
        "ivan",
    )


# ten thousand calls

CALLS = 10_000


class Office:
    """People who talk, with what production would remember of them. Every fifth call finds nobody at his desk."""

    def __init__(self, strategy: str, weights: dict[str, int], seed: int) -> None:
        self.strategy, self.random = strategy, random.Random(seed)
        self.people = [Candidate(name, name, weight) for name, weight in weights.items()]
        self.loads = {name: Load() for name in weights}
        self.turns: dict[str, int] = {}
        self.busy: list[tuple[float, str, float]] = []
        self.first: Counter[str] = Counter()
        self.talked: Counter[str] = Counter()
        self.again = 0
        self.last = ""

    def call(self, now: float, answered: bool) -> None:
        while self.busy and self.busy[0][0] <= now:
            end, name, length = heapq.heappop(self.busy)
            load = self.loads[name]
            self.loads[name] = Load(load.calls + 1, load.talk_s + length, end)
        busy = {name for _, name, _ in self.busy}
        free = [who for who in self.people if who.name not in busy]
        if not free:
            return
        names = order(self.strategy, free, PeopleFacts(self.loads, self.turns), self.random.random)
        self.again += len(free) > 1 and names[0] == self.last
        self.last = names[0]
        self.first[names[0]] += 1
        if self.strategy in TURNING:
            self.turns[names[0]] = max(self.turns.values(), default=0) + 1
        takes = names[0] if answered or len(names) == 1 else names[1]
        length = self.random.uniform(20, 200)
        self.talked[takes] += 1
        heapq.heappush(self.busy, (now + length, takes, length))

    def run(self, answering: float = 1.0, calls: int = CALLS) -> Office:
        now = 0.0
        for _ in range(calls):
            now += self.random.expovariate(1 / 45)
            self.call(now, self.random.random() < answering)
        return self

    def shares(self, of: dict[str, float]) -> dict[str, float]:
        total = sum(of.values())
        return {who.name: of[who.name] / total for who in self.people}


EVEN = dict.fromkeys(("ivan", "olena", "petro", "oksana", "maria"), 1)
SPREADING = ("random", "round_robin", "fewest_calls", "longest_idle", "least_talk")


@pytest.mark.parametrize("strategy", ["random", "round_robin", "fewest_calls", "longest_idle"])
def test_everybody_gets_his_share_of_ten_thousand_calls(strategy):
    office = Office(strategy, EVEN, seed=7).run()
    for share in office.shares(office.talked).values():
        assert share == pytest.approx(1 / len(EVEN), rel=0.03)
    assert office.again == 0


def test_everybody_talks_for_his_share_of_the_time():
    office = Office("least_talk", EVEN, seed=7).run()
    for share in office.shares({name: load.talk_s for name, load in office.loads.items()}).values():
        assert share == pytest.approx(1 / len(EVEN), rel=0.03)
    assert office.again == 0


@pytest.mark.parametrize("strategy", SPREADING)
def test_unanswered_rings_never_make_it_somebodys_turn_twice(strategy):
    office = Office(strategy, EVEN, seed=11).run(answering=0.8, calls=2_000)
    assert office.again == 0


def test_weights_are_shares():
    """Of calls that find everybody free; who is talking leaves his share to the others."""
    weights = {"ivan": 5, "olena": 3, "petro": 2}
    candidates = [Candidate(name, name, weight) for name, weight in weights.items()]
    draw = random.Random(5)
    first = Counter(order("weighted", candidates, PeopleFacts(), draw.random)[0] for _ in range(CALLS))
    for name, weight in weights.items():
        assert first[name] / CALLS == pytest.approx(weight / 10, rel=0.03)
