"""What begins a recorded talk: the announcement by the client's number, the keys that mask the recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from routing.model.numbers import same_code
from routing.offline.phones import BadBehaviour, parse
from routing.offline.published import PublishedRelease
from routing.testing.cases import read_cases
from routing.testing.kinds import describe, is_kind
from routing.testing.names import Names
from routing.testing.run import carry
from support.folders import HERE, compiled, laid_out

UKRAINE, GERMANY, POLAND, AMERICA, CANADA = (
    "+380671234567",
    "+4930123456",
    "+48501112233",
    "+12125550123",
    "+14165550123",
)
#: The announcement of `good/recording` by the caller's number; greeting.wav is for all others.
HEARD = {
    UKRAINE: "greeting.wav",
    GERMANY: "menu.wav",
    "+49100000": "menu.wav",  # in no plan
    POLAND: "waiting.wav",
    "+4810000000": "waiting.wav",
    AMERICA: "menu.wav",
    CANADA: "greeting.wav",
    "anonymous": "greeting.wav",
}


@dataclass(frozen=True)
class Company:
    """A published folder whose calls can be carried."""

    names: Names
    place: Path

    def carried(self, call: str, phones: str, more: str = ""):
        """Its events."""
        file = self.place / "a.test.yaml"
        file.write_text(
            f"tests:\n  - name: a\n    call: {{{call}, at: '2026-11-23 10:00'}}\n{more}"
            f"    phones: {phones}\n    expect: [{{end: NORMAL_CLEARING}}]\n"
        )
        (case,), problems = read_cases(file)
        assert not problems, problems
        return carry(case, self.names).events


def company(place: Path, **changed: str) -> Company:
    """The folder `good/recording`, with its files changed."""
    schemes, root = laid_out(HERE / "good" / "recording", place / "schemes"), place / "root"
    for name, text in changed.items():
        (schemes / f"{name}.yaml").write_text(text)
    release = compiled(schemes, root)
    (root / "current").symlink_to(f"releases/{release.folder.name}")
    return Company(Names(PublishedRelease(root)), place)


RINGS = """
scheme: a
numbers: ["+380800330521"]
record: both
steps: [{ring: {to: ivan.mobile, whisper: menu.wav}}, hangup]
"""


@pytest.fixture(scope="module")
def rings(tmp_path_factory) -> Company:
    return company(tmp_path_factory.mktemp("rings"), a=RINGS)


def heard(events, *kinds: str) -> list[tuple[str, str]]:
    return [(event.kind, event.subject.rpartition("/")[2]) for event in events if event.kind in kinds]


@pytest.mark.parametrize("caller", HEARD)
def test_the_announcement_is_chosen_by_the_callers_number(rings: Company, caller: str) -> None:
    events = rings.carried(f"to: '0800330521', from: '{caller}'", "{ivan.mobile: 'answers after 1s, talks 9s'}")
    assert heard(events, "talk", "play", "whisper", "record")[1:4] == [
        ("whisper", HEARD[caller]), ("whisper", "menu.wav"), ("play", HEARD[caller]),
    ]  # fmt: skip
    assert heard(events, "play", "record")[1][0] == "record"


def test_nothing_is_announced_where_the_caller_has_heard_it(tmp_path: Path) -> None:
    played = company(tmp_path)
    events = played.carried(f"to: '0800330521', from: '{UKRAINE}'", "{ivan.desk: 'answers after 1s, talks 9s'}")
    assert heard(events, "play", "whisper", "talk") == [("play", "greeting.wav"), ("talk", "ivan.desk")]


def test_a_client_who_hangs_up_during_the_announcement_is_not_recorded(rings: Company) -> None:
    call = f"to: '0800330521', from: '{UKRAINE}'"
    events = rings.carried(call, "{ivan.mobile: 'answers after 1s, talks 100ms'}")
    assert ("talk", "ivan.mobile") in heard(events, "talk")


@pytest.mark.parametrize(
    ("pressed", "masked"),
    [
        ("presses *5 after 4s", ["on"]),
        ("presses *5 after 4s, presses *5 after 6s", ["on", "off"]),
        ("presses *6 after 4s", []),
        ("presses *5 after 100ms", []),  # before the recording
    ],
)
def test_the_persons_keys_mask_and_unmask(rings: Company, pressed: str, masked: list[str]) -> None:
    events = rings.carried(
        f"to: '0800330521', from: '{UKRAINE}'", f"{{ivan.mobile: 'answers after 1s, {pressed}, talks 9s'}}"
    )
    assert [event.detail for event in events if event.kind == "mask"] == masked


def test_the_callers_keys_mask_nothing(rings: Company) -> None:
    events = rings.carried(
        f"to: '0800330521', from: '{UKRAINE}'",
        "{ivan.mobile: 'answers after 1s, talks 9s'}",
        "    caller: {presses: {'*': 5s, '5': 6s}}\n",
    )
    assert heard(events, "mask") == []


@pytest.mark.parametrize("first", ["person", "client"])
def test_a_callback_announces_to_both(rings: Company, first: str) -> None:
    events = rings.carried(
        f"to: '0800330521', from: '{UKRAINE}', callback: {first}",
        "{ivan.mobile: 'answers after 1s, never hangs up', "
        f"'{UKRAINE}': 'answers after 1s, confirms after 1s, talks 9s'}}",
    )
    assert ("play", "greeting.wav") in heard(events, "play")
    assert ("whisper", "greeting.wav") in heard(events, "whisper")
    assert len(heard(events, "record")) == 1


@pytest.mark.parametrize(
    "behaviour", ["answers, presses after 3s", "answers, presses x after 3s", "answers, presses 5"]
)
def test_what_is_no_key_is_refused(behaviour: str) -> None:
    with pytest.raises(BadBehaviour, match="presses"):
        parse(behaviour)


def test_countries_that_share_a_code() -> None:
    assert set(same_code("KZ")) == {"RU", "KZ"}
    assert same_code("UA") == ("UA",)


BY_KEY = """
scheme: a
numbers: ["+380800330521"]
steps: [{ring: {to: ivan.mobile}}, hangup]
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Company:
    project = (HERE / "good/recording/company.yaml").read_text()
    with_key = project.replace('record_pause: "*5"', 'record_pause: "*5"\n  record_key: "*1"')
    return company(tmp_path_factory.mktemp("asked"), a=BY_KEY, company=with_key)


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        ("presses *1 after 2s", ["begins"]),
        ("presses *1 after 2s, presses *1 after 9s", ["begins", "ends"]),
        ("presses *1 after 2s, presses *5 after 9s, presses *1 after 10s, presses *1 after 11s",
         ["begins", "masked", "ends", "begins", "masked"]),
        ("presses *5 after 2s", []),
    ],
)  # fmt: skip
def test_the_persons_keys_begin_and_end_a_recording(asked: Company, pressed: str, expected: list[str]) -> None:
    events = asked.carried(
        f"to: '0800330521', from: '{GERMANY}'", f"{{ivan.mobile: 'answers after 1s, {pressed}, talks 20s'}}"
    )
    assert [describe(event, "recording") for event in events if is_kind(event, "recording")] == expected
    announced = [("whisper", "menu.wav"), ("play", "menu.wav")]
    assert heard(events, "whisper", "play") == (announced if "begins" in expected else [])


ROOM = """
scheme: a
numbers: ["+380800330521"]
record: %s
steps: [{conference: {room: talks, people: ivan.mobile, alone: 30s}}, hangup]
"""


@pytest.mark.parametrize(("sides", "sounds"), [("both", 2), ("no", 0)])
def test_whom_a_recorded_room_invites_hears_the_announcement(tmp_path, sides: str, sounds: int) -> None:
    room = company(tmp_path, a=ROOM % sides)
    phones = "{ivan.mobile: 'answers after 1s, confirms after 1s, talks 9s'}"
    events = room.carried(f"to: '0800330521', from: '{UKRAINE}'", phones)
    assert ("talk", "ivan.mobile") in heard(events, "talk")
    assert len(heard(events, "whisper", "play")) == sounds
