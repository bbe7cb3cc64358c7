"""A month of simulated calls: the schemes' own calls, written into a journal as if a node had carried them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.cli.opened import AnySecret
from routing.compile.build import build
from routing.desk.sentences import translated
from routing.desk.texts import Texts
from routing.journal import query, store
from routing.journal.database import opened_database
from routing.journal.explain import explain, reason_of
from routing.journal.query import CallFilter
from routing.journal.record import CallRecord
from routing.release import publish as publishing
from routing.sample.company import HEARD_DAYS, SampleSize, days_of
from routing.sample.node import SampleNode
from support.desk_bed import TABLE, DeskBed

SCHEMES = {
    "project.yaml": """
project: {name: shop, timezone: Europe/Kyiv, country: UA, destinations: [UA]}
gateways: {trunk: {proxy: sip.example.com, numbers: ["+380441230001"]}}
calendars: {office: {open: {mon-sat: "08:00-20:00"}}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}, mobile: {number: "+380500000001", confirm: "1"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
""",
    "shop.yaml": """
scheme: shop
numbers: ["+380441230001", "+380441230002"]
hours: office
steps:
  - hours: {closed: [{voicemail: {box: night, notify: ivan@example.com}}]}
  - ring: {to: [ivan.desk, olena], for: 20s}
  - ring: {to: ivan.mobile, for: 20s}
  - voicemail: {box: day, notify: ivan@example.com}
""",
}
#: A Saturday evening in Kyiv.
UNTIL = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
SIZE = SampleSize(days=6, a_day=40)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    schemes = folder / "schemes"
    schemes.mkdir()
    for name, text in SCHEMES.items():
        (schemes / name).write_text(text)
    root = folder / "root"
    (root / "current").symlink_to(build(schemes, root, lambda where: AnySecret()).folder)
    return root


@pytest.fixture(scope="module")
def records(root: Path) -> list[CallRecord]:
    return [each for day in days_of(root, SIZE, UNTIL) for each in day]


def test_the_same_seed_makes_the_same_month(root: Path, records: list[CallRecord]) -> None:
    assert [each for day in days_of(root, SIZE, UNTIL) for each in day] == records
    other = [each for day in days_of(root, SampleSize(6, 40, 2), UNTIL) for each in day]
    assert other != records


def test_calls_come_in_working_hours_of_the_last_days_and_are_over(records: list[CallRecord]) -> None:
    assert 150 < len(records) < 400
    assert len({each.id for each in records}) == len(records)
    assert all(UNTIL.timestamp() - 6 * 86400 < each.started <= each.ended <= UNTIL.timestamp() for each in records)
    hours = Counter(datetime.fromtimestamp(each.started, UTC).hour for each in records)
    assert hours[9] > 5 * hours[2]


def test_a_call_has_the_journals_facts(records: list[CallRecord]) -> None:
    statuses = Counter(each.status for each in records)
    assert statuses["answered"] > statuses["no answer"] > 0
    assert statuses["voicemail"] > 0
    answered = next(each for each in records if each.status == "answered" and each.direction == "in")
    assert answered.person in ("ivan", "olena") and answered.target.startswith(answered.person)
    assert answered.number in ("+380441230001", "+380441230002") and answered.schemes == ("shop",)
    assert answered.started < answered.bridged < answered.ended and answered.talk_s > 0
    assert answered.wait_s == pytest.approx(answered.bridged - answered.started)
    assert answered.steps[0].kind == "hours"
    talked = [leg for leg in answered.legs if not leg.why]
    assert [leg.target for leg in talked] == [answered.target] and talked[0].talk_s == pytest.approx(answered.talk_s)
    assert all(leg.step in {step.path for step in answered.steps} for leg in answered.legs)


@pytest.mark.parametrize("language", ["uk", "ru", "pl"])
def test_the_desk_tells_all_of_it_in_its_readers_language(records: list[CallRecord], language: str) -> None:
    sentences = {leg.why for each in records for leg in each.legs}
    for step in (step for each in records for step in each.steps):
        sentences |= {step.inputs, step.outcome, step.decision.replace(":", " "), reason_of(step.verdict)}
    assert len(sentences) > 10
    assert {each for each in sentences if translated(Texts(language, UTC), each).is_english} == set()


def test_a_missed_call_says_why_nobody_talked(records: list[CallRecord]) -> None:
    missed = next(each for each in records if each.status == "no answer")
    assert missed.bridged == 0 and missed.person == "" and missed.wait_s > 0
    assert all(leg.why for leg in missed.legs)


def test_people_call_missed_clients_back(records: list[CallRecord]) -> None:
    out = [each for each in records if each.direction == "out"]
    assert out
    missed = {each.client for each in records if each.status in ("no answer", "voicemail")}
    assert all(each.client in missed and each.person in ("ivan", "olena") for each in out)


def test_talks_of_the_last_days_can_be_heard(records: list[CallRecord]) -> None:
    heard_from = UNTIL.timestamp() - HEARD_DAYS * 86400
    talks = [each for each in records if each.talk_s and each.direction == "in"]
    for each in talks:
        assert bool(each.recording) == (each.started >= heard_from)
        assert not each.recording or (Path(each.recording).stat().st_size > 16_000 and each.id in each.recording)
    assert any(each.recording for each in talks)


def test_the_journal_takes_and_explains_them(records: list[CallRecord], tmp_path: Path) -> None:
    with opened_database(str(tmp_path / "journal.db")) as engine:
        assert store.record(engine, records) == len(records)
        assert len(list(query.find(engine, CallFilter()))) == len(records)
        lines = list(explain(query.call(engine, records[0].id)[0], lambda at: f"{at:.0f}"))
    assert lines[0].startswith(f"call {records[0].id}: ")


def _sample(tmp_path: Path, *options: str) -> Result:
    schemes = tmp_path / "schemes"
    schemes.mkdir(exist_ok=True)
    for name, text in SCHEMES.items():
        (schemes / name).write_text(text)
    return CliRunner().invoke(group, ["sample", str(schemes), "--root", str(tmp_path / "desk"), "--days", "2",
                                      "--a-day", "10", "--only-fill", *options])  # fmt: skip


def test_the_command_makes_its_folder_anew_each_time(tmp_path: Path) -> None:
    first, second = _sample(tmp_path), _sample(tmp_path)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert re.search(r"^\d+ calls? of 2 days in ", second.output, re.MULTILINE)  # few at a weekend
    assert (tmp_path / "desk/current/desk.json").is_file()


def test_a_day_without_calls_is_a_day(tmp_path: Path) -> None:
    sample = _sample(tmp_path, "--a-day", "1")  # the last option holds
    assert sample.exit_code == 0, sample.exception


def test_the_command_spares_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk/journal.db").write_text("mine")
    answer = _sample(tmp_path)
    assert answer.exception is not None and "holds something else than a sample" in str(answer.exception)
    assert (tmp_path / "desk/journal.db").read_text() == "mine"


def test_a_sample_that_was_changed_goes_back_to_its_first_release(tmp_path: Path) -> None:
    assert _sample(tmp_path).exit_code == 0
    root, node = tmp_path / "desk", SampleNode(lambda: 0.0)
    first = publishing.current(root)
    schemes = tmp_path / "schemes"
    (schemes / "shop.yaml").write_text(SCHEMES["shop.yaml"].replace("for: 20s", "for: 25s"))
    (schemes / "project.yaml").write_text(SCHEMES["project.yaml"].replace('"1002"', '"1003"'))
    second = publishing.publish(root, build(schemes, root, lambda where: AnySecret()).name, node)
    assert second.release == publishing.current(root) != first
    assert publishing.rollback(root, node).release == first == publishing.current(root)


def test_what_nobody_can_hear_is_no_sound_of_a_call(records: list[CallRecord]) -> None:
    """Else its client could not be forgotten: the file would be on another machine."""
    assert all(Path(file).is_file() for each in records for file in (each.recording, each.voicemail) if file)


def test_the_desk_plays_the_recordings_of_the_sample(root: Path, records: list[CallRecord], tmp_path: Path) -> None:
    heard = next(each for each in records if each.recording)
    bed = DeskBed(tmp_path, TABLE)
    try:
        store.record(bed.database, [heard])
        visitor = bed.signed_in("nataliia")
        page = visitor.get(f"/calls/{heard.id}").text
        assert "The file is not on this machine" not in page
        assert f"<code>{(root / 'current').resolve().name}</code>" in page
        answer = visitor.get(f"/recordings/{heard.id}")
        assert (answer.status_code, answer.data[:4]) == (200, b"RIFF")
    finally:
        bed.close()


def test_steps_say_what_people_can_read(records: list[CallRecord]) -> None:
    outcomes = {step.outcome for each in records for step in each.steps}
    assert "closed" in outcomes and "recorded" in "; ".join(outcomes)
    assert not any(word in "; ".join(outcomes) for word in ("/recordings", "caller hears", "ring ivan"))
