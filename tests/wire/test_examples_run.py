"""`routing run-examples` from outside: the engine and all that it asks, an honest exit code, nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.processes import die_with_us, launch
from support.redis_needed import needs_redis

pytestmark = pytest.mark.process

HOME = Path(__file__).resolve().parents[2]
CALLS = """\
tests:
  - name: by the handler's word
    call: {to: "0800 330 500", from: "+380 32 245 67 89", at: "2026-11-23 10:05"}
    phones: {ostap: answers after 3s}
    expect: [{webhook: scheme lviv}, {talk: ostap.desk}]
  - name: a wish that does not come true
    engine: killed
    call: {to: "0800 330 500", from: "+380 32 245 67 89", at: "2026-11-23 10:05"}
    expect: [{webhook: scheme lviv}]
"""


def carried(place, *options):
    """The command that carries calls with everything below a folder."""
    places = ["--out", str(place / "out"), "--secrets", str(place / "secrets")]
    return [sys.executable, "-m", "routing", "run-examples", *places, *options]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    place = tmp_path_factory.mktemp("examples")
    (place / "calls.test.yaml").write_text(CALLS)
    command = carried(place, "--calls", str(place / "calls.test.yaml"))
    done = subprocess.run(command, cwd=HOME, preexec_fn=die_with_us, capture_output=True, text=True, timeout=300)
    return done, place


def test_a_call_that_went_otherwise_makes_the_exit_code_one(run):
    assert run[0].returncode == 1, run[0].stderr
    assert "1 of 2 calls met their expectations" in run[0].stdout
    unwrapped = "".join(run[0].stdout.split())
    assert re.search(r"✗[^✓]*calls\.test\.yaml:9:expectedwebhook:schemelviv", unwrapped)


def test_the_engine_and_its_handler_were_really_asked(run):
    assert re.search(r"webhook +scheme lviv \(\d+ ms\)", run[0].stdout)
    assert re.search(r"webhook +nobody listens on the engine's port", run[0].stdout)


def test_a_pipe_gets_plain_lines_of_a_hundred_columns(run):
    assert "\x1b" not in run[0].stdout
    assert max(map(len, run[0].stdout.splitlines())) <= 100


def test_no_process_is_left(run):
    assert running_in(run[1]) == []


@needs_redis
def test_the_tour_of_the_company_goes_as_it_says(tmp_path):
    """The engine decides by the CRM, by what Redis remembers of the calls before, and by the visitor's lease."""
    done = subprocess.run(
        carried(tmp_path), cwd=HOME, preexec_fn=die_with_us, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "✗" not in done.stdout
    for told in (
        "ring person artem, who sees ТОВ Київбуд: owner m-41 of deal 512",
        "artem.desk, then liliia.desk, then denys.desk",
        "liliia.desk, then denys.desk, then artem.desk",
        "ring person nataliia: talked 180 s, 3 h ago, the client called",
        "ring person olena: talked 120 s, 1 d ago, called the client",
        "pool kharkiv lends +380570000701",
        "category drainage; region kharkiv; utm_source newsletter",
    ):
        assert told in " ".join(done.stdout.split()), told
    assert running_in(tmp_path) == []


def test_a_tour_that_is_ended_leaves_nothing_running(tmp_path):
    with launch(carried(tmp_path), cwd=HOME, stdout=subprocess.PIPE, text=True) as process:
        next(line for line in process.stdout if line.startswith("ready after"))
        assert len(running_in(tmp_path)) >= 5
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    assert process.returncode == 128 + signal.SIGTERM
    assert running_in(tmp_path) == []


def test_a_tour_that_is_killed_leaves_nothing_running_either(tmp_path):
    with launch(carried(tmp_path), cwd=HOME, stdout=subprocess.PIPE, text=True) as process:
        next(line for line in process.stdout if line.startswith("ready after"))
        process.kill()
    until = time.monotonic() + 60
    while (left := running_in(tmp_path)) and time.monotonic() < until:
        os.sched_yield()
    assert left == []


def running_in(place):
    """Processes that write their output below a folder or work there."""
    return [process.name for process in Path("/proc").glob("[0-9]*") if is_in(process, str(place))]


def is_in(process, place):
    return any(place in link(process / name) for name in ("fd/1", "fd/2", "cwd"))


def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


#: Read by every Python process below it: a machine without redis-server, Valkey and their wheels.
NO_REDIS = "import routing.store.program as it\nit.program = lambda: None\n"


def test_without_redis_the_tour_goes_without_memory_and_says_so(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(NO_REDIS)
    alone = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = carried(tmp_path)
    done = subprocess.run(
        command, cwd=HOME, preexec_fn=die_with_us, capture_output=True, text=True, timeout=300, env=alone
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    said = " ".join(done.stdout.split())
    without = re.search(r"without memory, and without the (\d+) calls that need it: no redis-server \(install ", said)
    carried_on = re.search(r"(\d+) of \1 calls met their expectations", said)
    assert without and carried_on, said[-600:]
    assert int(carried_on[1]) > 2 * int(without[1]) > 0
    assert "Error 2" not in said
    assert running_in(tmp_path) == []
