"""``routing journal`` as a process: it records what comes, ends at once when asked to, and may run as several."""

import json
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from routing.cli.journal import journal
from support.journal_bed import CDR
from support.processes import launch

pytestmark = pytest.mark.process

ROUTING = [sys.executable, "-m", "routing", "journal"]
CASES = [path.name for path in CDR.iterdir()]


def command(bed, *words):
    return [*ROUTING, "--spool", str(bed.spool), "--database", bed.database, "--timezone", "Europe/Kyiv", *words]


def test_it_records_until_it_is_asked_to_stop(bed):
    bed.put("closed")
    metrics = bed.folder / "journal.prom"
    with launch(command(bed, "--metrics", str(metrics), "--keep", "365d"), stderr=subprocess.PIPE) as process:
        while not metrics.exists():
            assert process.poll() is None, process.stderr.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        begun = json.loads(process.stderr.readline())
    assert begun["event"] == "started" and begun["spool"] == str(bed.spool)
    assert len(bed.rows("calls")) == 1 and "recorded_total 1" in metrics.read_text()


def test_two_processes_at_once(bed):
    bed.put(*CASES)
    done = subprocess.run(command(bed, "--once", "--workers", "2"), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "0 unusable files" in done.stdout, done.stderr
    assert len(bed.rows("calls")) == len(CASES) and bed.left() == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--timezone", "Mars/Base"], "not a time zone"),
        (["--redis", "http://x"], "redis"),
        (["--keep", "long"], "not a duration"),
        (["--database", "mysql://x/y"], "sqlite and postgresql are known"),
    ],
)
def test_what_cannot_work_is_said(bed, words, problem):
    result = CliRunner().invoke(journal, [*command(bed, "--once")[len(ROUTING) :], *words])
    assert result.exit_code in (1, 2) and problem in f"{result.output} {result.exception}".lower()
