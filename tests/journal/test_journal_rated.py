"""Ratings in the journal: the score, whom it is about, the times of the talk before it, and why nobody was asked."""

import json

import pytest
from click.testing import CliRunner

from routing.cli.calls import calls
from routing.journal import query
from routing.journal.database import open_database
from routing.journal.query import CallFilter
from support.journal_bed import LATER_S
from support.set_back import set_back

CALL = "6bf12d6e-4d0a-4b39-9a38-7f5b6a2d1c24"
IVAN, OLENA = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"
BEGAN = 1_795_000_000
DIAL = "{originate_timeout=30}[leg_timeout=20,routing_target=ivan.desk]sofia/internal/1001%127.0.0.1"


def stamp(second):
    return f"{(BEGAN + second) * 1_000_000:.0f}"


def write(bed, name, variables, apps=(), profiles=()):
    """A leg's file; ``profiles``: when each of its profiles was bridged."""
    log = [{"app_name": app, "app_data": data, "app_stamp": stamp(at)} for at, app, data in apps]
    flow = [{"times": {"bridged_time": stamp(at) if at else "0"}} for at in profiles]
    whole = {"switchname": "a", "variables": variables, "app_log": {"applications": log}, "callflow": flow}
    (bed.spool / f"{name}.cdr.json").write_text(json.dumps(whole))


def caller(bed, *asks, ends=60, talked=True, uuid=CALL, **more):
    """The caller's leg: Ivan talks from second 10 to 40, then the question; ``asks``: what the step set and ran."""
    apps = [(0, "set", "routing_scheme=sales")]
    apps += [(0, "multiset", "^^|routing_kind=rate|routing_step=1|routing_rate=1@sales")]
    apps += [(0, "multiset", "^^|routing_kind=ring|routing_step=2"), (0, "bridge", DIAL)]
    apps += [(10, "execute_extension", "1.begins XML:x sales")] if talked else []
    after = "^^|routing_kind=rate|routing_step=1|routing_rate=|routing_rated_leg="
    apps += [(40, "multiset", f"{after}{IVAN}"), *((41, *each) for each in asks)] if asks else []
    facts = {"uuid": uuid, "direction": "inbound", "routing_direction": "in", "routing_caller": "+380671234567"}
    facts |= {"routing_release": "/r/releases/1", "routing_number": "+380800330941", "hangup_cause": "NORMAL_CLEARING"}
    facts |= {"start_uepoch": stamp(0), "answer_uepoch": stamp(10), "end_uepoch": stamp(ends)}
    facts |= {"originated_legs": f"{IVAN};Outbound Call;1001%127.0.0.1"}
    if talked:
        facts |= {"bridge_uuid": IVAN, "bridge_uepoch": "0" if asks else stamp(10)}
        facts |= {"routing_rated_leg": IVAN} if asks else {}
    write(bed, f"a_{uuid}", facts | more, apps, (0, 10) if asks else ())


def person(bed, uuid=IVAN, target="ivan.desk", since=10, until=40, **more):
    facts = {"uuid": uuid, "direction": "outbound", "originator": CALL, "routing_target": target}
    facts |= {"hangup_cause": "NORMAL_CLEARING", "start_uepoch": stamp(2), "progress_uepoch": stamp(2)}
    times = {"answer_uepoch": stamp(since), "bridge_uepoch": stamp(since), "end_uepoch": stamp(until)}
    write(bed, uuid, facts | times | more)


ASKED = ("set", "routing_rate_asked=true")


def recorded(bed):
    bed.clock_s = LATER_S
    bed.worker().work()
    (found,) = query.call(bed.engines[0], CALL)
    return found


def outcomes(call):
    return [step.outcome for step in call.steps if step.kind == "rate"]


def test_a_score_and_the_talk_before_it(bed):
    caller(bed, ASKED, routing_rate_asked="true", routing_rating="4")
    person(bed)
    found = recorded(bed)
    assert (found.rating, found.rated_person, found.rating_requested) == (4, "ivan", BEGAN + 41)
    assert (found.bridged, found.talk_s, found.wait_s, found.ended) == (BEGAN + 10, 30.0, 10.0, BEGAN + 60)
    assert (found.status, found.ended_by, found.person) == ("proper", "person", "ivan")
    assert [step.took_s for step in found.steps if step.kind == "ring"] == [10.0]
    assert outcomes(found) == ["for after the talk", "rated 4"]


def test_without_the_persons_file_the_talk_is_as_long(bed):
    caller(bed, ASKED, routing_rate_asked="true", routing_rating="5")
    found = recorded(bed)
    assert (found.bridged, found.talk_s, found.rating, found.rated_person) == (BEGAN + 10, 30.0, 5, "ivan")


def test_the_score_is_about_who_talked_last(bed):
    legs = f"ARRAY::{IVAN};Outbound Call;1001%127.0.0.1|:{OLENA};Outbound Call;1002%127.0.0.1"
    caller(bed, ASKED, routing_rate_asked="true", routing_rating="1", originated_legs=legs)
    person(bed, until=25)
    person(bed, OLENA, "olena.desk", since=27)
    found = recorded(bed)
    assert (found.person, found.rated_person, found.rating) == ("ivan", "olena", 1)


@pytest.mark.parametrize(
    ("asks", "more", "outcome"),
    [
        ([ASKED], {"routing_rate_asked": "true"}, "nothing pressed"),
        ([ASKED], {"routing_rate_asked": "true", "routing_rating_invalid": "7"}, "wrong keys"),
        ([ASKED], {"routing_rate_asked": "true", "sip_hangup_disposition": "recv_bye"}, "hung up"),
        (
            [("limit", f"hash routing_rated_talk {IVAN} 1/20 1.short XML:x sales"), ("set", "routing_rate_short=true")],
            {"routing_rate_short": "true"},
            "not asked: talked less than 20 s",
        ),
        (
            [("socket", "127.0.0.1:8084 async full"),
             ("multiset", "^^|routing_decision=1:continue|routing_verdict=continued asked 3 d ago, less than 30d")],
            {},
            "not asked: asked 3 d ago, less than 30d",
        ),
        ([("socket", "127.0.0.1:8084 async full")], {}, "not asked: the engine decided nothing in time"),
    ],
)  # fmt: skip
def test_why_there_is_no_score(bed, asks, more, outcome):
    caller(bed, *asks, **more)
    person(bed)
    found = recorded(bed)
    assert (found.rating, outcomes(found)) == (0, ["for after the talk", outcome])
    assert bool(found.rating_requested) is ("routing_rate_asked" in more)


def test_who_was_sent_on_to_an_outside_number_is_not_asked(bed):
    caller(bed, ends=40, routing_with_outside="true")
    person(bed)
    assert outcomes(recorded(bed)) == ["not asked: the last talk was with an outside number"]


def test_who_hangs_up_first_is_not_asked(bed):
    caller(bed, ends=40, sip_hangup_disposition="recv_bye")
    person(bed)
    found = recorded(bed)
    assert (found.ended_by, outcomes(found)) == ("caller", ["not asked: the caller hung up first"])


def test_nobody_talked(bed):
    caller(bed, talked=False, ends=20, hangup_cause="NO_ANSWER")
    found = recorded(bed)
    assert (found.rating_requested, outcomes(found)) == (0.0, ["not asked: nobody talked"])


@pytest.mark.parametrize("score", ["0", "6", "x", "44"])
def test_what_is_no_score_counts_as_none(bed, score):
    caller(bed, ASKED, routing_rate_asked="true", routing_rating=score)
    assert recorded(bed).rating == 0


def test_a_low_score_is_told_to_the_steps_own_recipients(bed):
    low = {"routing_rate_asked": "true", "routing_rating": "1", "routing_rating_low": "true"}
    caller(bed, ASKED, **low, routing_notify="head@example.com")
    assert recorded(bed).notify == ("head@example.com",)


def test_lists_reports_and_explanations(bed):
    caller(bed, ASKED, routing_rate_asked="true", routing_rating="2")
    person(bed)
    recorded(bed)

    def run(*words):
        result = CliRunner().invoke(calls, ["--database", bed.database, "--timezone", "UTC", *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert [len([*query.find(bed.engines[0], CallFilter(rating=each))]) for each in ("2", "rated", "silent", "3")] == [
        1, 1, 0, 0,
    ]  # fmt: skip
    assert CALL[:8] in run("--rating", "2") and CALL[:8] not in run("--rating", "silent")
    assert "rating of ivan: 2, asked at" in run(CALL)
    report = run("--report")
    assert "ratings of" in report and "ivan" in report and "2.0" in report
    line = json.loads(run("--report", "--json"))["people"]["ivan"]
    assert (line["requested"], line["scores"]["2"], line["mean_rating"]) == (1, 1, 2.0)


def reported(bed):
    """What commands list and report of two rated calls and one whose caller said nothing."""
    for uuid, score in ((CALL, "2"), (f"{CALL[:-1]}5", "5"), (f"{CALL[:-1]}6", None)):
        caller(bed, ASKED, uuid=uuid, routing_rate_asked="true", **({"routing_rating": score} if score else {}))
        person(bed, f"{IVAN[:-1]}{uuid[-1]}" if uuid != CALL else IVAN, originator=uuid)
    bed.clock_s = LATER_S
    bed.worker().work()
    found = [(row["id"], row["rating"], row["rated_person"]) for row in query.find(bed.engines[0], CallFilter())]
    by_rating = [len([*query.find(bed.engines[0], CallFilter(rating=each))]) for each in ("2", "5", "rated", "silent")]
    result = CliRunner().invoke(calls, ["--database", bed.database, "--report", "--json"])
    assert result.exit_code == 0, result.output
    return sorted(found), by_rating, json.loads(result.output)


def test_postgresql_has_the_same_ratings_and_reports(make_bed, postgresql):
    sqlite, other = make_bed(), make_bed()
    other.database = postgresql
    open_database(postgresql).dispose()
    found, by_rating, report = reported(sqlite)
    assert [score for _, score, _ in found] == [2, 5, 0] and by_rating == [1, 1, 2, 1]
    assert reported(other) == (found, by_rating, report)


def test_on_postgresql_calls_from_before_ratings_are_kept_and_were_not_asked(make_bed, postgresql):
    bed = make_bed()
    bed.database = postgresql
    open_database(postgresql).dispose()
    caller(bed, ASKED, routing_rate_asked="true", routing_rating="4")
    person(bed)
    assert recorded(bed).rating == 4
    set_back(postgresql, "0023").dispose()
    upgraded = open_database(postgresql)
    (found,) = query.call(upgraded, CALL)
    upgraded.dispose()
    assert (found.rating, found.rated_person, found.talk_s) == (0, "", 30.0)
