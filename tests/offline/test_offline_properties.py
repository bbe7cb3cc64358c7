"""Whatever is written and whatever happens: a valid scheme compiles, its plans parse, every call ends once, in time."""

from __future__ import annotations

import json
import wave
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.compile.build import build
from routing.model.entities import Visitor
from routing.offline import crm_answers
from routing.offline.answering import InProcess, canned
from routing.offline.decider import EngineAnswer, EngineClosed, EngineSilent, refused
from routing.offline.events import ended
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall
from support.random_schemes import NUMBER, SCHEMES, SHARED, calls, schemes

pytestmark = pytest.mark.thorough

SECRETS = {f"SIP_PASSWORD_{account}": "x" for account in ("1001", "1002", "1003")}
#: A person or a voicemail is reached; nothing of the scheme may come after it.
REACHED = ("talk", "voicemail")
#: What the printed time runs to.
ARRIVED = ("talk", "record", "end")
#: What a scheme does to reach somebody.
TRYING = {"ring", "play", "digits", "step", "scheme", "decision", "fallback", "confirm", "talk", "voicemail", "record"}
POOL = NUMBER.format(9)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with everything but the schemes."""
    folder = tmp_path_factory.mktemp("random") / "schemes"
    (folder / "sounds").mkdir(parents=True)
    for name, seconds in (("short", 1), ("long", 7)):
        with wave.open(str(folder / "sounds" / f"{name}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(bytes(2 * 8000 * seconds))
    for name, content in SHARED.items():
        (folder / f"{name}.yaml").write_text(json.dumps(content))
    return folder


@settings(max_examples=settings.default.max_examples // 4)
@given(made=schemes(), placed=st.lists(calls(), min_size=4, max_size=4))
def test_a_call_ends_once_and_within_the_printed_time(place, made, placed):
    root = place.parent / "root"
    for name, scheme in made.items():
        (place / f"{name}.yaml").write_text(json.dumps(scheme))
    release = build(place, root, lambda _: SECRETS)
    for path in release.folder.rglob("*.xml"):
        ElementTree.parse(path)
    (root / "current").unlink(missing_ok=True)
    (root / "current").symlink_to(release.folder)
    published = PublishedRelease(root)
    for call in placed:
        events = carried(published, call)
        longest = release.longest["pool_site" if call["to"] == POOL else SCHEMES[int(call["to"][-1])]]
        if any(word in call["webhook"] for word in ('"for"', '"scheme"', '"to"')):
            longest = release.bound
        assert complaints(events, longest) == []


def carried(published, call):
    """One random call."""
    return published.run(
        OfflineCall(call["to"], call["from"], call["at"]),
        ScriptedPhones.of(call["phones"]),
        ScriptedCaller(call["digits"], message_ms=200_000),
        decider(published, call),
    )


def decider(published, call):
    """The engine, or what is wrong with it."""
    broken = {
        "absent": refused,
        "silent": lambda *_: EngineSilent(),
        "closes": lambda *_: EngineClosed(30),
        "nonsense": lambda *_: EngineAnswer.of({"routing_decision": call["nonsense"], "routing_ring_for": "7"}),
    }
    if call["engine"] in broken:
        return broken[call["engine"]]
    remembered = Remembered(
        talks={"*": (call["talk"], "")} if call["talk"] else {}, states={call["busy"]: "busy"} if call["busy"] else {}
    )
    visitor = Visitor({"region": "521"}, {"utm_source": "google"})
    return InProcess(published.files, canned(call["webhook"]), visitor, remembered, crm_answers.answers(call["crm"]))


def complaints(events, longest_s):
    """What is wrong with how a call went."""
    kinds = [event.kind for event in events]
    reached = [place for place, kind in enumerate(kinds) if kind in REACHED]
    arrived = next(event for event in events if event.kind in ARRIVED and not session(event))
    end = ended(events)
    found = [f"{event.kind}: {event.subject}" for event in events if event.kind in ("error", "missing")]
    if kinds.count("end") != 1 or len(reached) > 1:
        found.append(f"ends: {[kinds[place] for place in reached]}, {kinds.count('end')} end")
    tail = [event.kind for event in events[reached[0] + 1 :] if not session(event)] if reached else []
    if late := TRYING & set(tail):
        found.append(f"after the {kinds[reached[0]]}: {sorted(late)}")
    if end.detail in ("no route", "end of the dialplan", "bounds", "too many transfers"):
        found.append(f"fell off: {end.detail}")
    if arrived.at_ms > longest_s * 1000:
        found.append(f"{arrived.kind} after {arrived.at_ms / 1000} s, not within {longest_s} s")
    return found


def session(event):
    """Whether this is the recording of a talk, not of a message."""
    return event.kind == "record" and event.detail == "session"


def test_the_tone_before_a_message_belongs_to_the_printed_time(place):
    steps = [{"ring": {"to": "petro", "for": "1s"}}, {"voicemail": {"box": "office", "greeting": "long.wav"}}]
    for name in SCHEMES:
        (place / f"{name}.yaml").write_text(json.dumps({"scheme": name, "steps": steps, "numbers": []}))
    (place / "alpha.yaml").write_text(json.dumps({"scheme": "alpha", "numbers": NUMBER.format(0), "steps": steps}))
    release = build(place, place.parent / "root", lambda _: SECRETS)
    assert release.longest["alpha"] == 1 + 7 + 0.5
