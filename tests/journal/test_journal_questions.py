"""Lists, filters, one call explained, figures, and how long calls are kept."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import event, update

from routing.cli.calls import calls
from routing.cli.listed import COLUMNS, cells
from routing.journal import query, schema, store
from routing.journal.database import open_database, upgrade
from routing.journal.explain import _why, explain
from routing.journal.metrics import text, write_metrics
from routing.journal.query import CallFilter
from routing.journal.report import report
from routing.journal.retention import Retention
from routing.journal.status import DERIVED, NAMES, STATUSES
from routing.model.keeping import Keeping
from support.empty_journal import make_journal
from support.journal_bed import CDR, Bed, whole

CASES = [path.name for path in sorted(CDR.iterdir())]


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    """A journal with every case in it."""
    folder = tmp_path_factory.mktemp("questions")
    (folder / "spool").mkdir()
    make_journal(folder / "journal.db")
    bed = Bed(folder)
    bed.put(*CASES)
    bed.worker().work()
    yield bed
    bed.close()


def asked(journal, *words):
    result = CliRunner().invoke(calls, [*words, "--database", journal.database, "--timezone", "Europe/Kyiv"])
    assert result.exit_code == 0, result.output
    return result.output


def found(journal, **words):
    return list(query.find(journal.engines[0], CallFilter(**words)))


def test_what_was_recorded_is_what_is_read(journal):
    for case in CASES:
        call = whole(case)
        (read,) = query.call(journal.engines[0], call.id)
        assert read.steps == call.steps and read.legs == call.legs
        assert (read.caller, read.schemes, read.entities) == (call.caller, call.schemes, call.entities)
        assert read.tags == call.tags


def test_filters(journal):
    assert len(found(journal)) == len(CASES) and len(found(journal, limit=3)) == 3
    assert [row["scheme"] for row in found(journal, scheme="order", status="answered", person="taras")] == ["menu"]
    assert {row["number"] for row in found(journal, number="+38080033000")} >= {"+380800330001", "+380800330008"}
    assert {row["direction"] for row in found(journal, caller="+380501110003")} == {"out"}
    assert found(journal, since=2e9) == [] and len(found(journal, until=2e9)) == len(CASES)
    assert found(journal, caller="%") == found(journal, scheme="%") == []
    started = [row["started"] for row in found(journal)]
    assert started == sorted(started, reverse=True)


def test_labels_are_listed_counted_and_told(journal):
    (row,) = found(journal, tag="mobile")
    assert row["tags"] == ["shop", "from_ads", "mobile"]
    assert found(journal, tag="mob") == found(journal, tag="%") == []
    assert json.loads(asked(journal, "--tag", "shop", "--json"))["id"] == row["id"]
    assert json.loads(asked(journal, "--report", "--json"))["tags"]["shop"]["answered"] == 1
    assert "from_ads" in asked(journal, "--report")
    assert "  labels: shop, from_ads, mobile\n" in asked(journal, row["id"])


def test_the_node_that_carried_a_call(bed):
    bed.put("closed", "labelled")
    bed.worker().work()
    with bed.engines[0].begin() as connection:
        connection.execute(update(schema.calls).where(schema.calls.c.tags != "").values(node="kyiv1.example.com"))
    (row,) = found(bed, node="kyiv1.example.com")
    assert row["tags"] and {each["node"] for each in found(bed)} == {"routing", "kyiv1.example.com"}
    assert json.loads(asked(bed, "--node", "routing", "--json"))["node"] == "routing"
    assert "no calls" in asked(bed, "--node", "kyiv")
    assert "  node kyiv1.example.com\n" in asked(bed, row["id"])
    assert "kyiv1.example.com" in asked(bed, "--report")
    assert json.loads(asked(bed, "--report", "--json"))["nodes"]["routing"]["calls"] == 1


def test_list_for_people_and_for_programs(journal):
    listed = asked(journal, "--status", "voicemail")
    assert "+380671230026" in listed and "escalation" in listed and len(listed.splitlines()) == 2
    (row,) = [json.loads(line) for line in asked(journal, "--status", "voicemail", "--json").splitlines()]
    assert row["scheme"] == "escalation" and row["at"].endswith("+00:00")
    assert "no calls" in asked(journal, "--caller", "+999")
    assert len(asked(journal, "--since", "2026-01-01", "--limit", "0").splitlines()) == len(CASES) + 1


def test_one_call_is_told_step_by_step(journal):
    call = whole("webhook_person_silent")
    told = asked(journal, call.id[:12])
    for words in (
        "waited", "talked 1.0 s with danylo.desk", "decided `ring:person:oksana` in",
        "oksana.desk rang 2.", "did not answer (ALLOTTED_TIMEOUT)", "danylo.desk rang 0.5 s, talked",
    ):  # fmt: skip
        assert words in told
    assert json.loads(asked(journal, call.id, "--json"))["legs"][0]["why"] == "did not answer"


def test_a_call_to_a_lent_number_tells_the_visitor_and_where_he_came_from(journal):
    call = whole("lent_number")
    told = asked(journal, call.id)
    assert "visitor: category дренаж і злив, region 521" in told
    assert "source: utm_source google, landing /дренаж/" in told
    read = json.loads(asked(journal, call.id, "--json"))
    assert read["entities"] == {"category": "дренаж і злив", "region": "521"}
    assert read["source"] == {"utm_source": "google", "landing": "/дренаж/"}


@pytest.mark.parametrize("case", CASES)
def test_every_call_can_be_explained(case):
    call = whole(case)
    lines = list(explain(call, lambda at: "then"))
    assert lines[0] == f"call {call.id}: {call.status}"
    assert all(
        sum(leg.target in line and ("rang" in line or "did not ring" in line) for line in lines) for leg in call.legs
    )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["nothing"], "no call begins with `nothing`"),
        (["--since", "yesterday"], "`yesterday` is neither a duration nor a day"),
        (["--database", "mysql://x/y"], "no database `mysql`"),
    ],
)
def test_questions_that_cannot_be_answered(journal, words, problem):
    result = CliRunner().invoke(calls, ["--database", journal.database, *words])
    assert result.exit_code == 1 and problem in str(result.exception)


def test_a_zone_that_is_none_is_wrong_usage(journal):
    result = CliRunner().invoke(calls, ["--database", journal.database, "--timezone", "Mars/Base"])
    assert result.exit_code == 2 and "`Mars/Base` is not a time zone" in result.output


def test_control_characters_do_not_reach_the_terminal(journal):
    bad = CliRunner().invoke(calls, ["x\x1b[2J", "--database", journal.database])
    assert bad.exit_code == 1
    row = found(journal, limit=1)[0] | {"number": "+38\x1b[2J"}
    assert "\x1b" not in "".join(cells(row, None, COLUMNS))


@pytest.mark.parametrize("width", [80, 100, 130])
def test_tables_fit_their_terminal_and_lose_no_call(journal, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = asked(journal, "--limit", "0").splitlines()
    assert max(map(len, lines)) <= width and ("number" in lines[0].split()) is (width >= 100)
    for row in found(journal):
        assert any(row["id"][:8] in line for line in lines)
    assert all(len(line) <= width for line in asked(journal, "--report").splitlines())


def test_no_column_is_lost_to_long_names_of_schemes(journal, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    whole_list = asked(journal, "--limit", "0").splitlines()
    assert whole_list[0].split() == ["when", "id", "caller", "scheme", "status", "person", "talk"]
    (line,) = [line for line in whole_list if "pool_" in line]
    assert "oksana" in line and line.endswith(" s")


def test_figures_of_calls_without_talks_have_no_means(journal):
    shown = asked(journal, "--report", "--status", "rejected")
    assert "0 talks\n" in shown and "person" not in shown
    (line,) = [line for line in shown.splitlines() if line.startswith("match")]
    assert line.split() == ["match", "1", "1", "0", "0%", "0"]


def test_a_decision_is_told_with_its_reason_alone():
    assert [*map(_why, ("decided", "decided owner m1", "failed no answer within 1 s", "late", ""))] == [
        "", " (owner m1)", " (failed: no answer within 1 s)", " (late)", "",
    ]  # fmt: skip


def test_times_carry_their_zone(journal):
    (one,) = found(journal, limit=1)
    for words, said in (("--limit", "1"), "+0545"), ((one["id"],), "+0545"), (("--report",), "hours of Asia/Kathmandu"):
        shown = CliRunner().invoke(calls, [*words, "--database", journal.database, "--timezone", "Asia/Kathmandu"])
        assert said in shown.output
    for said in asked(journal, "--json", "--limit", "1"), asked(journal, "--json", one["id"]):
        told = json.loads(said)
        assert datetime.fromisoformat(told["at"]).timestamp() == pytest.approx(told["started"], abs=0.01)
        assert datetime.fromisoformat(told["ended_at"]).timestamp() == pytest.approx(told["ended"], abs=0.01)


def test_a_journal_is_read_by_whoever_may_not_write_it(journal):
    """Nothing but what is missing is written when it is opened."""
    writes = []
    engine = open_database(journal.database, migrate=False)
    event.listen(engine, "before_cursor_execute", lambda *words: writes.append(words[2]))
    upgrade(engine)
    engine.dispose()
    assert writes and not [sql for sql in writes if sql.split()[0] not in ("BEGIN", "SELECT", "PRAGMA")]


@pytest.mark.parametrize(
    ("content", "problem"), [(b"no database" * 500, "file is not a database"), (None, "no journal here")]
)
def test_what_is_no_journal_is_said(tmp_path, content, problem):
    file = tmp_path / "journal.db"
    if content:
        file.write_bytes(content)
    result = CliRunner().invoke(calls, ["--database", str(file)])
    assert problem in str(result.exception)


def test_figures(journal):
    figures = report(query.find(journal.engines[0], CallFilter()), lambda at: 7)
    total = figures.total
    assert (total.calls, total.incoming) == (len(CASES), len(CASES) - 4) and set(figures.hours) == {7}
    missed = [row for row in found(journal, direction="in") if not row["bridged"] and row["status"] != "rejected"]
    assert total.missed == len(missed) and total.missed_share == len(missed) / total.incoming
    assert figures.people["danylo"].answered == 6 and figures.schemes["desk"].calls == 3
    shown = asked(journal, "--report")
    assert "missed" in shown and "danylo" in shown and "scheme did not work" in shown
    assert json.loads(asked(journal, "--report", "--json"))["total"]["missed"] == total.missed


def test_every_status_is_defined_once():
    assert len(NAMES) == len(set(NAMES)) == len(STATUSES) + len(DERIVED)
    assert all(status.meaning for status in STATUSES)


def again(call, number, after_s, talk_s):
    from dataclasses import replace

    times = {name: getattr(call, name) + after_s for name in ("started", "answered", "bridged", "ended")}
    return replace(call, id=f"{number:08}", talk_s=talk_s, steps=(), legs=(), **times)


def test_repeat_and_proper_calls_are_answered_calls(bed):
    engine, call = bed.worker().engine, whole("talked_and_recorded")
    day = 86400
    store.record(engine, [again(call, 1, 0, 31), again(call, 2, 5 * day, 90), again(call, 3, 40 * day, 5)])
    statuses = [row["status"] for row in query.find(engine, CallFilter())][::-1]
    assert statuses == ["proper", "repeat call", "answered"]
    assert len(list(query.find(engine, CallFilter(status="answered")))) == 3
    assert len(list(query.find(engine, CallFilter(status="repeat call")))) == 1


def test_old_calls_go_with_their_recordings(bed, tmp_path):
    from dataclasses import replace
    from threading import Event

    engine, call = bed.worker().engine, whole("talked_and_recorded")
    sounds = [tmp_path / f"{call.id}.wav", tmp_path / "somebody_elses.wav"]
    for sound in sounds:
        sound.write_bytes(b"sound")
    old = replace(call, recording=str(sounds[0]), voicemail=str(sounds[1]))
    young = again(call, 2, 86400 * 300, 5)
    store.record(engine, [old, young])
    keeper = Retention(lambda: Keeping(365 * 86400))
    assert keeper.apply(engine, call.started + 366 * 86400, Event()) == 1
    assert [row[0] for row in bed.rows("calls")] == [young.id]
    assert bed.rows("steps") == bed.rows("legs") == []
    assert [sound.exists() for sound in sounds] == [False, True]
    assert keeper.apply(engine, call.started + 366 * 86400, Event()) == 0  # not again within the hour


def test_counters_for_prometheus(journal, tmp_path):
    worker = journal.worker()
    worker.after_pass = lambda counts: write_metrics(Path(tmp_path / "journal.prom"), counts)
    worker.work()
    written = (tmp_path / "journal.prom").read_text()
    assert written == text(worker.counts) and "routing_journal_recorded_total 0\n" in written
    assert [path.name for path in tmp_path.iterdir()] == ["journal.prom"]
