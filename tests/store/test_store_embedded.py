"""A Redis of our own: it is there, it is shared, it comes back, it ends with us, and it forgets nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from redis_server import until

from routing.store import embedded
from routing.store.client import StoreDown
from routing.store.embedded import Embedded, answers, url

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
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as engine:
        assert int(engine.stdout.readline())
        assert answers(tmp_path)
        engine.kill()
    until(lambda: not answers(tmp_path))


def test_without_a_program_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(embedded, "program", lambda: None)
    said = []
    assert Embedded(tmp_path, said.append).start() is False
    assert "nothing is remembered" in said[0]
    assert threading.active_count() < 10
