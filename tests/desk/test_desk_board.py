"""The live board's core: who rings and talks by FreeSWITCH's events, also when it is at its worst."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.desk.board_picture import seen_by
from routing.desk.board_rows import CallRow, Surroundings
from routing.model.queue import DutyRecord
from support.board_bed import NODE, PHONES, BoardBed


@pytest.fixture
def bed() -> BoardBed:
    return BoardBed()


def one(bed: BoardBed) -> CallRow:
    (row,) = bed.picture().calls
    return row


def states(bed: BoardBed) -> dict[str, str]:
    return {row.name: row.state for row in bed.picture().people}


def test_a_call_rings_is_answered_and_ends(bed: BoardBed) -> None:
    bed.board.registrations(NODE, {"1001", "1002"})
    bed.comes("a", routing_scheme="kyiv", routing_step="2", routing_kind="ring", routing_caller="+380671234567")
    bed.rings("b", "ivan.desk", "a")
    bed.rings("c", "petro.desk", "a")
    row = one(bed)
    assert (row.direction, row.client, row.scheme, row.step) == ("in", "+380671234567", "kyiv", "2")
    assert {each.name for each in row.rings} == {"ivan", "petro"} and not row.talks
    assert states(bed) == {"ivan": "rings", "petro": "rings", "maria": "free", "olena": "absent"}
    bed.now += 5
    bed.answers("b")
    bed.ends("c")
    bed.talk("a", "b")
    row = one(bed)
    assert row.talker and row.talker.name == "ivan" and row.talker.leg == "b" and not row.rings
    assert row.talk_since_s == round(bed.now) and row.since_s == round(bed.now - 5)
    assert states(bed)["ivan"] == "talks" and states(bed)["petro"] == "free"
    bed.ends("b")
    bed.ends("a")
    assert bed.picture().calls == ()
    assert states(bed)["ivan"] == "free"


def test_a_person_calls_out_and_inside(bed: BoardBed) -> None:
    bed.comes("a", "101", "0671234567", routing_person="ivan")
    bed.rings("b", "+380671234567", "a")
    row = one(bed)
    assert (row.direction, row.client, row.owner) == ("out", "+380671234567", "ivan")
    assert row.client_leg == "b"
    bed.comes("c", "101", "102", routing_person="petro")
    bed.rings("d", "ivan.desk", "c")
    inside = bed.picture().calls[1]
    assert (inside.direction, inside.owner, [each.name for each in inside.rings]) == ("internal", "petro", ["ivan"])


def test_a_transferred_call_stays_one_row_with_whom_it_talks(bed: BoardBed) -> None:
    bed.conversation()
    bed.comes("x", "101", "102", routing_person="ivan")
    bed.rings("y", "petro.desk", "x")
    bed.answers("y")
    bed.talk("x", "y")
    bed.talk("a", "y")  # the attended transfer
    bed.ends("x")
    bed.ends("a-ivan")
    row = one(bed)
    assert row.client == "+380671234567" and row.talker and row.talker.name == "petro"


def test_an_end_that_nobody_heard_is_found_by_the_list(bed: BoardBed) -> None:
    bed.conversation()
    bed.now += 10
    assert bed.listed("b") == ["b"]
    assert [row.id for row in bed.picture().calls] == ["b"]


def test_a_list_that_is_behind_neither_ends_a_new_leg_nor_brings_back_an_ended_one(bed: BoardBed) -> None:
    bed.conversation()
    bed.listed()
    assert len(bed.picture().calls) == 1
    bed.ends("a-ivan")
    bed.ends("a")
    bed.listed("a", "a-ivan")
    assert bed.picture().calls == ()
    bed.event("CHANNEL_ANSWER", **{"Unique-ID": "a"})  # late, or of another order
    assert bed.picture().calls == ()


def test_a_lost_switch_takes_its_rows_along_and_says_why(bed: BoardBed) -> None:
    bed.board.registrations(NODE, {"1001"})
    bed.conversation()
    bed.board.lost(NODE, "connection refused")
    picture = bed.picture()
    assert picture.calls == () and picture.nodes[0].why == "connection refused"
    assert states(bed)["ivan"] == "absent"
    bed.listed("b")
    assert bed.picture().nodes[0].why == "" and len(bed.picture().calls) == 1


def test_events_in_any_order_and_of_nobody_are_no_fault(bed: BoardBed) -> None:
    bed.talk("a", "b")
    bed.stops("a", "b")
    bed.ends("a")
    bed.event("CHANNEL_CREATE")
    bed.event("CHANNEL_CREATE", **{"Unique-ID": "x; rm -rf"})
    bed.event("CHANNEL_CREATE", **{"Unique-ID": "z", "Caller-Channel-Created-Time": "garbage"})
    bed.event("CUSTOM", **{"Event-Subclass": "sofia::register"})
    bed.event("HEARTBEAT")
    assert [row.id for row in bed.picture().calls] == ["z"]
    bed.rings("y", "ivan.desk", "gone")
    assert len(bed.picture().calls) == 2


def test_a_list_without_events_shows_who_talks_with_whom(bed: BoardBed) -> None:
    assert bed.listed("a", "b", callstate="ACTIVE") == ["a", "b"]
    bed.board.know(NODE, "b", {"routing_target": "ivan.desk", "originator": "a"})
    bed.board.bridged(NODE, "a", "b", bed.now)
    assert one(bed).talker and one(bed).id == "a"


def test_who_listens_is_no_call_of_its_own(bed: BoardBed) -> None:
    bed.conversation()
    joins = {"routing_target": "olena.desk", "routing_desk_joins": "listen", "routing_desk_call": "a-ivan"}
    bed._create("h", "outbound", "", "x", joins)
    assert one(bed).joined == ("listen:olena",)
    bed.ends("h")
    assert one(bed).joined == ()


def test_unbridged_legs_talk_with_nobody(bed: BoardBed) -> None:
    bed.conversation()
    bed.stops("a", "a-ivan")
    assert one(bed).talks == () and one(bed).talk_since_s == 0


def test_a_head_sees_calls_that_ring_or_hold_their_people(bed: BoardBed) -> None:
    bed.conversation("a", "ivan", "+380670000001")
    bed.conversation("b", "olena", "+380670000002")
    bed.comes("c", "+380670000003")
    bed.rings("d", "petro.desk", "c")
    bed.comes("e", "+380670000004")
    bed.board.trunks(NODE, {"main": "REGED"})
    bed.about = replace(bed.about, queues={"sales": (("ivan",), False), "lawyers": (("olena",), False)})
    seen = seen_by(bed.picture(), frozenset({"ivan", "petro"}))
    assert {row.client for row in seen.calls} == {"+380670000001", "+380670000003"}
    assert [row.name for row in seen.queues] == ["sales"]
    assert {row.name for row in seen.people} == {"ivan", "petro"}
    assert seen.trunks == ()
    assert seen_by(bed.picture(), None) == bed.picture()


def test_queues_count_their_people_and_callers(bed: BoardBed) -> None:
    bed.board.registrations(NODE, {"1001", "1002", "1004"})
    bed.conversation("a", "ivan")
    bed.comes("q")
    callers = [
        {"call": "q", "arrived_ms": 1_795_427_990_000, "place": 1, "talks_with": ""},
        {"call": "a", "arrived_ms": 1_795_427_000_000, "place": 0, "talks_with": "ivan"},
    ]
    bed.about = Surroundings(
        PHONES,
        {"sales": (("ivan", "petro", "olena"), False)},
        [{"queue": "sales", "project": "shop", "callers": callers}],
        {"olena": DutyRecord(signed_in={"sales": False})},
        {},
        {"petro": 1_795_427_000.0},
    )
    (queue,) = bed.picture().queues
    assert (queue.waiting, queue.since_s) == (1, 1_795_427_990)
    assert queue.states == (("talks", 1), ("paused", 1), ("out", 1))
    waiting = bed.picture().call("q")
    assert waiting and (waiting.queue, waiting.place) == ("sales", 1)


@pytest.mark.parametrize(
    ("record", "must", "works"),
    [(DutyRecord(), False, True), (DutyRecord(), True, False), (DutyRecord({"*": False}), False, False),
     (DutyRecord({"*": False, "sales": True}), False, True), (DutyRecord({"*": True}), True, True)],
)  # fmt: skip
def test_who_works_in_a_queue(record: DutyRecord, must: bool, works: bool) -> None:
    assert record.is_signed_in("sales", must) is works


def test_do_not_disturb_is_shown_before_a_pause_and_after_a_talk(bed: BoardBed) -> None:
    bed.board.registrations(NODE, {"1001", "1002"})
    bed.about = Surroundings(PHONES, away={"ivan": 5.0, "petro": 6.0}, paused={"ivan": 7.0})
    bed.conversation("a", "petro")
    assert states(bed)["ivan"] == "away" and states(bed)["petro"] == "talks"
