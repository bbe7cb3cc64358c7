"""A Redis of our own: it is there, it is shared, it comes back, it ends with us, and it forgets nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from routing.store import embedded
from routing.store.client import StoreDown
from routing.store.embedded import Embedded, answers, url
from support.processes import launch
from support.waiting import until

pytestmark = pytest.mark.process


@pytest.fixture
def ours(tmp_path):
    running = []

    def start(root=tmp_path):
        running.append(Embedded(root))
        assert running[-1].start()
        return running[-1]

    yield start
    for each in running:
        each.stop()


def asked(store):
    try:
        return store.ask("k", ("GET", "k"))[0]
    except StoreDown:
        return None


def test_it_answers_on_a_path_however_long_and_remembers_over_a_restart(ours, tmp_path, store_at):
    root = tmp_path / ("a" * 120)
    root.mkdir()
    first = ours(root)
    assert store_at(url(root)).ask("k", ("SET", "k", "kept")) == [b"OK"]
    first.stop()
    assert not answers(root)
    ours(root)
    until(lambda: asked(store_at(url(root))) == b"kept")  # it reads its file first
    assert (root / "redis").stat().st_mode & 0o777 == 0o700


def test_a_second_engine_shares_it_and_takes_over(ours, monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.02)
    first, second = ours(), ours()
    assert first.pid
    assert second.pid is None
    first.stop()
    until(lambda: second.pid and answers(tmp_path))


def test_a_killed_one_is_started_again(ours, monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.02)
    here = ours()
    before = here.pid
    os.kill(before, signal.SIGKILL)
    until(lambda: here.pid not in (None, before) and answers(tmp_path))


def test_it_ends_with_a_killed_engine(tmp_path):
    code = (
        "import sys, pathlib, time; from routing.store.embedded import Embedded\n"
        "e = Embedded(pathlib.Path(sys.argv[1])); assert e.start(); print(e.pid, flush=True); time.sleep(60)"
    )
    with launch([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as engine:
        assert int(engine.stdout.readline())
        assert answers(tmp_path)
        engine.kill()
    until(lambda: not answers(tmp_path))


def test_without_a_program_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "program", lambda: None)
    said, before = [], threading.active_count()
    assert Embedded(tmp_path, said.append).start() is False
    assert "nothing is remembered" in said[0]
    assert threading.active_count() <= before


def servers_in(folder):
    """The processes that work in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if each.readlink() == folder:
                found.append(int(each.parent.name))
    return found


def test_engines_that_start_at_once_have_one_redis(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.02)
    engines = [Embedded(tmp_path) for _ in range(6)]
    starts = [threading.Thread(target=engine.start) for engine in engines]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    pids = [engine.pid for engine in engines if engine.pid]
    assert len(pids) == 1
    assert servers_in(tmp_path / "redis") == pids
    # whoever ends takes nothing away from the others
    for engine in sorted(engines, key=lambda each: each.pid is None):
        until(lambda: answers(tmp_path))
        engine.stop()
    assert not answers(tmp_path)


def test_a_redis_whose_socket_is_gone_is_replaced_and_keeps_what_it_knew(ours, monkeypatch, tmp_path, store_at):
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(embedded, "UNREACHED_SECONDS", 0.1)
    here = ours()
    before = here.pid
    assert store_at(url(tmp_path)).ask("k", ("SET", "k", "kept")) == [b"OK"]
    (tmp_path / "redis" / "redis.sock").unlink()
    until(lambda: here.pid not in (None, before) and asked(store_at(url(tmp_path))) == b"kept")


def test_a_redis_that_says_no_word_any_more_is_replaced(ours, monkeypatch, tmp_path):
    for name, value in {"LOOK_SECONDS": 0.02, "PING_SECONDS": 0.05, "SILENT_SECONDS": 0.2, "END_SECONDS": 0.1}.items():
        monkeypatch.setattr(embedded, name, value)
    here = ours()
    before = here.pid
    os.kill(before, signal.SIGSTOP)
    until(lambda: here.pid not in (None, before) and answers(tmp_path))


def test_a_folder_that_another_redis_holds_and_nobody_reaches_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(embedded, "START_SECONDS", 0.1)
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "lock").write_text("4711\n")
    said = []
    with (tmp_path / "redis" / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        here = Embedded(tmp_path, said.append)
        assert here.start() is False
        until(lambda: said)
    until(lambda: here.pid)  # it is free: ours now
    here.stop()
    assert said[0].startswith(f"{tmp_path}/redis is held by redis-server, pid 4711, which cannot be reached")


def test_a_folder_of_another_user_is_a_sentence_and_not_a_traceback(monkeypatch, tmp_path):
    (tmp_path / "redis").mkdir()
    if os.geteuid() == 0:
        os.chown(tmp_path / "redis", 65534, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 65534)

    def refused(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(embedded.subprocess, "Popen", refused)
    monkeypatch.setattr(embedded, "LOOK_SECONDS", 0.01)
    said = []
    here = Embedded(tmp_path, said.append)
    assert here.start() is False
    here._stop.wait(0.1)
    here.stop()
    (words,) = said  # once, however often it is tried
    assert "belongs to" in words
    assert "nothing is remembered (hint: run as" in words
