"""The example company: it compiles, every number ends well at every hour, and its sample calls go as they say."""

from __future__ import annotations

import importlib.util
import json
import os
import wave
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from routing.compile.build import build, needed
from routing.load.nodes import read
from routing.load.schema import json_schema
from routing.offline.events import ended, longest_silence_ms
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from routing.simulate.schema import schema_of_simulations
from routing.testing.names import Names
from routing.testing.read import checked, files_below
from routing.testing.run import carry
from routing.testing.schema import schema_of_tests

pytestmark = pytest.mark.thorough

HOME = Path(__file__).resolve().parents[2]
SCHEMES = HOME / "schemes"
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
    return release, PublishedRelease(root)


@pytest.fixture(scope="module")
def cases(company):
    names = Names(company[1])
    return names, checked(files_below([SCHEMES]), names)


def test_every_call_of_the_companys_tests_goes_as_it_says(cases):
    names, found = cases
    assert [complaint for case in found for complaint in carry(case, names).complaints()] == []


def test_every_scheme_that_can_be_called_has_a_test_beside_it(company, cases):
    """The two that only `export` and `no_answer`'s callers reach are tested there."""
    folders = {file.relative_to(SCHEMES) for file in SCHEMES.rglob("*.yaml") if "tests:" not in file.read_text("utf-8")}
    schemes = {
        file.stem
        for file in folders
        if file.parts[0] in ("branches", "company") and not file.stem.endswith(".simulate")
    }
    tested = {Path(case.file).name.removesuffix(".test.yaml") for case in cases[1]}
    assert schemes - tested == {"almaty", "warsaw", "no_answer"}
    assert len(cases[1]) >= 60


def tool(name):
    spec = importlib.util.spec_from_file_location(name, HOME / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sample_handlers_name_people_and_schemes_that_there_are(company):
    table = company[1].table
    schemes = {record.scheme for record in company[0].records}
    handler = tool("sample_handler")
    for answer in [*handler.CUSTOMERS.values(), *handler.CHOSEN.values(), *handler.REGIONS.values()]:
        assert answer.get("ring", "ivan") in table["people"]
        assert answer.get("scheme", "kyiv") in schemes
    assert set(tool("ringostat_handler").RESPONSIBLE.values()) <= set(table["accounts"])
    emails = table["emails"]
    managers, campaigns = tool("sample_crm").MANAGERS, tool("sample_crm").CAMPAIGNS
    assert set(campaigns.values()) <= set(managers)
    assert {facts["email"] for who, facts in managers.items() if who not in table["crm"]["clients"]} <= set(emails)


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
            caller = "+380670002001" if record.scheme == "courier_calls" else "+380671234567"
            events = published.run(OfflineCall(number, caller, moment))
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
    events = published.run(OfflineCall("+380800330520", "+380671234567", datetime(2026, 11, 23, 10, 5, tzinfo=KYIV)))
    by_step = [(event.scheme, event.step, event.subject) for event in events if event.kind == "ring"]
    assert len(by_step) == len(set(by_step))


SCHEMAS = {
    "schema.json": json_schema,
    "tests.schema.json": schema_of_tests,
    "simulate.schema.json": schema_of_simulations,
}


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_the_schema_for_editors_is_the_languages_own(name, schema):
    committed = SCHEMES / name
    now = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("ROUTING_GOLDEN"):
        committed.write_text(now, "utf-8")
    assert committed.read_text("utf-8") == now, "make golden writes it anew"


def test_every_file_tells_editors_its_schema():
    for file in SCHEMES.rglob("*.yaml"):
        above = "../" * (len(file.relative_to(SCHEMES).parts) - 1)
        kind = file.name.split(".")[-2] if file.name.count(".") > 1 else ""
        name = {"test": "tests.schema.json", "simulate": "simulate.schema.json"}.get(kind, "schema.json")
        assert file.read_text("utf-8").startswith(f"# yaml-language-server: $schema={above}{name}\n"), file


def test_editors_accept_the_companys_tests():
    accepts = jsonschema.Draft202012Validator(schema_of_tests()).is_valid
    assert [file for file in SCHEMES.rglob("*.test.yaml") if not accepts(read(file.name, file.read_bytes()).data)] == []


def test_the_sounds_are_telephone_sounds_and_few():
    sounds = sorted((SCHEMES / "sounds").glob("*.wav"))
    for file in sounds:
        with wave.open(str(file)) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2), file
    assert sum(file.stat().st_size for file in sounds) < 1_500_000
