"""The example company: it compiles, every number ends well at every hour, and its sample calls go as they say."""

from __future__ import annotations

import importlib.util
import json
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from routing.compile.build import build, needed
from routing.decide.verdict import Answer, Failure
from routing.load.schema import json_schema
from routing.offline.answering import InProcess
from routing.offline.decider import Refused, Silent
from routing.offline.events import ended, longest_silence_ms
from routing.offline.published import Published
from routing.offline.switch import Call
from routing.testing.cases import read_samples
from routing.testing.expect import judge, settled

HOME = Path(__file__).resolve().parents[2]
SCHEMES = HOME / "schemes"
SAMPLES = read_samples(SCHEMES / "company.test.yaml")
KYIV = ZoneInfo("Europe/Kyiv")
BRANCHES = {
    "kyiv", "kharkiv", "lviv", "odesa", "dnipro", "zaporizhzhia", "vinnytsia", "poltava", "chernihiv", "rivne",
    "ivano_frankivsk",
}  # fmt: skip
#: A working morning, lunch, evening, night, Sunday, Christmas, the last day of the year.
MOMENTS = (
    "2026-11-23 10:05", "2026-11-23 13:30", "2026-11-23 19:00", "2026-11-24 03:00", "2026-11-29 12:00",
    "2026-12-25 11:00", "2026-12-31 13:59",
)  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    root = tmp_path_factory.mktemp("company")
    known = {need.name: f"value-of-{need.name}" for need in needed(SCHEMES)}
    release = build(SCHEMES, root, lambda where: known)
    (root / "current").symlink_to(release.folder)
    return release, Published(root)


def tool(name):
    spec = importlib.util.spec_from_file_location(name, HOME / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def handler(step, call):
    """What the sample handlers answer, without their servers."""
    if step["form"] == "ringostat":
        account = tool("ringostat_handler").RESPONSIBLE.get(call.caller.removeprefix("+"))
        return Answer(200 if account else 404, "", json.dumps({"manager": account}).encode()), 10
    said = tool("sample_handler").answer({"caller": call.caller})
    return Answer(200, "application/json", json.dumps(said).encode()), 10


def late(step, call):
    return Failure("no answer within 2 s"), 2000


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_call_goes_as_it_says(sample, company):
    _, published = company
    deciders = {"killed": lambda *_: Refused(), "frozen": lambda *_: Silent()}
    decider = deciders.get(sample.engine) or InProcess(published.files, late if sample.handler == "frozen" else handler)
    call = sample.made("5d8f4a0e-0000-4000-8000-000000000001", published.timezone, published.country)
    events = published.run(call, sample.ringing(), sample.dialling(), decider)
    assert judge(settled(events), sample.wanted) == []


def test_eleven_branches_have_a_free_number_and_one_of_their_city(company):
    release, _ = company
    numbers = {record.scheme: [pays for _, pays, _ in record.numbers] for record in release.records}
    assert {scheme for scheme in numbers if sorted(numbers[scheme]) == [False, True]} == BRANCHES


@pytest.mark.parametrize("at", MOMENTS)
def test_nobody_answers_and_still_every_caller_reaches_a_voicemail(company, at):
    """At any hour, with a dead engine; no free number is answered before its voicemail, and nobody waits in silence."""
    release, published = company
    for record in release.records:
        for number, pays, _ in record.numbers:
            moment = datetime.fromisoformat(at).replace(tzinfo=KYIV)
            events = published.run(Call(number, "+380671234567", moment))
            kinds = [event.kind for event in events]
            assert "error" not in kinds, (number, events)
            assert "voicemail" in kinds, number
            if not pays:
                told = next(event.at_ms for event in events if event.kind == "answered")
                box = next(index for index, event in enumerate(events) if "routing_end=voicemail" in event.subject)
                assert told >= events[box].at_ms
            begun = next(event.at_ms for event in events if event.kind == "record")
            assert begun <= (release.longest[record.scheme] + 10) * 1000
            assert longest_silence_ms(events) <= 6000  # a menu waits five seconds for a key
            assert ended(events).subject == "NORMAL_CLEARING"


def test_nobody_reaches_a_person_by_two_roads_at_once(company):
    """No phone is rung twice by one step, whatever groups it is in."""
    _, published = company
    events = published.run(Call("+380800330520", "+380671234567", datetime(2026, 11, 23, 10, 5, tzinfo=KYIV)))
    by_step = [(event.scheme, event.step, event.subject) for event in events if event.kind == "ring"]
    assert len(by_step) == len(set(by_step))


def test_the_schema_for_editors_is_the_languages_own():
    committed = SCHEMES / "schema.json"
    now = json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("ROUTING_GOLDEN"):
        committed.write_text(now, "utf-8")
    assert committed.read_text("utf-8") == now, "make golden writes it anew"


def test_every_scheme_file_tells_editors_its_schema():
    for file in SCHEMES.rglob("*.yaml"):
        if not file.name.endswith(".test.yaml"):
            depth = len(file.relative_to(SCHEMES).parts) - 1
            modeline = f"# yaml-language-server: $schema={'../' * depth}schema.json\n"
            assert file.read_text("utf-8").startswith(modeline), file


def test_the_sounds_are_telephone_sounds_and_few():
    import wave

    sounds = sorted((SCHEMES / "sounds").glob("*.wav"))
    for file in sounds:
        with wave.open(str(file)) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2), file
    assert sum(file.stat().st_size for file in sounds) < 1_500_000
