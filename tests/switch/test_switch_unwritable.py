"""Where nothing can be written, no folder or a full disk: what callers of a room and a voicemail hear, what is kept."""

import contextlib
from pathlib import Path

import pytest

from routing.journal import query
from routing.journal.database import open_database
from support.journal_bed import LATER_S, Bed
from support.switchbed.disks import fill, small_disk
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import members
from support.switchbed.voices import CLIENT_HZ, PERSON_HZ, hear, offer_to, voice

ROOM, MESSAGE, TALK = "380800330967", "380800330968", "380800330969"
SCHEMES = {
    "room.yaml": f'scheme: room\nnumbers: ["+{ROOM}"]\nrecord: both\n'
    "steps: [{conference: {room: room, people: [store], for: 20s, alone: 20s}}, {hangup: USER_BUSY}]",
    "box.yaml": f'scheme: box\nnumbers: ["+{MESSAGE}"]\nsteps: [{{voicemail: {{box: sales, greeting: short.wav}}}}]',
    "talks.yaml": f'scheme: talks\nnumbers: ["+{TALK}"]\nrecord: both\nsteps: [{{ring: store}}, {{hangup: NO_ANSWER}}]',
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place = tmp_path_factory.mktemp("unwritable")
    running = Lab(place, more={"company.yaml": company_with("record_pause: '*5'"), **SCHEMES})
    (running.switch.home / "recordings").mkdir(exist_ok=True)
    yield running
    running.stop()


@contextlib.contextmanager
def in_the_way(folder):
    """A file where a folder should be."""
    folder.write_text("in the way of the folder")
    yield
    folder.unlink()


@contextlib.contextmanager
def full(folder):
    """A disk on which nothing more fits."""
    with small_disk(folder, 1) as disk:
        fill(disk)
        yield
    folder.rmdir()


@pytest.fixture(params=[in_the_way, full])
def unwritable(request, lab):
    return lambda name: request.param(lab.switch.home / "recordings" / name)


def journal(lab, place, call):
    """What the journal has of a call, which looks at the files themselves."""
    bed = Bed(place)
    bed.spool.mkdir()
    open_database(bed.database).dispose()
    for file in (lab.switch.home / "spool").glob("*.json"):
        (bed.spool / file.name).write_bytes(file.read_bytes())
    bed.clock_s = LATER_S
    for _ in range(3):
        bed.worker(size_of=size_of).work()
    (found,) = query.call(bed.engines[0], lab.record(call)["uuid"])
    return found


def size_of(path):
    """In bytes; 0 where there is none."""
    file = Path(path)
    return file.stat().st_size if file.is_file() else 0


@pytest.mark.parametrize("number", [ROOM, TALK])
def test_a_talk_goes_on_without_its_recording(lab, tmp_path, unwritable, number):
    with unwritable("calls"), lab.phone("2003") as store, lab.caller() as caller:
        call = caller.call(number)
        answer = caller.answered(call)
        assert answer.start == "200"
        rung = store.rung()
        with voice(caller, answer, CLIENT_HZ) as client, voice(store, offer_to(store, rung), PERSON_HZ) as person:
            assert number == TALK or until(lambda: members(lab) == 2)
            assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
            rung.press("*5")
            assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
        rung.hang_up()
        assert until(call.is_over)
        found = journal(lab, tmp_path, call)
    assert lab.quiet()
    assert (found.recording, found.talk_s > 0) == ("", True)


def test_a_message_that_cannot_be_written_ends_the_call_and_is_none(lab, tmp_path, unwritable):
    with unwritable("voicemail"), lab.caller() as caller:
        call = caller.call(MESSAGE)
        answer = caller.answered(call)
        assert answer.start == "200"
        with voice(caller, answer, CLIENT_HZ):
            assert until(call.is_over)  # at the tone: nobody speaks into nothing
        found = journal(lab, tmp_path, call)
    assert (found.status, found.voicemail) == ("no answer", "")
    assert (found.steps[-1].result, found.steps[-1].outcome) == ("no_message", "no message left")
