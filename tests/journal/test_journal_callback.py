"""The one call of a callback, from the files that FreeSWITCH wrote of its legs, in whatever order they come."""

from pathlib import Path

import pytest

from routing.journal import callback
from routing.journal.cdr import App, Cdr
from routing.journal.drafts import drafts
from routing.journal.executed import step
from routing.journal.gather import Gatherer
from routing.journal.parse import ParseContext
from routing.journal.spool import Spool
from routing.model.callback_call import CALL_OF, UNHEARD
from routing.model.callback_causes import NOBODY
from support.journal_bed import Fuse, Killed

CASES = Path(__file__).parent / "callback_cdr"
CLIENT = "+380671234567"
#: Case -> status, cause of the attempt, person, whether each leg's phone was picked up and talked.
EXPECTED = {
    "person_first": ("answered", "NORMAL_CLEARING", "support", [("support.desk", True, True), (CLIENT, True, True)]),
    "rated": ("answered", "NORMAL_CLEARING", "support", [("support.desk", True, True), (CLIENT, True, True)]),
    "rated_sent_on": (
        "answered", "NORMAL_CLEARING", "support",
        [("support.desk", True, True), (CLIENT, True, True), ("store.desk", True, True)],
    ),
    "sent_on": (
        "answered", "NORMAL_CLEARING", "support",
        [("support.desk", True, True), (CLIENT, True, True), ("store.desk", True, True)],
    ),
    "client_busy": (
        "no answer from a customer", "USER_BUSY", "support", [("support.desk", True, False), (CLIENT, False, False)],
    ),
    "nobody_takes_it": ("failed", NOBODY, "", [("sales.desk", False, False), ("support.desk", False, False)]),
    "client_first": ("answered", "NORMAL_CLEARING", "support", [(CLIENT, True, True), ("support.desk", True, True)]),
    "machine": ("no answer from a customer", "NO_ANSWER", "", [(CLIENT, True, False)]),
    "forbidden": ("forbidden destination", "OUTGOING_CALL_BARRED", "", []),
}  # fmt: skip
#: Cases of which two legs have the file of an A-leg.
PARTED = ("person_first", "client_busy", "client_first")


def gathering(place):
    return Gatherer(Spool(place), ParseContext(), lambda *_, **__: None, lambda: 2e9)


def nobodys(case):
    """The uuid of nobody's leg: its file names no parent."""
    gatherer = gathering(CASES / case)
    legs = (gatherer.leg(name.name) for name in (CASES / case).glob("a_*"))
    return next(leg.uuid for leg in legs if callback.is_nobodys(leg))


@pytest.mark.parametrize("case", EXPECTED)
def test_it_is_one_call_with_both_sides(case):
    found = gathering(CASES / case).call(nobodys(case))
    status, cause, person, legs = EXPECTED[case]
    assert sorted(found.files) == sorted(file.name for file in (CASES / case).iterdir())
    assert (found.call.direction, found.call.status, found.call.person) == ("callback", status, person)
    assert callback.cause(found.call) == cause
    assert [(leg.target, leg.picked_up, leg.talk_s > 0) for leg in found.call.legs] == legs
    assert (found.call.talk_s > 0) == (status == "answered")
    assert found.call.started <= (found.call.bridged or found.call.ended) <= found.call.ended
    assert not found.goes_on


@pytest.mark.parametrize("case", PARTED)
def test_the_leg_that_went_on_is_no_call_of_its_own(case):
    (other,) = {file.name[2:38] for file in (CASES / case).glob("a_*")} - {nobodys(case)}
    assert gathering(CASES / case).call(other) is None


@pytest.mark.parametrize("case", PARTED)
def test_it_waits_for_the_talk_that_goes_on(case, tmp_path):
    gatherer = gathering(tmp_path)
    gatherer.now = lambda: (tmp_path / f"a_{nobodys(case)}.cdr.json").stat().st_mtime + 3600
    other = next(file for file in (CASES / case).glob("a_*") if nobodys(case) not in file.name)
    for file in (CASES / case).iterdir():
        if file != other:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert gatherer.call(nobodys(case)) is None
    (tmp_path / other.name).write_bytes(other.read_bytes())
    assert gatherer.call(nobodys(case)).call.legs


def test_a_talk_whose_file_never_comes_is_given_up(tmp_path):
    """The switch was killed during the talk: nobody's leg had ended before."""
    uuid = nobodys("person_first")
    (tmp_path / f"a_{uuid}.cdr.json").write_bytes((CASES / "person_first" / f"a_{uuid}.cdr.json").read_bytes())
    call = gathering(tmp_path).call(uuid).call
    assert (call.status, callback.cause(call), call.talk_s) == ("failed", NOBODY, 0.0)


@pytest.mark.parametrize(("case", "rating"), [("rated", (4, "support")), ("rated_sent_on", (4, "store"))])
def test_the_client_rates_the_last_person_of_the_company(case, rating):
    call = gathering(CASES / case).call(nobodys(case)).call
    assert (call.rating, call.rated_person) == rating
    assert [step.outcome for step in call.steps if step.kind == "rate"] == ["for after the talk", "rated 4"]
    assert 0 < call.talk_s < call.rating_requested - call.bridged + 0.1 < call.ended - call.bridged


@pytest.mark.parametrize(
    ("case", "who"),
    [("person_first", "caller"), ("rated", "person"), ("rated_sent_on", "person"), ("sent_on", "caller")],
)
def test_the_client_is_the_caller_of_it_whoever_hangs_up(case, who):
    assert gathering(CASES / case).call(nobodys(case)).call.ended_by == who


@pytest.mark.parametrize("case", ["rated", "rated_sent_on", "sent_on"])
def test_it_waits_for_a_client_who_goes_on_after_the_talk_with_the_person(case, tmp_path):
    gatherer, files = gathering(tmp_path), sorted((CASES / case).iterdir())
    gatherer.now = lambda: files[0].stat().st_mtime + 3600
    (last,) = (file for file in files if gathering(CASES / case).leg(file.name).get(CALL_OF) and file.name[:2] == "a_")
    for file in files:
        if file != last:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert [gatherer.call(file.name[2:38]) for file in files if file.name[:2] == "a_" and file != last] == [None, None]
    (tmp_path / last.name).write_bytes(last.read_bytes())
    assert gatherer.call(last.name[2:38]) is None
    assert len(gatherer.call(nobodys(case)).files) == len(files)


@pytest.mark.thorough
def test_the_result_is_given_wherever_the_journal_is_killed(make_bed):
    """At least once, and the first one, which counts, is the right one."""
    left, killed = 0, True
    while killed:
        bed, results = make_bed(), []
        for file in (file for case in EXPECTED for file in (CASES / case).iterdir()):
            (bed.spool / file.name).write_bytes(file.read_bytes())
        bed.clock_s = 200.0
        try:
            bed.worker(Fuse(left), recorded=results.extend).work()
            killed = False
        except Killed:
            bed.worker(recorded=results.extend).work()
        first = {call.id: callback.cause(call) for call in reversed(results)}
        assert first == {nobodys(case): cause for case, (_, cause, *_) in EXPECTED.items()}
        assert len(bed.journal()["calls"]) == len(EXPECTED)
        assert not bed.left()
        left += 1
    assert left > len(EXPECTED)


def test_a_voicemail_that_a_callback_passes_by_has_no_box():
    app = App("multiset", "^^|routing_kind=voicemail|routing_step=2", "1000000")
    nobody = Cdr("a_uuid", {UNHEARD: "true", "end_uepoch": "2000000"}, (app,))
    (draft, *_), _ = drafts(nobody)
    found = step(0, draft, [], nobody)
    assert (found.inputs, found.outcome) == ("", "passed by: nobody is on the line yet")
