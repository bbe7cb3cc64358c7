"""From the INVITE to a scheme's first step: who calls what, by how many files, and what happens without a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from routing.compile.build import Release, build
from routing.compile.numbers import LONGEST_OPENING
from routing.offline.decider import Decider, EngineRefused, Reply, refused
from routing.offline.events import Event, ended, rung
from routing.offline.files import DirectoryFiles
from routing.offline.published import PublishedRelease
from routing.offline.switch import INBOUND, OfflineCall, run
from support.folders import AnyPassword

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NUMBER = "+380800330521"
COMPANY = """\
project: {name: p, timezone: UTC, country: UA, destinations: [UA]}
people: {ivan: {name: I, phones: {desk: {sip: "1001"}}}}
gateways: {main: {proxy: carrier.example, numbers: ["+380800330521"]}}
"""
SCHEME = "scheme: {name}\nnumbers: [{numbers}]\nsteps: [{steps}{{hangup: USER_BUSY}}]\n"


class Bed:
    """A folder of schemes and its root."""

    def __init__(self, path: Path) -> None:
        self.schemes, self.root = path / "schemes", path / "root"
        self.schemes.mkdir()
        (self.schemes / "company.yaml").write_text(COMPANY)

    def scheme(self, name: str, steps: str, *numbers: str) -> None:
        listed = ", ".join(f'"{number}"' for number in numbers)
        (self.schemes / f"{name}.yaml").write_text(SCHEME.format(name=name, numbers=listed, steps=steps))

    def publish(self) -> Release:
        release = build(self.schemes, self.root, lambda _: AnyPassword())
        (self.root / "current").unlink(missing_ok=True)
        (self.root / "current").symlink_to(release.folder)
        return release

    def call(self, number: str = NUMBER, caller: str = "+380671234567", **words: str) -> list[Event]:
        return PublishedRelease(self.root).run(OfflineCall(number, caller, NOON, **words))

    def enter(self, door: str, call: OfflineCall, decider: Decider = refused) -> list[Event]:
        """A call that comes to one front door first."""
        published = PublishedRelease(self.root)
        call = replace(call, dialplan=f"XML:{self.root}/current/{door},{published.entry_dialplan}")
        return run(call, published.files, published.dialplan, decider=decider)


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    made = Bed(tmp_path)
    made.scheme("static", "{ring: ivan}, ", NUMBER)
    return made


def files(release: Release) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (release.folder / "numbers").iterdir()}


def variables(events: list[Event]) -> dict[str, str]:
    pairs = (event.subject.partition("=") for event in events if event.kind == "variable")
    return {name: value for name, _, value in pairs}


def transfers(events: list[Event]) -> list[str]:
    return [event.subject for event in events if event.kind == "transfer"]


def test_a_call_rings_without_a_transfer(bed: Bed) -> None:
    bed.publish()
    events = bed.call()
    assert rung(events) == ["ivan.desk"]
    assert transfers(events) == []
    assert variables(events)["routing_number"] == NUMBER
    assert [event.subject for event in events if event.kind == "step"] == ["1", "2"]


@pytest.mark.parametrize(
    "steps",
    [
        '{webhook: {url: "http://127.0.0.1:9/"}}, ',
        "{ring: {to: ivan, for: 21s}}, " * (LONGEST_OPENING // 80),
    ],
    ids=["asks the engine", "long"],
)  # fmt: skip
def test_what_is_not_plain_or_short_begins_at_the_scheme(bed: Bed, steps: str) -> None:
    bed.scheme("static", steps, NUMBER)
    bed.publish()
    events = bed.call()
    assert transfers(events)[0] == "start static"
    assert ended(events).subject == "USER_BUSY"


def test_a_jump_back_counts_the_beginning_at_the_number(bed: Bed) -> None:
    (bed.schemes / "static.yaml").write_text(
        f'scheme: static\nnumbers: ["{NUMBER}"]\nsteps: [{{ring: ivan}}, {{scheme: static}}]\n'
    )
    bed.publish()
    events = bed.call()
    assert variables(events)["routing_end"] == "too_many_jumps"
    assert len([event for event in events if event.kind == "ring"]) == 10


CALLERS = [
    ("+380671234567", "", {}, "+380671234567", "+380671234567"),
    ("0671234567", "Олег", {}, "+380671234567", "Олег"),
    ("00380671234567", "380671234567", {}, "+380671234567", "+380671234567"),
    ("+380671234567", "Oleh", {"sip_privacy": "none"}, "+380671234567", "Oleh"),
    ("+380671234567", "Oleh", {"sip_privacy": "id"}, "anonymous", "anonymous"),
    ("+380671234567", "", {"sip_privacy": "header;ID"}, "anonymous", "anonymous"),
    ("anonymous", "Oleh", {}, "anonymous", "anonymous"),
    ("+380671234567", "${system(id)}", {}, "+380671234567", "+380671234567"),
    ("${caller_id_name}", "+380671234567", {}, "anonymous", "anonymous"),
    ("+380671234567x", "a' b@/etc", {}, "anonymous", "anonymous"),
    ("+380671234567@x", "Oleh", {}, "+380671234567", "+380671234567"),
    ("+380671234567", "O'Neil@/etc@x", {}, "+380671234567", "+380671234567"),
    ("+380671234567", "a b  c ", {}, "+380671234567", "a b  c "),
    ("+380671234567", "o" * 81, {}, "+380671234567", "+380671234567"),
]


@pytest.mark.parametrize("door", ["unlimited.xml", "entry.xml"])
@pytest.mark.parametrize(("caller", "name", "headers", "known", "shown"), CALLERS)
def test_who_calls_is_what_strict_expressions_captured(
    bed: Bed, door: str, caller: str, name: str, headers: dict[str, str], known: str, shown: str
) -> None:
    asked: dict[str, str] = {}

    def decider(address: str, told: Mapping[str, str], patience_ms: int) -> Reply:
        asked.update(told)
        return EngineRefused()

    bed.scheme("static", '{webhook: {url: "http://127.0.0.1:9/"}}, ', NUMBER)
    bed.publish()
    call = OfflineCall(NUMBER, caller, NOON, name=name, variables=tuple(headers.items()))
    events = bed.enter(door, call, decider)
    assert [event for event in events if event.kind == "error"] == []
    assert asked["routing_caller"] == asked["effective_caller_id_number"] == known
    assert asked["effective_caller_id_name"] == shown


@pytest.mark.parametrize(
    ("country", "caller", "known"),
    [
        ("UA", "0671234567", "+380671234567"),
        ("UA", "380671234567", "+380671234567"),
        ("PL", "48221234567", "+48221234567"),
        ("RU", "84951234567", "+74951234567"),
        ("RU", "74951234567", "+74951234567"),
        ("US", "12125551234", "+12125551234"),
        ("US", "00442071234567", "+442071234567"),
    ],
)
def test_a_national_caller_is_not_taken_for_one_from_abroad(bed: Bed, country: str, caller: str, known: str) -> None:
    company = bed.schemes / "company.yaml"
    company.write_text(COMPANY.replace("country: UA", f"country: {country}"))
    bed.publish()
    assert variables(bed.call(caller=caller))["routing_caller"] == known


def test_a_call_through_the_loaded_dialplan_goes_the_same_way(bed: Bed) -> None:
    bed.publish()
    published = PublishedRelease(bed.root)
    call = OfflineCall(NUMBER, "+380671234567", NOON)
    loaded = run(call, published.files, published.dialplan, globals_={"domain": "phones.invalid"})
    front = run(replace(call, dialplan=published.entry_dialplan), published.files, published.dialplan,
                globals_={"domain": "phones.invalid"})  # fmt: skip
    assert loaded == front
    assert rung(front) == ["ivan.desk"]


def test_without_a_release_that_can_be_read_the_carrier_may_try_elsewhere(bed: Bed) -> None:
    bed.publish()
    published = PublishedRelease(bed.root)
    (bed.root / "current" / "entry.xml").unlink()
    call = OfflineCall(NUMBER, "+380671234567", NOON, dialplan=published.entry_dialplan)
    assert call.context == INBOUND
    assert ended(run(call, DirectoryFiles(bed.root), published.dialplan)).subject == "NORMAL_TEMPORARY_FAILURE"


@pytest.mark.parametrize(
    ("number", "cause"),
    [("+380800339999", "NO_ROUTE_DESTINATION"), ("112", "UNALLOCATED_NUMBER"), ("ivan", "UNALLOCATED_NUMBER")],
)
@pytest.mark.parametrize("door", ["unlimited.xml", "entry.xml"])
def test_a_number_of_nobody_is_told_whose_call_it_was(bed: Bed, door: str, number: str, cause: str) -> None:
    bed.publish()
    events = bed.enter(door, OfflineCall(number, "+380671234567", NOON))
    assert ended(events).subject == cause
    assert variables(events) == {"routing_direction": "in", "routing_caller": "+380671234567"}


def test_only_files_whose_first_steps_changed_are_written_anew(bed: Bed) -> None:
    bed.scheme("other", "{ring: ivan}, ", "+380800330522", "+380800340521")
    before = files(bed.publish())
    bed.scheme("static", "{ring: {to: ivan, for: 30s}}, ", NUMBER)
    after = files(bed.publish())
    assert sorted(name for name in after if after[name] != before[name]) == ["0521.xml"]
    assert b"leg_timeout=30" in after["0521.xml"]
    bed.scheme("other", "{ring: ivan}, ", "+380800330522")
    last = files(bed.publish())
    assert b"380800340521" not in last["0521.xml"]
    assert last["0522.xml"] == after["0522.xml"]
