"""Calls whose CDR never comes: noticed by FreeSWITCH's events, kept in bounds, recorded once, replaced by their CDR."""

import json
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from sqlalchemy import event as sql_event
from sqlalchemy.exc import OperationalError

from routing.cli.journal import journal
from routing.esl.follow import headers
from routing.esl.protocol import Message
from routing.journal import live
from routing.journal.live import LiveCalls, listed
from routing.journal.unfinished import left_behind
from support.journal_bed import CDR

#: A Monday of 2026; microseconds.
BEGAN = 1_795_600_000_000_000


def leg(name, uuid, at_s=0.0, other="", b_leg=False, **variables):
    """An event of FreeSWITCH, with a few of its two hundred headers."""
    now = BEGAN + int(at_s * 1e6)
    told = {"Event-Name": name, "Unique-ID": uuid, "Call-Direction": "outbound" if b_leg else "inbound",
            "Event-Date-Timestamp": str(now), "Caller-Channel-Created-Time": str(BEGAN),
            "Caller-Caller-ID-Number": "380671110000", "Caller-Destination-Number": "380800330001"}  # fmt: skip
    if other:
        told |= {"Other-Leg-Unique-ID": other, "Other-Type": "originator" if b_leg else "originatee"}
    if name == "CHANNEL_HANGUP_COMPLETE":
        told["Caller-Channel-Hangup-Time"] = str(now)
    return told | {f"variable_{variable}": value for variable, value in variables.items()}


def talk(kept, uuid="a", until_s=None):
    """A call that ivan takes; it ends when that is said."""
    ours = {"routing_number": "+380800330001", "routing_caller": "+380671110000", "routing_scheme": "desk"}
    kept.heard(leg("CHANNEL_CREATE", uuid))
    kept.heard(leg("CHANNEL_CREATE", f"{uuid}-b", 1, uuid, b_leg=True, routing_target="ivan.desk"))
    kept.heard(leg("CHANNEL_ANSWER", f"{uuid}-b", 3, uuid, b_leg=True, routing_target="ivan.desk"))
    kept.heard(leg("CHANNEL_ANSWER", uuid, 3, **ours))
    kept.heard(leg("CHANNEL_BRIDGE", uuid, 3, f"{uuid}-b", **ours))
    if until_s is not None:
        kept.heard(leg("CHANNEL_HANGUP_COMPLETE", f"{uuid}-b", until_s, uuid, b_leg=True))
        kept.heard(leg("CHANNEL_HANGUP_COMPLETE", uuid, until_s, f"{uuid}-b", **ours, hangup_cause="NORMAL_CLEARING"))


@pytest.fixture
def kept(bed):
    return LiveCalls(bed.now)


@pytest.fixture
def worker(bed, kept):
    return bed.worker(live=kept)


def row(bed):
    (values,) = bed.rows("calls")
    with closing(sqlite3.connect(bed.database)) as opened, opened:
        names = [column[1] for column in opened.execute("PRAGMA table_info(calls)")]
    return dict(zip(names, values, strict=True))


def test_the_node_of_a_call_without_a_cdr(bed, kept, worker):
    """Events name the switch, and so does the table of channels that is left of one that died."""
    assert listed({"uuid": "a", "direction": "inbound", "hostname": "kyiv1"})["switchname"] == "kyiv1"
    kept.heard(leg("CHANNEL_CREATE", "a") | {"FreeSWITCH-Switchname": "kyiv1"})
    kept.heard(leg("CHANNEL_HANGUP_COMPLETE", "a", 3, switchname="liar") | {"FreeSWITCH-Switchname": "kyiv1"})
    bed.clock_s = 60
    worker.work()
    assert row(bed)["node"] == "kyiv1"


def test_legs_of_a_talk_are_no_calls_of_their_own(bed, kept, worker):
    """A colleague who is asked by keys, dialled by the person's leg, and who picks up the parked client by a call."""
    talk(kept)
    kept.heard(leg("CHANNEL_CREATE", "c", 10, "a-b", b_leg=True, routing_talk="a"))
    kept.heard(leg("CHANNEL_BRIDGE", "c", 12, "a-b", routing_talk="a"))
    kept.heard(leg("CHANNEL_CREATE", "d", 14))
    kept.heard(leg("CHANNEL_ANSWER", "d", 15, routing_talk="a"))
    for part in ("c", "d"):
        kept.heard(leg("CHANNEL_HANGUP_COMPLETE", part, 20, routing_talk="a", hangup_cause="NORMAL_CLEARING"))
    bed.clock_s = 60
    worker.work()
    assert bed.rows("calls") == [] and kept.kept == 0
    picked = {"Other-Type": "originator", "Other-Leg-Unique-ID": "d"}
    kept.heard(leg("CHANNEL_HANGUP_COMPLETE", "a", 61, hangup_cause="NORMAL_CLEARING", routing_talk="a") | picked)
    kept.heard(leg("CHANNEL_HANGUP_COMPLETE", "e", 62, routing_talk="a"))
    bed.clock_s = 120
    worker.work()
    assert [values[0] for values in bed.rows("calls")] == ["a"]  # that one has no CDR
    kept.heard(leg("CHANNEL_HANGUP_COMPLETE", "f", 130, routing_talk="a"))
    bed.clock_s = 180
    worker.work()
    assert len(bed.rows("calls")) == 1 and kept._a_leg_of == {}


def test_a_call_that_ended_without_a_cdr(bed, kept, worker):
    talk(kept, until_s=33)
    worker.work()
    assert bed.rows("calls") == []  # its CDR may be on its way
    bed.clock_s = 6
    assert worker.work() == 0 and worker.counts.unfinished == 1
    call = row(bed)
    assert (call["status"], call["number"], call["client"], call["person"]) == (
        "unfinished", "+380800330001", "+380671110000", "ivan",
    )  # fmt: skip
    assert (call["started"], call["bridged"] - call["started"], call["talk_s"]) == (BEGAN / 1e6, 3, 30)
    assert call["schemes"] == "desk" and bed.log[-1][1] == "calls without a CDR"
    worker.work()
    assert worker.counts.unfinished == 1 and kept.kept == 0


def test_a_cdr_that_came_is_enough(bed, kept, worker):
    (name,) = bed.put("closed")
    uuid = name[2:38]
    kept.heard(leg("CHANNEL_CREATE", uuid))
    kept.heard(leg("CHANNEL_HANGUP_COMPLETE", uuid, 2))
    bed.clock_s = 60
    worker.work()
    worker.work()
    assert row(bed)["status"] == "busy" and worker.counts.unfinished == 0 and kept.kept == 0


def test_a_cdr_that_comes_late_replaces_what_was_known(bed, kept, worker):
    (name,) = bed.put("closed")
    text = (bed.spool / name).read_bytes()
    (bed.spool / name).unlink()
    kept.heard(leg("CHANNEL_CREATE", name[2:38]))
    kept.heard(leg("CHANNEL_HANGUP_COMPLETE", name[2:38], 2))
    bed.clock_s = 60
    worker.work()
    assert row(bed)["status"] == "unfinished"
    (bed.spool / name).write_bytes(text)
    worker.work()
    assert row(bed)["status"] == "busy" and bed.left() == []
    undisturbed = bed.journal()
    bed.put("closed")
    worker.work()
    assert bed.journal() == undisturbed


def test_freeswitch_that_is_heard_no_more(bed, kept, worker):
    talk(kept)
    kept.lost()
    worker.work()
    assert bed.rows("calls") == []  # it may be a moment
    bed.clock_s = 20
    worker.work()
    call = row(bed)
    assert (call["status"], call["person"]) == ("unfinished", "ivan")
    assert abs(call["ended"] - bed.now() + 20) < 5  # when it was heard last


@pytest.mark.parametrize("lists", [True, False])
def test_freeswitch_that_is_heard_again(bed, kept, worker, lists):
    talk(kept)
    kept.lost()
    bed.clock_s = 3
    kept.there([{"uuid": "a", "direction": "inbound"}] if lists else [])
    bed.clock_s = 60
    worker.work()
    assert len(bed.rows("calls")) == (not lists)


def test_calls_that_were_there_before_us(bed, kept, worker):
    began = str(BEGAN // 1_000_000)
    row_ = {"uuid": "x", "direction": "inbound", "cid_num": "+380671110000", "dest": "start",
            "initial_dest": "380800330001", "created_epoch": began}  # fmt: skip
    kept.there([row_, {"uuid": "y", "direction": "outbound"}])
    kept.there([])
    bed.clock_s = 60
    worker.work()
    call = row(bed)
    assert (call["id"], call["number"], call["client"]) == ("x", "+380800330001", "+380671110000")


def test_nothing_is_forgotten_while_the_database_is_away(bed, kept, worker):
    talk(kept, until_s=33)
    bed.clock_s = 60
    full = [True]

    @sql_event.listens_for(worker.engine, "begin", insert=True)
    def begin(connection):
        if full:
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    for _ in range(2):
        with pytest.raises(OperationalError):
            worker.work()
    assert kept.kept == 1
    full.clear()
    worker.work()
    assert row(bed)["status"] == "unfinished"


def test_memory_is_bounded_and_what_is_lost_is_counted(bed, kept, worker):
    kept.most = 3
    for n in range(5):
        talk(kept, f"call{n}", until_s=33)
    bed.clock_s = 60
    worker.work()
    assert len(bed.rows("calls")) == 3 and worker.counts.lost == kept.lost_count > 0
    assert [facts["count"] for _, event, facts in bed.log if event == "calls lost"] == [kept.lost_count]
    talk(kept, "another")
    for n in range(500):
        kept.heard(leg("CHANNEL_CREATE", f"leg{n}", 1, "another", b_leg=True))
    assert len(kept.legs("another")[1]) == 200


def test_facts_are_bounded_and_of_our_kind():
    told = live.facts(leg("CHANNEL_ANSWER", "a", routing_x="9" * 10_000, sip_h_X="secret", read_codec="PCMA"))
    assert len(told["routing_x"]) == 2000 and "sip_h_X" not in told and "read_codec" not in told
    assert live.number("anonymous") == "anonymous" and live.number("380671110000") == "+380671110000"


def test_events_are_decoded():
    assert headers(Message(b"\nEvent-Name: X\nvariable_a: 1%20%2B\nbroken\n")) == {
        "Event-Name": "X", "variable_a": "1 +", "broken": "",
    }  # fmt: skip


def test_what_a_dead_freeswitch_left_behind(bed):
    """As its core database has it; a row of rubbish costs nothing."""
    database = bed.folder / "db" / "core.db"
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute(
            "CREATE TABLE channels (uuid, direction, created_epoch, cid_num, dest, initial_cid_num, initial_dest,"
            " hostname)"
        )
        opened.execute("CREATE TABLE calls (caller_uuid, callee_uuid, call_created_epoch)")
        opened.execute(
            "INSERT INTO channels VALUES ('a','inbound',1795600000,'+380671110000','start',NULL,'380800330001','kyiv1')"
        )
        opened.execute("INSERT INTO channels VALUES ('b','outbound',1795600001,'x','y',NULL,NULL,'kyiv1')")
        opened.execute("INSERT INTO channels VALUES (NULL,'inbound','x',NULL,NULL,NULL,NULL,NULL)")
        opened.execute("INSERT INTO channels VALUES ('c','inbound','rubbish',NULL,NULL,NULL,NULL,NULL)")
        opened.execute("INSERT INTO calls VALUES ('a','b',1795600003)")
    words = ["--spool", str(bed.spool), "--database", bed.database, "--once"]
    for said in ("1 unfinished", "0 calls recorded"):
        assert said in CliRunner().invoke(journal, words, catch_exceptions=False).output
    call = row(bed)
    assert (call["id"], call["number"], call["client"], call["status"], call["bridged"], call["node"]) == (
        "a", "+380800330001", "+380671110000", "unfinished", 1795600003, "kyiv1",
    )  # fmt: skip
    database.write_bytes(b"no database" * 1000)
    assert left_behind(database, bed.folder / "none.pid") == ()


def test_every_status_of_the_journal_is_known_to_the_list(bed):
    """`unfinished` can be asked for."""
    from routing.cli.calls import calls

    bed.put("closed")
    bed.worker().work()
    words = ["--database", bed.database, "--status", "unfinished", "--json"]
    assert CliRunner().invoke(calls, words, catch_exceptions=False).output == ""
    assert json.loads(next((CDR / "closed").iterdir()).read_text())
