"""Whatever stands in the spool under a CDR's name: it is put aside with its reason, every other call is recorded."""

import json
import os
import socket
import time

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from routing.cli.calls import calls
from routing.journal import cdr, dialled, late
from routing.journal.bounded import TooLong, within
from routing.journal.database import open_database
from routing.journal.spool import LONGEST_BYTES
from support.journal_bed import CDR, LATER_S

pytestmark = pytest.mark.thorough

UUID = "00000000-0000-4000-8000-000000000001"
NAME = f"a_{UUID}.cdr.json"
REASONS = CDR.parent / "unusable.txt"
CLOSED = json.loads(next((CDR / "closed").iterdir()).read_text())
REAL = next(CDR.glob("talked_and_recorded/[0-9b-f]*")).name


def telling(apps=None, **variables) -> str:
    """A CDR of its own with other variables, and other applications when they are given."""
    whole = json.loads(json.dumps(CLOSED))
    whole["variables"] |= {"uuid": UUID} | variables
    if apps is not None:
        whole["app_log"] = {"applications": apps}
    return json.dumps(whole)


def app(name, data, stamp="1764000000000000"):
    return {"app_name": name, "app_data": data, "app_stamp": stamp}


def deep(levels):
    return "[" * levels + "]" * levels


def linked(to):
    return lambda path: path.symlink_to(to)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(200 * LONGEST_BYTES)


def listening(path):
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path has 107 bytes
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(path.name)
    os.chdir(here)


def folder(path):
    path.mkdir()
    (path / "something").touch()


#: What the file system may hold: made at a path; a part of the reason.
THINGS = {
    "folder": (folder, "folder"),
    "FIFO": (os.mkfifo, "FIFO"),
    "socket": (listening, "cannot be read"),
    "link to itself": (linked(NAME), "symbolic link"),
    "link to nothing": (linked("nowhere"), "symbolic link"),
    "link to an endless device": (linked("/dev/zero"), "symbolic link"),
    "link to a secret": (linked("/etc/shadow"), "symbolic link"),
    "200 times too large": (sparse, "larger than"),
}

#: Contents that are no call.
TEXTS = {
    "deep": '{"variables":{"uuid":"x"},"more":' + deep(100_000) + "}",
    "deep variables": '{"variables":' + deep(100_000) + "}",
    "a list": "[1]",
    "nothing": "null",
    "numbers for texts": '{"variables":{"uuid":-1,"start_uepoch":NaN}}',
    "NUL in the id": telling(uuid="a\0b"),
    "NUL alone": telling(uuid="\0"),
    "a path for an id": telling(uuid="../../etc/passwd"),
    "half a surrogate for an id": telling(uuid="\ud800"),
    "an endless id": telling(uuid="9" * 5000),
    "no beginning": telling(start_uepoch="0"),
    "a beginning that is no number": telling(start_uepoch="NaN"),
    "a beginning before all": telling(start_uepoch="-5"),
    "a beginning beyond all": telling(start_uepoch="9" * 300),
    "a beginning of 5000 digits": telling(start_uepoch="9" * 5000),
    "a beginning in the year 7000": telling(start_uepoch="158760000000000000"),
    "applications without end": telling(apps=[app("set", "x=1")] * 30_000),
    "legs without end": telling(originated_legs="ARRAY::" + "|:".join(f"{n};a;b" for n in range(30_000))),
    "applications of numbers": telling(apps=[{"app_name": 1, "app_data": None, "app_stamp": 5}]),
}

#: Contents with something wrong in them that costs no call.
KEPT = {
    "NUL in a caller": telling(routing_caller="+38\0067"),
    "half a surrogate": telling(routing_caller="+38067\ud800"),
    "a caller of 100 kB": telling(routing_caller="+" + "1234567890" * 10_000),
    "a caller that no index compresses": telling(routing_caller="+" + "".join(chr(1000 + n) for n in range(9000))),
    "a person of 100 kB": telling(routing_person="\u1234 \u2345" * 30_000, routing_direction="out"),
    "an end before the beginning": telling(end_uepoch="1000000"),
    "times that are none": telling(answer_uepoch="x", bridge_uepoch="-1", end_uepoch="1e9"),
    "stamps that are none": telling(apps=[app("set", "routing_step=a", "-"), app("set", "routing_step=b", "9" * 6000)]),
    "dial strings to be read for ever": telling(apps=[
        app("set", "routing_step=a"), app("bridge", "routing_target=" * 300_000),
        app("bridge", "[routing_target=" * 90_000 + "]" * 90_000), app("bridge", "routing_target=a" + "," * 900_000)]),
    "a delay of 9000 digits": telling(apps=[app("bridge", f"[routing_target=a,leg_delay_start={'9' * 9000}]user/1")]),
    "words to be read for ever": telling(apps=[
        app("set", "routing_step=a"), app("execute_extension", "check XML:" + "/" * 900_000),
        app("transfer", "start XML:" + "a" * 900_000), app("transfer", "a.case" * 100_000)]),
    "names of another kind": telling(originated_legs="ARRAY::../x;a;b|:\0;a;b|:;;|:" + "y" * 9000 + ";a;b"),
    "a release that is none": telling(routing_release="\0/dev/zero", routing_voicemail="\0"),
    "a release that is a device": telling(routing_release="/dev", routing_recording="/dev/zero"),
}  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.process)])
def both(request, bed):
    """A bed on either database, nothing recorded."""
    if request.param == "postgresql":
        bed.database = request.getfixturevalue("postgresql")
        engine = open_database(bed.database)
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE calls, steps, legs"))
        engine.dispose()
    return bed


def recorded(bed) -> list[str]:
    return [row[0] for row in bed.rows("calls")]


def check_put_aside(bed, worker, reason):
    assert worker.counts.bad == 1 and os.path.lexists(bed.spool / "bad" / NAME) and bed.left() == []
    ((level, event, facts),) = bed.log
    assert (level, event, facts["file"], facts["moved_to"]) == ("error", "unusable", NAME, "bad")
    assert reason in facts["reason"] and len(facts["reason"]) <= 300


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_no_file_is_put_aside_at_once(bed, thing):
    bed.put("closed")
    make, reason = THINGS[thing]
    make(bed.spool / NAME)
    worker = bed.worker()
    assert worker.work() == 1
    check_put_aside(bed, worker, reason)


def test_every_reason_is_in_words(bed):
    """``unusable.txt`` holds them, written anew by ``make golden``."""
    names = {f"a_00000000-0000-4000-8000-{at:012}.cdr.json": each for at, each in enumerate([*THINGS, *TEXTS])}
    for name, each in names.items():
        if each in THINGS:
            THINGS[each][0](bed.spool / name)
        else:
            (bed.spool / name).write_text(TEXTS[each])
    bed.clock_s = LATER_S
    worker = bed.worker()
    while worker.work():
        pass
    found = "".join(sorted(f"{names[facts['file']]}: {facts['reason']}\n" for _, _, facts in bed.log))
    if os.environ.get("ROUTING_GOLDEN"):
        REASONS.write_text(found, "utf-8")
    assert found == REASONS.read_text("utf-8")
    assert worker.counts.bad == len(names)


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_put_aside(bed):
    bed.put("closed")
    (bed.spool / NAME).touch(mode=0)
    worker = bed.worker()
    assert worker.work() == 1
    check_put_aside(bed, worker, "Permission denied")


@pytest.mark.parametrize("content", TEXTS)
def test_what_is_no_call_is_put_aside(bed, content):
    bed.put("closed")
    (bed.spool / NAME).write_text(TEXTS[content])
    bed.clock_s = LATER_S
    worker = bed.worker()
    assert worker.work() == 1
    check_put_aside(bed, worker, "")


@pytest.mark.parametrize("content", TEXTS)
def test_a_b_leg_that_is_none_costs_no_call(bed, content):
    """Named by its call, and left over when its call is long recorded."""
    bed.put("talked_and_recorded")
    (bed.spool / REAL).write_text(TEXTS[content])
    (bed.spool / f"{UUID}.cdr.json").write_text(TEXTS[content])
    bed.clock_s = late.LOST_SECONDS + 100
    worker = bed.worker()
    assert worker.work() == 1 and bed.left() == []


@pytest.mark.parametrize("content", KEPT)
def test_what_is_wrong_in_a_call_costs_no_call(both, content):
    both.put("closed")
    (both.spool / NAME).write_text(KEPT[content])
    both.clock_s = LATER_S
    worker = both.worker()
    assert worker.work() == 2 and UUID in recorded(both)
    for words in (), ("--json",), ("--report",), (UUID,), (UUID, "--json"):
        assert not CliRunner().invoke(calls, ["--database", both.database, *words], catch_exceptions=False).exit_code
    assert both.left() == [] and both.log == []


@pytest.mark.parametrize(
    "name", [b"a_\xff\xfe.cdr.json", b"\xff.cdr.json", b"a_.cdr.json", b"a_" + b"n" * 244 + b".cdr.json"]
)
def test_names_of_any_kind(bed, name):
    bed.put("closed")
    for folder in (bed.spool, bed.spool / "bad"):
        folder.mkdir(exist_ok=True)
        (folder / os.fsdecode(name)).write_text("{}")
    bed.clock_s = LATER_S
    workers = [bed.worker(share=(which, 2)) for which in (0, 1)]
    assert workers[0].work() + workers[1].work() == 1
    assert bed.left() == [] and len(os.listdir(bed.spool / "bad")) == 2


def test_times_of_files_from_a_clock_that_was_ahead(bed):
    name = next(name for name in bed.put("order_third") if not name.startswith("a_"))
    (bed.spool / name).unlink()
    (bed.spool / NAME).write_text('{"variables":{')
    for path in bed.spool.iterdir():
        os.utime(path, (time.time() + 10 * 365 * 86400,) * 2)
    worker = bed.worker()
    assert worker.work() == 1 and worker.counts.waiting == 1  # nothing waits for ten years


def test_what_can_be_neither_moved_nor_removed_is_left_alone_for_a_while(bed):
    bed.put("closed")
    (bed.spool / "bad").write_text("no folder")
    (bed.spool / NAME).mkdir()
    worker = bed.worker()
    assert worker.work() == 1 and worker.work() == 0
    (line,) = bed.log
    assert line[1] == "stuck" and "cannot be moved" in line[2]["reason"]
    (bed.spool / "bad").unlink()
    bed.clock_s = 1000
    worker.work()
    assert bed.log[1][2]["moved_to"] == "bad"


def test_a_recorded_call_whose_file_cannot_be_removed_is_not_met_again_and_again(bed, monkeypatch):
    bed.put("closed", "talked_and_recorded")
    unlink = os.unlink
    kept = bed.left()[0]

    def refuse(path, *more, **words):
        if str(path).endswith(kept):
            raise PermissionError(1, "Operation not permitted")
        unlink(path, *more, **words)

    monkeypatch.setattr(os, "unlink", refuse)
    worker = bed.worker()
    assert worker.work() == 2 and worker.work() == 0
    assert bed.left() == [kept] and worker.counts.known_already == 0 and [line[1] for line in bed.log] == ["stuck"]


def test_a_fault_of_the_machine_puts_nothing_aside(bed, monkeypatch):
    bed.put("closed")
    before = bed.left()

    def no_more(*_, **__):
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(os, "open", no_more)
        bed.worker().work()
    assert bed.left() == before and bed.worker().work() == 1


def test_work_without_end_is_ended():
    with pytest.raises(TooLong), within(0.05):
        while True:
            pass
    with within(0.05):
        pass


def test_a_call_without_end_holds_nobody_up(bed, monkeypatch):
    monkeypatch.setattr("routing.journal.gather.LONGEST_CPU_SECONDS", 0.1)
    bed.put("closed")
    (bed.spool / NAME).write_text(telling())
    worker = bed.worker(size_of=lambda path: 100)

    def project_of(release):
        while UUID in os.listdir(bed.spool)[0] or UUID in str(os.listdir(bed.spool)):
            pass
        return ""

    place = worker.gatherer.context
    worker.gatherer.context = type(place)(place.size_of, project_of)
    worker.gatherer._call, plain = (
        lambda name: project_of(name) if name == NAME else plain(name), worker.gatherer._call,
    )  # fmt: skip
    assert worker.work() == 1
    check_put_aside(bed, worker, "TooLong")


def test_dial_strings_are_read_as_they_were():
    string = (
        "{a=b}[leg_timeout=20,routing_target=ivan.desk]user/1001,[routing_target=ivan.mobile,leg_delay_start=5]sofia/x"
    )
    found = dialled.phones(f"{string}|[routing_target=a.b]error/user_busy")
    assert [(place.target, place.turn, place.after_s, place.destination) for place in found] == [
        ("ivan.desk", 0, 0, "user/1001"), ("ivan.mobile", 0, 5, "sofia/x"), ("a.b", 1, 0, "error/user_busy"),
    ]  # fmt: skip


ODD = st.one_of(
    st.text(max_size=40), st.integers().map(str), st.floats().map(str), st.binary(max_size=20).map(os.fsdecode),
    st.sampled_from(["ARRAY::a;b;c|:d", "^^|routing_step=x|routing_scheme=y", "[routing_target=a]b|", "\0", "\ud800"]),
    st.integers(0, 2**63).map(str),
)  # fmt: skip
KEYS = [*sorted(CLOSED["variables"]), "originated_legs", "originate_causes", "bridge_uuid", "routing_took_ms"]
APPS = ["set", "multiset", "bridge", "transfer", "socket", "execute_extension"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    variables=st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=9)), ODD, max_size=20),
    apps=st.lists(st.tuples(st.sampled_from(APPS), ODD, ODD)),
    cut=st.integers(0, 20_000), flip=st.binary(max_size=3), at=st.integers(0, 9000),
)  # fmt: skip
def test_any_file(make_bed, variables, apps, cut, flip, at):
    """One odd file beside a good one: the good one is recorded, the odd one is recorded or put aside."""
    bed = make_bed()
    bed.put("closed")
    raw = telling([app(*each) for each in apps], **({"uuid": UUID} | variables)).encode("utf-8", "surrogatepass")
    raw = raw[:at] + flip + raw[at + len(flip) :]
    (bed.spool / NAME).write_bytes(raw[:cut])
    bed.clock_s = LATER_S
    worker = bed.worker()
    assert worker.work() + worker.counts.bad == 2 and bed.left() == []
    for started, ended in ((row[10], row[13]) for row in bed.rows("calls")):
        assert 0 < started < 5e9 and 0 <= ended < 5e9
    bed.close()


def test_each_bound_is_beyond_a_real_call():
    for path in CDR.glob("*/*.cdr.json"):
        leg = cdr.read(path.read_bytes())
        assert len(leg.apps) * 100 < cdr.MOST_APPS and path.stat().st_size * 100 < LONGEST_BYTES
