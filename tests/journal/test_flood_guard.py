"""The guard against floods: what it has FreeSWITCH refuse, what it only reports, what a person decides."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import insert

from routing.decide.flood import FIRST_SECONDS
from routing.journal.database import open_database
from routing.journal.schema import calls
from routing.model.flood import HIDDEN, KNOWN, FloodRefusal
from routing.model.notice import FloodNotice, from_queue
from routing.recorder.floods import AGAIN_SECONDS, LEARN_SECONDS, LOOK_SECONDS
from routing.release import floods
from support.flood_bed import BLOCK, CUSTOMER, NOW, NUMBER, PLAN, flood_bed
from support.flood_switch import GlobalsSwitch


@pytest.fixture
def bed(tmp_path):
    with flood_bed(tmp_path) as made:
        yield made


def test_a_flood_is_refused_told_once_and_ends_by_itself(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("380671112",)}
    (notice,) = map(from_queue, bed.notices.values())
    assert isinstance(notice, FloodNotice)
    assert (notice.number, notice.refused, list(notice.starts)) == (NUMBER, True, ["380671112"])
    assert [line["consequence"] for line in bed.lines] == ["refused"]
    assert bed.guard.counts.floods == 1
    bed.switch.pass_until(bed.now + 3600)
    assert bed.standing() == {}


def test_known_callers_stand_in_files_before_any_flood(bed):
    bed.guard.connected(bed.switch)
    text = (bed.guard.root / KNOWN / "233.xml").read_text()
    assert "380501112233" in text
    bed.calls([CUSTOMER] * 30)
    assert bed.standing() == {}


@pytest.mark.parametrize("dialled", ["0800330916", "380800330916", "00380800330916", "+380800330916"])
def test_numbers_as_the_carrier_writes_them(bed, dialled):
    bed.guard.connected(bed.switch)
    bed.calls(["0" + caller.removeprefix("+380") for caller in BLOCK], dialled=dialled)
    assert bed.standing() == {NUMBER: ("380671112",)}


def test_callers_without_a_number(bed):
    bed.guard.connected(bed.switch)
    bed.calls(["anonymous", "", "unknown"] * 10)
    assert bed.standing() == {NUMBER: (HIDDEN,)}


def test_calls_to_other_numbers_are_no_matter(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK, dialled="+380441112233")
    bed.calls(BLOCK, dialled="sales")
    assert bed.standing() == {}


def test_a_call_whose_number_stands_in_a_header_is_judged_as_it_ends(bed):
    bed.guard.connected(bed.switch)
    for at, caller in enumerate(BLOCK):
        bed.now += 1
        bed.guard.came(f"u{at}", "lab", caller)
        bed.guard.ended(f"u{at}", 0.0, NUMBER, caller)
        bed.guard.ended(f"leg{at}", 0.0)
    assert bed.standing() == {NUMBER: ("380671112",)}


def test_a_flood_that_goes_to_many_numbers_is_refused_at_each_and_told_once(bed):
    numbers = [NUMBER, *(f"+38080033050{at}" for at in range(5))]
    bed.plan = replace(PLAN, numbers=frozenset(numbers))
    bed.guard.connected(bed.switch)
    for at in range(12):
        bed.now += 1
        bed.guard.came(f"u{at}", numbers[at % 6], f"+4420{71_000_000 + at * 79_199}")
    assert bed.standing() == dict.fromkeys(numbers, ("44",))
    assert len(bed.notices) == 1
    assert [line["event"] for line in bed.lines] == ["flood"]


def test_who_only_watches_refuses_nobody_and_tells(bed):
    bed.plan = replace(PLAN, refuses=False)
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    assert bed.standing() == {}
    (notice,) = map(from_queue, bed.notices.values())
    assert not notice.refused
    assert [line["consequence"] for line in bed.lines] == ["only watched"]


def test_a_person_who_lets_everybody_pass_is_obeyed(bed):
    bed.guard.connected(bed.switch)
    floods.let_pass(bed.switch, NUMBER, 3600)
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ()}
    assert not bed.notices


def test_a_freeswitch_that_was_started_anew_refuses_on(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    fresh = GlobalsSwitch(bed.now)
    bed.guard.connected(fresh)
    assert floods.standing(fresh)[NUMBER].starts == ("380671112",)
    assert len(bed.notices) == 1


@pytest.mark.parametrize("fault", ["fails", "is_away"])
def test_a_freeswitch_that_does_not_answer_is_told(bed, fault):
    bed.guard.connected(bed.switch)
    setattr(bed.switch, fault, True)
    bed.calls(BLOCK)
    assert [line["event"] for line in bed.lines[:2]] == ["flood not refused", "flood"]
    assert {line["consequence"] for line in bed.lines if line["event"] == "flood"} == {"not refused"}


def test_what_freeswitch_did_not_take_is_tried_again_and_for_no_longer(bed):
    bed.guard.connected(bed.switch)
    bed.switch.fails = True
    bed.calls(BLOCK)
    bed.switch.fails = False
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("380671112",)}
    assert floods.standing(bed.switch)[NUMBER].until_s <= bed.now + FIRST_SECONDS


def test_without_a_journal_nobody_is_refused_but_floods_are_told(bed):
    bed.guard.engine.dispose()
    bed.guard.engine = open_database("sqlite://", migrate=False)
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    assert bed.standing() == {}, "nobody knows who is a customer"
    assert bed.lines[0]["event"] == "floods are judged without the journal"
    assert bed.lines[0]["consequence"] == "nobody is refused"
    (notice,) = map(from_queue, bed.notices.values())
    assert not notice.refused


def test_a_journal_that_went_away_leaves_the_customers_of_before(bed):
    bed.guard.connected(bed.switch)
    bed.guard.engine.dispose()
    bed.guard.engine = open_database("sqlite://", migrate=False)
    bed.now += LEARN_SECONDS
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("380671112",)}
    assert bed.lines[0]["consequence"] == "known callers are those of before"


def test_a_journal_that_comes_back_is_read_within_a_minute(bed):
    healthy, bed.guard.engine = bed.guard.engine, open_database("sqlite://", migrate=False)
    bed.guard.connected(bed.switch)
    bed.guard.engine.dispose()
    bed.guard.engine = healthy
    bed.now += AGAIN_SECONDS
    bed.calls([CUSTOMER] * 30)
    assert bed.standing() == {}
    assert (bed.guard.root / KNOWN / "233.xml").is_file()


def test_without_redis_the_log_has_it(bed):
    bed.has_redis = False
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    assert [line["event"] for line in bed.lines] == ["flood", "notice lost"]


def test_a_release_without_the_setting_ends_it_and_one_with_it_begins_it(bed):
    bed.plan = None
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    assert bed.standing() == {}
    bed.plan = PLAN
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("380671112",)}


def test_who_has_become_a_customer_is_known_within_the_hour(bed):
    bed.guard.connected(bed.switch)
    other = "+380509998877"
    with bed.guard.engine.begin() as connection:
        row = {"id": "2", "direction": "out", "number": NUMBER, "client": other, "bridged": NOW - 2e5, "talk_s": 30.0}
        connection.execute(insert(calls).values(**row))
    bed.now += LEARN_SECONDS
    bed.guard.idle()
    assert "380509998877" in (bed.guard.root / KNOWN / "877.xml").read_text()


def test_a_flood_in_the_queue_is_read_back(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    (text,) = bed.notices.values()
    assert json.loads(text)["kind"] == "flood"


def test_what_was_watched_is_refused_as_soon_as_the_release_says_so(bed):
    """The flood goes on while a person publishes `mode: refuse`."""
    bed.plan = replace(PLAN, refuses=False)
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    assert bed.standing() == {}
    bed.plan = PLAN
    bed.calls(BLOCK[:12])
    assert bed.standing() == {NUMBER: ("380671112",)}


def test_a_flood_after_a_lift_is_refused_anew(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    floods.lift(bed.switch, NUMBER)
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("380671112",)}


def test_a_flood_that_goes_on_when_everybody_may_pass_no_more_is_refused(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    floods.let_pass(bed.switch, NUMBER, 15)
    bed.calls(BLOCK[:12])
    assert bed.lines[-1]["consequence"] == "not refused"
    bed.switch.pass_until(bed.now + 10)
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("380671112",)}


def test_what_a_person_refuses_stays_beside_a_flood_and_for_as_long(bed):
    bed.guard.connected(bed.switch)
    bed.calls(["+380501110000"])
    floods.refuse(bed.switch, FloodRefusal(NUMBER, ("4420",), bed.now + 43_200, "by hand"), bed.now)
    bed.now += LOOK_SECONDS
    bed.calls(BLOCK)
    assert bed.standing() == {NUMBER: ("4420", "380671112")}
    assert floods.standing(bed.switch)[NUMBER].until_s > bed.now + 40_000


def test_what_a_person_refuses_is_known_after_a_restart_of_freeswitch(bed):
    bed.guard.connected(bed.switch)
    floods.refuse(bed.switch, FloodRefusal(NUMBER, ("4420",), bed.now + 43_200, "by hand"), bed.now)
    bed.calls(["+380501110000"])
    fresh = GlobalsSwitch(bed.now)
    bed.guard.connected(fresh)
    assert floods.standing(fresh)[NUMBER].starts == ("4420",)
