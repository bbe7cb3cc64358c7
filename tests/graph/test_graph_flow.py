"""The picture says what calls do: every way that a call takes is drawn, and every step is there once."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.cli.opened import opened
from routing.graph.flow import Edge
from routing.graph.read import NoScheme, read_flow
from routing.graph.way import way
from routing.model.problem import Problems
from routing.offline.answering import InProcess, canned
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall
from support.folders import HERE, laid_out
from support.graph_folder import SERVICE, written

MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Kyiv"))
CALLERS = ("+380571112233", "+380671112233", "+48221112233", "+380441112200", "anonymous")
DOES = (
    "no answer",
    "busy",
    "unreachable",
    "answers after 3s",
    "voicemail after 2s",
    "answers after 1s, never confirms",
)
ANSWERS = ('{"ring": "olena"}', '{"scheme": "other"}', '{"continue": true}', "timeout", "refused", "garbage")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="module")
def flow(folder):
    return read_flow(folder, "service")


def edges(flow):
    return {(edge.source, edge.target): edge for edge in flow.edges()}


def carried(published, chance):
    """The events of one call, everything about it left to chance."""
    phones = {name: chance.choice(DOES) for name in ("ivan.desk", "ivan.mobile", "olena.desk")}
    decider = InProcess(
        published.files,
        canned(chance.choice(ANSWERS)),
        past=Remembered(talks={"*": ("olena", "out")} if chance.random() < 0.3 else {}),
    )
    moment = MONDAY + timedelta(minutes=chance.randrange(7 * 24 * 60))
    call = OfflineCall("+380441112233", chance.choice(CALLERS), moment)
    return published.run(
        call, ScriptedPhones.of(phones), ScriptedCaller(chance.choice(("", "1", "2", "3", "*", "7", "11"))), decider
    )


@pytest.mark.thorough
def test_a_call_takes_no_way_that_is_not_drawn(folder, flow):
    known, seen, chance = edges(flow), set(), random.Random(7)
    with opened(folder) as published:
        for _ in range(400):
            seen |= way("service", carried(published, chance), "").pairs
    assert seen <= set(known)
    # and what is drawn is not more than calls do: only two of the ways need a luck that 400 calls do not have
    assert len(set(known) - seen) <= 2


def test_every_step_is_drawn_once(flow):
    paths = [node.path for node in flow.nodes()]
    assert len(paths) == len(set(paths)) == 29


@pytest.mark.parametrize(
    ("source", "target", "label"),
    [
        ("2", "2.closed.1", "closed"),
        ("2", "3", "open"),
        ("2.closed.1", "2.closed.1.1.1", "presses 1"),
        ("2.closed.1.2.1", "2.closed.2", ""),
        ("4.1.2.open.1", "5", "nobody talked"),
        ("4.1.2", "5", "closed, holiday"),
        ("1", "1.2.1", "caller +38057, +38050, +38067"),
    ],
)
def test_a_way_says_when_it_is_taken(flow, source, target, label):
    assert edges(flow)[source, target].label == label


def test_only_the_ways_of_a_silent_engine_are_fallbacks(flow):
    dashed = {(edge.source, edge.target) for edge in flow.edges() if edge.is_fallback}
    assert dashed == {("sticky", "1"), ("3", "4"), ("4.1.1", "4.1.2"), ("5", "6")}


def test_a_box_holds_what_the_author_wrote(flow):
    (ring,) = [node for node in flow.nodes() if node.path == "1.2.1"]
    assert (ring.kind, ring.lines) == ("ring", ("ivan.mobile", "for 15s · label VIP"))
    assert ring.seconds == 23


def test_the_way_of_a_call_has_its_times(folder, flow):
    with opened(folder) as published:
        events = published.run(
            OfflineCall("+380441112233", "+380441112200", MONDAY.replace(hour=20)),
            ScriptedPhones.of({}),
            ScriptedCaller("2"),
        )
    taken = way("service", events, "a call")
    assert taken.reached_ms("2.closed.1.2.1") == 1500
    assert taken.took(Edge("2.closed.1.2.1", "2.closed.2", ""))
    assert not taken.took(Edge("2", "3", "open"))
    assert taken.reached_ms("3") is None


def test_the_projects_stickiness_is_not_asked_of_every_call(flow):
    assert edges(flow)["start", "sticky"].label == "in working hours"
    assert edges(flow)["start", "1"].label == "out of hours, or from another scheme"


def test_a_scheme_that_is_not_there(folder):
    with pytest.raises(NoScheme, match=r"no scheme is called servise .*did you mean"):
        read_flow(folder, "servise")


def test_a_wrong_scheme_tells_its_problems(tmp_path):
    folder = written(tmp_path / "wrong", SERVICE.replace("order: longest_idle", "order: longest"))
    with pytest.raises(Problems, match="order"):
        read_flow(folder, "service")


def test_without_the_engine_who_wants_a_call_back_takes_the_other_way(tmp_path):
    """The step's `otherwise` is the fallback; past it goes only who has an order."""
    flow = read_flow(laid_out(HERE / "good" / "callback", tmp_path / "schemes"), "a")
    ways = {edge.label: (edge.target, edge.is_fallback) for edge in flow.edges() if edge.source == "2"}
    assert ways == {"otherwise": ("2.otherwise.1", True), "ordered": ("3", False)}


def test_a_queue_is_drawn_as_a_step_that_rings_people(tmp_path):
    found = read_flow(laid_out(HERE / "good" / "queue", tmp_path / "schemes"), "a")
    assert [node.family for node in found.nodes() if node.kind == "queue"] == ["rings"]
