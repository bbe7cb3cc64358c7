"""Sound files encrypted at rest: none is lost when killed anywhere, on full disks, by two workers, with wrong keys."""

import contextlib
import io
import os
import subprocess
import sys
import threading
from pathlib import Path
from threading import Event

import pyrage
import pytest
from sqlalchemy import text

from routing.journal import sealed, sound, store
from routing.recorder.sealing import LOGGED_SECONDS, Sealing

NOW = 1_800_000_000.0
SOUND = os.urandom(200_000)
PUBLIC, PRIVATE = sealed.new_pair()
NEXT_PUBLIC, NEXT_PRIVATE = sealed.new_pair()
SECRETS = {"RECORDING_KEY_Y2026": PUBLIC, "RECORDING_KEY_Y2027": NEXT_PUBLIC}


def keys(*names):
    return sealed.recipients(names or ("y2026",), SECRETS)


def private(*values):
    return sealed.identities({f"RECORDING_IDENTITY_{at}": value for at, value in enumerate(values)})


def heard(path, *values):
    """What the encrypted file holds, with these private keys."""
    with open(f"{path}.age", "rb") as file, os.fdopen(sealed.opened(file, private(*values)), "rb") as clear:
        return clear.read()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "calls" / "call0001.wav"
    file.parent.mkdir()
    file.write_bytes(SOUND)
    return str(file)


def names(path):
    return sorted(os.listdir(os.path.dirname(path)))


def test_a_file_is_encrypted_and_no_clear_one_stays(path):
    assert sealed.seal(path, keys())
    assert names(path) == ["call0001.wav.age"]
    assert heard(path, PRIVATE) == SOUND
    assert SOUND[:64] not in Path(f"{path}.age").read_bytes()
    assert not sealed.seal(path, keys())


def test_old_keys_read_old_files_and_every_key_reads_what_was_written_for_several(path):
    sealed.seal(path, keys("y2026", "y2027"))
    assert heard(path, PRIVATE) == heard(path, NEXT_PRIVATE) == SOUND
    Path(path).write_bytes(SOUND)
    sealed.seal(path, keys("y2027"))
    assert heard(path, PRIVATE, NEXT_PRIVATE) == SOUND


@pytest.mark.parametrize("values", [(), (NEXT_PRIVATE,)])
def test_a_lost_key_is_said(path, values):
    sealed.seal(path, keys())
    with pytest.raises(sealed.Locked, match="private key"):
        heard(path, *values)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "html"])
def test_a_damaged_file_is_not_taken_for_sound(path, damage):
    sealed.seal(path, keys())
    content = bytearray(Path(f"{path}.age").read_bytes())
    content[len(content) // 2] ^= 1
    whole = Path(f"{path}.age").read_bytes()
    found = {"cut": whole[:-40], "changed": bytes(content), "empty": b"", "html": b"<html></html>"}[damage]
    Path(f"{path}.age").write_bytes(found)
    with pytest.raises(sealed.Locked):
        heard(path, PRIVATE)


@pytest.mark.parametrize(
    ("secrets", "complaint"),
    [
        ({}, "the secret RECORDING_KEY_Y2026 is not set"),
        ({"RECORDING_KEY_Y2026": "hello"}, "is no public key of age"),
        ({"RECORDING_KEY_Y2026": PRIVATE}, "it is a private key: only the desk needs it"),
        ({"RECORDING_KEY_Y2026": "age1" + "x" * 10_000}, "is no public key of age"),
    ],
)
def test_a_key_that_is_none(secrets, complaint):
    with pytest.raises(sealed.KeyFault, match=complaint) as raised:
        sealed.recipients(["y2026"], secrets)
    assert not any(value in str(raised.value) for value in secrets.values())


def test_a_private_key_that_is_none():
    with pytest.raises(sealed.KeyFault, match="RECORDING_IDENTITY_0 is no private key"):
        private(PUBLIC)


STEPS = ("open", "write", "fsync", "rename", "fsync folder", "unlink", "fsync again")


@pytest.mark.parametrize("step", range(len(STEPS)), ids=STEPS)
def test_killed_at_every_step(path, monkeypatch, step):
    """At no step is the sound lost, or a clear file beside an encrypted one after the next pass."""
    reached = iter(range(100))
    calls = {name: getattr(os, name) for name in ("fsync", "rename", "unlink")}

    def killing(name, function):
        def run(*arguments, **words):
            if next(reached) == step:
                raise KeyboardInterrupt
            return function(*arguments, **words)

        return run

    monkeypatch.setattr(sealed.pyrage, "encrypt_io", killing("write", pyrage.encrypt_io))
    for name, function in calls.items():
        monkeypatch.setattr(sealed.os, name, killing(name, function))
    with contextlib.suppress(KeyboardInterrupt):
        sealed.seal(path, keys())
    monkeypatch.undo()
    clear = Path(path).read_bytes() if os.path.exists(path) else b""
    assert clear == SOUND or heard(path, PRIVATE) == SOUND
    sealed.seal(path, keys())
    assert heard(path, PRIVATE) == SOUND
    assert names(path) == ["call0001.wav.age"]


def test_killed_for_good_leaves_what_is_encrypted_and_the_next_pass_removes_it(path, tmp_path):
    """A process that dies at once: its unfinished file stays for an hour."""
    program = (
        "import os, pyrage, sys; from routing.journal import sealed\n"
        "sealed._sync = lambda folder: os.kill(os.getpid(), 9)\n"
        "whole = pyrage.encrypt_io\n"
        "def half(reader, writer, keys):\n"
        "    whole(reader, writer, keys); writer.flush(); os.kill(os.getpid(), 9)\n"
        "if sys.argv[3] == 'writing': pyrage.encrypt_io = half\n"
        "sealed.seal(sys.argv[1], sealed.recipients(['a'], {'RECORDING_KEY_A': sys.argv[2]}))\n"
    )
    for moment in ("writing", "renamed"):
        done = subprocess.run([sys.executable, "-c", program, path, PUBLIC, moment], capture_output=True)
        assert done.returncode == -9, done.stderr
        assert Path(path).read_bytes() == SOUND
    left = [name for name in names(path) if name.endswith(".sealing")]
    assert len(left) == 1
    os.utime(os.path.join(os.path.dirname(path), left[0]), (0, 0))
    assert sealed.seal(path, keys())
    assert names(path) == ["call0001.wav.age"]
    assert heard(path, PRIVATE) == SOUND


def test_a_disk_that_is_full(path):
    program = (
        "import resource, signal, sys; from routing.journal import sealed\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try: sealed.seal(sys.argv[1], sealed.recipients(['a'], {'RECORDING_KEY_A': sys.argv[2]}))\n"
        "except OSError as problem: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, path, PUBLIC], capture_output=True, text=True)
    assert done.stdout == "refused\n", done.stderr
    assert names(path) == ["call0001.wav"]
    assert Path(path).read_bytes() == SOUND


def test_two_workers_at_once(path):
    problems = []

    def work():
        try:
            sealed.seal(path, keys())
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert names(path) == ["call0001.wav.age"]
    assert heard(path, PRIVATE) == SOUND


def test_a_file_that_is_still_written_stays(path, monkeypatch):
    def slowly(reader, writer, keys):
        pyrage.encrypt_io(reader, writer, keys)
        with open(path, "ab") as more:
            more.write(b"more")

    monkeypatch.setattr(sealed, "pyrage", type("P", (), {"encrypt_io": staticmethod(slowly), "x25519": pyrage.x25519}))
    with pytest.raises(OSError, match="still being written"):
        sealed.seal(path, [pyrage.x25519.Recipient.from_str(PUBLIC)])
    assert names(path) == ["call0001.wav"]


@pytest.mark.parametrize("what", ["link", "folder", "pipe"])
def test_what_is_no_file_stays(path, tmp_path, what):
    os.unlink(path)
    other = tmp_path / "other"
    other.write_bytes(b"of somebody else")
    {"link": lambda: os.symlink(other, path), "folder": lambda: os.mkdir(path), "pipe": lambda: os.mkfifo(path)}[what]()
    with pytest.raises(OSError):
        sealed.seal(path, keys())
    assert names(path) == ["call0001.wav"]
    assert other.read_bytes() == b"of somebody else"


def test_removing_a_sound_removes_both_forms(path):
    sealed.seal(path, keys())
    Path(path).write_bytes(SOUND)
    open(os.path.join(os.path.dirname(path), "another.wav"), "wb").close()
    assert sound.remove("call0001", path)
    assert names(path) == ["another.wav"]
    assert sound.remove("call0001", path)


class Journal:
    """Calls with a recording each."""

    def __init__(self, bed, place):
        bed.put("talked_and_recorded")
        worker = bed.worker()
        worker.work()
        self.engine, self.log, self.write = worker.engine, bed.log, bed.write
        self.folder = place / "calls"
        self.folder.mkdir()

    def fill(self, count, **changed):
        with self.engine.begin() as connection:
            columns = [column.name for column in store.calls.columns]
            (row,) = connection.execute(text("SELECT * FROM calls LIMIT 1")).mappings().all()
            connection.execute(text("DELETE FROM calls"))
            for at in range(count):
                name = f"call{at:04}"
                facts = {**row, "id": name, "started": NOW - 600 + at, "ended": NOW - 300 + at, "sealed": False,
                         "recording": f"{self.folder}/{name}.wav", "voicemail": "", **changed}  # fmt: skip
                (self.folder / f"{name}.wav").write_bytes(SOUND)
                connection.execute(store.calls.insert(), {each: facts[each] for each in columns})

    def sealing(self, secrets=SECRETS, names=("y2026",)):
        return Sealing(lambda: names, secrets, self.write)

    def states(self):
        with self.engine.connect() as connection:
            return [bool(each) for each in connection.scalars(text("SELECT sealed FROM calls ORDER BY id"))]


@pytest.fixture
def journal(bed, tmp_path):
    return Journal(bed, tmp_path)


def test_every_finished_call_is_encrypted_once(journal):
    journal.fill(250)
    sealing = journal.sealing()
    assert sealing.apply(journal.engine, NOW, Event()) == 250
    assert journal.states() == [True] * 250
    assert {path.suffix for path in journal.folder.iterdir()} == {".age"}
    assert sealing.apply(journal.engine, NOW + 60, Event()) == 0
    assert journal.log == []


def test_a_file_that_grows_is_left_until_it_does_no_more(journal):
    """The client of a call that a person has made talks on, and is recorded, after the person's call has its record."""
    journal.fill(1)
    path = next(journal.folder.glob("*.wav"))
    os.utime(path, (NOW - 20, NOW - 20))
    sealing = journal.sealing()
    assert sealing.apply(journal.engine, NOW, Event()) == 0 and path.exists()
    assert sealing.apply(journal.engine, NOW + 60, Event()) == 1 and not path.exists()
    assert journal.log == []


def test_without_a_key_nothing_happens_and_the_log_says_it_once_an_hour(journal):
    journal.fill(2)
    sealing = journal.sealing(secrets={})
    for after_s in (0, 20, 40, LOGGED_SECONDS + 1):
        assert sealing.apply(journal.engine, NOW + after_s, Event()) == 0
    assert [facts["problem"] for _, _, facts in journal.log] == ["the secret RECORDING_KEY_Y2026 is not set"] * 2
    assert len(list(journal.folder.glob("*.wav"))) == 2


def test_a_project_that_encrypts_nothing(journal):
    journal.fill(2)
    assert journal.sealing(names=()).apply(journal.engine, NOW, Event()) == 0
    assert len(list(journal.folder.glob("*.wav"))) == 2


def test_one_that_cannot_be_encrypted_holds_no_other_up(journal):
    journal.fill(3)
    (journal.folder / "call0001.wav").unlink()
    (journal.folder / "call0001.wav").mkdir()
    assert journal.sealing().apply(journal.engine, NOW, Event()) == 2
    assert journal.states() == [True, False, True]
    assert "recording not encrypted" in str(journal.log)


def test_a_file_of_another_node_is_left_to_it(journal):
    journal.fill(2)
    (journal.folder / "call0000.wav").unlink()
    assert journal.sealing().apply(journal.engine, NOW, Event()) == 1
    assert journal.states() == [False, True]
    assert journal.log == []


def test_a_room_that_several_calls_recorded_is_encrypted_for_all_of_them(journal):
    """Its file has the name of another leg, as that of a callback has."""
    room = journal.folder / "39347633-0069-4d2c-add6-d2902a99afff.wav"
    journal.fill(2, recording=str(room))
    room.write_bytes(SOUND)
    assert journal.sealing().apply(journal.engine, NOW, Event()) == 2
    assert not room.exists() and heard(str(room), PRIVATE) == SOUND


def test_a_path_that_is_not_the_calls_is_not_touched(journal, tmp_path):
    journal.fill(1, recording=str(tmp_path / "precious.wav"))
    (tmp_path / "precious.wav").write_bytes(b"precious")
    journal.sealing().apply(journal.engine, NOW, Event())
    assert (tmp_path / "precious.wav").read_bytes() == b"precious"


def test_a_call_that_ended_a_moment_ago_waits(journal):
    journal.fill(1, ended=NOW - 1)
    sealing = journal.sealing()
    assert sealing.apply(journal.engine, NOW, Event()) == 0
    assert sealing.apply(journal.engine, NOW + 30, Event()) == 1


def test_what_is_decrypted_is_in_memory_alone(path):
    sealed.seal(path, keys())
    with open(f"{path}.age", "rb") as file:
        descriptor = sealed.opened(io.BytesIO(file.read()), private(PRIVATE))
    assert "memfd" in os.readlink(f"/proc/self/fd/{descriptor}")
    os.close(descriptor)
