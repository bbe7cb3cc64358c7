"""Floods over the journal: an attack among the calls of a busy month is stopped, and no customer is refused."""

import random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from routing.journal.database import open_database
from routing.journal.flood_history import (
    DAY_SECONDS,
    KNOWN_AFTER_SECONDS,
    USUAL_SECONDS,
    NumberHistory,
    PastCall,
    read_calls,
    read_talked,
)
from routing.journal.schema import calls
from routing.model.flood import HIDDEN
from routing.recorder.flood_replay import replay

NUMBER, OTHER = "+380800330916", "+380441112233"
NOW = 1_796_000_000.0
ZONE = ZoneInfo("Europe/Kyiv")


def home(rng):
    return f"+380{rng.choice(('67', '50', '63', '93'))}{rng.randrange(10**7):07}"


def month(rng):
    """Four weeks of a number: 40 calls a day, a third of them of customers who call again; on the last day an
    advertisement brings 600 in an hour, of whom half hang up while it rings."""
    customers = [home(rng) for _ in range(100)]
    for day in range(28):
        for _ in range(40):
            caller = rng.choice(customers) if rng.random() < 0.3 else home(rng)
            yield _call(rng, NOW - (28 - day) * DAY_SECONDS + rng.uniform(0, 10 * 3600), caller)
    for at in range(600):
        caller = rng.choice(customers) if rng.random() < 0.1 else home(rng)
        yield _call(rng, NOW - DAY_SECONDS / 2 + at * 6, caller, answered=rng.random() < 0.5)


def _call(rng, at, caller, answered=True, talk_s=None):
    answered_at = at + rng.uniform(3, 20) if answered else 0.0
    length = talk_s or rng.uniform(15, 300)
    return PastCall(NUMBER, caller, at, answered_at, (answered_at or at) + length, length if answered else 0.0)


def stored(past, engine):
    with engine.begin() as connection:
        for at, call in enumerate(past):
            row = {"id": f"c{at}", "direction": "in", "number": call.number, "caller": call.caller}
            row |= {"client": call.caller, "started": call.started, "answered": call.answered, "ended": call.ended}
            row |= {"bridged": call.answered, "talk_s": call.talk_s}
            row["status"] = "rejected" if call.was_refused else "answered"
            connection.execute(insert(calls).values(**row))


@pytest.fixture
def journal(tmp_path):
    engine = open_database(str(tmp_path / "journal.db"))
    stored(sorted(month(random.Random(1)), key=lambda each: each.started), engine)
    yield engine
    engine.dispose()


def history_of(engine):
    return NumberHistory(ZONE, "380", read_talked(engine, NOW))


@pytest.mark.parametrize(
    "attacker",
    [
        lambda rng, at: f"+4420{rng.randrange(10**8):08}",
        lambda rng, at: f"+380991112{at % 1000:03}",
        lambda rng, at: HIDDEN,
        lambda rng, at: "+380991112233",
    ],
    ids=["abroad", "block", "hidden", "one"],
)
def test_an_attack_on_a_busy_day_is_stopped_and_no_customer_is_refused(journal, attacker):
    rng = random.Random(2)
    past = list(read_calls(journal, {NUMBER}, NOW - USUAL_SECONDS - DAY_SECONDS, NOW))
    begins = NOW - DAY_SECONDS / 2 + 600  # while the advertisement brings callers
    attack = [_call(rng, begins + at * 1.0, attacker(rng, at), talk_s=6.0) for at in range(2000)]
    found = replay(past, attack, history_of(journal), 0, NOW - 2 * DAY_SECONDS)
    assert found.attacks == 2000
    assert found.attacks_refused > 1900
    assert found.spent_s < 60 * 3  # both floods at once: the attack must stand out from the advertisement
    assert [call for call, _ in found.refused if call.caller[:4] == "+380" and call not in attack] == []


def test_a_busy_month_without_an_attack_refuses_nobody(journal):
    past = list(read_calls(journal, {NUMBER}, NOW - USUAL_SECONDS - DAY_SECONDS, NOW))
    found = replay(past, [], history_of(journal), 0, NOW - 20 * DAY_SECONDS)
    assert (found.refused, found.refusals) == ([], [])
    assert found.calls > 1000


def test_a_caller_is_known_from_the_day_after_a_talk(journal):
    caller = "+380671234567"
    stored_at = NOW - 3 * DAY_SECONDS
    history = NumberHistory(ZONE, "380", {caller: stored_at})
    assert not history.is_known(caller, stored_at + KNOWN_AFTER_SECONDS - 1)
    assert history.is_known(caller, stored_at + KNOWN_AFTER_SECONDS)
    assert not history.is_known("+380671234568", NOW)
    assert history.known_at(NOW) == [caller]


def test_short_talks_make_nobody_known(tmp_path):
    engine = open_database(str(tmp_path / "j.db"))
    rng = random.Random(1)
    stored([_call(rng, NOW - 5 * DAY_SECONDS, "+380671111111", talk_s=19.0),
            _call(rng, NOW - 5 * DAY_SECONDS, "+380671111112", talk_s=20.0),
            _call(rng, NOW - 500 * DAY_SECONDS, "+380671111113", talk_s=100.0)], engine)  # fmt: skip
    assert list(read_talked(engine, NOW)) == ["+380671111112"]
    engine.dispose()


def test_refused_calls_are_not_usual(tmp_path):
    engine = open_database(str(tmp_path / "j.db"))
    past = [PastCall(NUMBER, f"+4420{at:08}", NOW - 3600, 0, NOW, was_refused=True) for at in range(500)]
    stored(past, engine)
    history = NumberHistory(ZONE, "380", {})
    history.learn(read_calls(engine, {NUMBER}, 0, NOW), NOW)
    assert history.per_minute(NUMBER, NOW - 3600) == 0
    assert history.share_of(NUMBER, "44") == 0
    engine.dispose()


def test_a_number_that_spells_anonymous_is_nobodys(journal):
    """Some networks show hidden callers so: one who has talked would let all of them pass."""
    talked = PastCall(NUMBER, "+266696687", NOW - 5 * DAY_SECONDS, NOW - 5 * DAY_SECONDS, NOW, 90.0)
    with journal.begin() as connection:
        row = {"id": "x", "direction": "in", "number": NUMBER, "caller": talked.caller, "client": talked.caller}
        row |= {"started": talked.started, "answered": talked.answered, "bridged": talked.answered, "talk_s": 90.0}
        connection.execute(insert(calls).values(**row))
    assert not history_of(journal).is_known("+266696687", NOW)


def test_a_flood_that_was_only_watched_does_not_become_usual():
    watched = [PastCall(NUMBER, f"+4420{at:08}", NOW - 2 * 86_400 + at, NOW, NOW) for at in range(500)]
    daily = [PastCall(NUMBER, f"+4850111{at:04}", NOW - at * 43_200, NOW, NOW) for at in range(50)]
    home = [PastCall(NUMBER, f"+38050111{at:04}", NOW - at * 43_200, NOW, NOW) for at in range(50)]
    history = NumberHistory(ZONE, "380", {})
    history.learn([*watched, *daily, *home], NOW)
    assert history.share_of(NUMBER, "44") == 0
    assert 0.4 < history.share_of(NUMBER, "48") < 0.5
    assert 0.5 < history.share_of(NUMBER, "380") < 0.6


def test_a_new_number_is_called_from_its_country():
    history = NumberHistory(ZONE, "380", {})
    assert (history.share_of(OTHER, "380"), history.share_of(OTHER, "44")) == (1.0, 0.0)
    nowhere = NumberHistory(ZONE, "", {})
    assert nowhere.share_of(OTHER, "44") == 1.0


def test_a_number_among_thousands_is_read_alike(journal):
    many = {NUMBER, *(f"+3804499{at:05}" for at in range(2000))}
    assert list(read_calls(journal, many, 0, NOW)) == list(read_calls(journal, {NUMBER}, 0, NOW))
    assert list(read_calls(journal, {OTHER}, 0, NOW)) == []
