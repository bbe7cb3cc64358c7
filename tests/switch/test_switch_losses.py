"""A full disk, and a FreeSWITCH that is killed: phones register on, no call is missing from the journal silently."""

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.processes import launch
from support.switchbed import ports, sip
from support.switchbed.bed import Bed, until
from support.switchbed.cases import parse_phone
from support.switchbed.company import CLOSED_PORT
from support.switchbed.disks import fill, small_disk
from support.switchbed.switch import Switch

ABSENT = f"127.0.0.1:{CLOSED_PORT}"
DESK = "+380800330001"
NODE = "kyiv1.example.com"


@pytest.fixture
def small_bed(tmp_path, company, trunk, handler, engine):
    """A switch of its own on a small disk, and no engine; the company is the bed's again afterwards."""
    company.publish(ABSENT)
    with contextlib.ExitStack() as stack:
        stack.callback(company.publish, engine)
        yield stack.enter_context(bed_on_a_small_disk(tmp_path, company, trunk, handler))


@contextlib.contextmanager
def bed_on_a_small_disk(tmp_path, company, trunk, handler):
    """The bed of `small_bed`."""
    with small_disk(tmp_path / "disk", 40) as disk:
        changes = {
            "carriers": ("127.0.0.1/32",),
            "loglevel": "notice",
            "caller_calls": 0,
            "caller_rate": "0",
            "name": NODE,
        }
        switch = Switch(disk / "node", company.root, changes).start()
        try:
            yield Bed(switch, company, trunk, handler, tmp_path / "cases", ABSENT)
        finally:
            switch.stop()


class Journal:
    """`routing journal`, running on the bed's spool."""

    def __init__(self, bed: Bed, folder: Path) -> None:
        self.bed, self.database = bed, folder / "journal.db"
        self.log, self.metrics = folder / "journal.log", folder / "metrics"

    def command(self, *words: str) -> list[str]:
        spool = self.bed.switch.home / "spool"
        return [
            sys.executable,
            "-m",
            "routing",
            "journal",
            "--spool",
            str(spool),
            "--database",
            str(self.database),
            *words,
        ]

    @contextlib.contextmanager
    def running(self):
        with self.log.open("wb") as log:
            process = launch(self.command("--metrics", str(self.metrics)), stdout=log, stderr=log)
        try:
            listens = f":{self.bed.switch.settings.esl_port:04X} "
            sockets = lambda: Path(f"/proc/{process.pid}/net/tcp").read_text()  # noqa: E731
            before = sockets().count(listens)
            assert until(lambda: self.metrics.exists() and sockets().count(listens) > before, 60), self.log.read_text()
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)

    def calls(self) -> dict[str, dict]:
        words = [sys.executable, "-m", "routing", "calls", "--database", str(self.database), "--json"]
        told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
        return {row["client"]: row for row in map(json.loads, told.splitlines())}


@contextlib.contextmanager
def call(bed, folder, caller, talks_s):
    """A call of the carrier's to the desk, whose phone registers before."""
    port = ports.free(2)
    bed.register(bed.company.accounts["ivan.desk"], port)
    behaviour = sip.behaving(parse_phone(f"answers after 500ms, talks {talks_s}s"), False)
    phone = sip.Sipp(behaviour, folder / "phone", port=port)
    try:
        phone.wait_listening()
        calling = bed.call(folder / "call", to=DESK.lstrip("+"), sender=caller)
        try:
            yield calling
        finally:
            calling.stop()
    finally:
        phone.stop()


def answered(calling):
    return until(lambda: any(each.received and each.start == "200" for each in calling.messages()))


def test_phones_register_and_no_call_is_lost_on_a_full_disk(small_bed, tmp_path):
    journal = Journal(small_bed, tmp_path)
    with journal.running():
        filler = fill(tmp_path / "disk")
        for n in range(3):
            with call(small_bed, tmp_path / str(n), f"+38067111000{n}", 1) as calling:
                assert answered(calling)  # the phone has registered and is found
                calling.wait(30)
        assert until(lambda: len(journal.calls()) == 3, 60), journal.log.read_text()
        assert {row["status"] for row in journal.calls().values()} == {"unfinished"}
        row = journal.calls()["+380671110000"]
        assert (row["number"], row["person"], row["target"]) == (DESK, "ivan", "ivan.desk") and row["talk_s"] >= 0.9
        assert until(lambda: "routing_journal_unfinished_total 3" in journal.metrics.read_text())
        filler.unlink()
        with call(small_bed, tmp_path / "after", "+380671110009", 1) as calling:
            calling.wait(30)
        assert until(lambda: journal.calls().get("+380671110009", {}).get("status") == "answered", 60)
        assert len(journal.calls()) == 4
    assert {row["node"] for row in journal.calls().values()} == {NODE}, "of events and of CDR files"


def test_the_calls_of_a_freeswitch_that_is_killed_are_recorded(small_bed, tmp_path):
    journal = Journal(small_bed, tmp_path)
    with journal.running(), call(small_bed, tmp_path / "talk", "+380671110011", 60) as calling:
        assert answered(calling) and until(lambda: "1 total" in small_bed.switch.esl.api("show calls count"))
        small_bed.switch.kill()
        assert until(lambda: journal.calls(), 60), journal.log.read_text()
    (row,) = journal.calls().values()
    assert (row["status"], row["number"], row["person"]) == ("unfinished", DESK, "ivan")
    assert row["bridged"] >= row["answered"] >= row["started"] > 0 and row["ended"] >= row["bridged"]


def test_a_journal_that_did_not_run_finds_the_calls_of_a_killed_freeswitch(small_bed, tmp_path):
    journal = Journal(small_bed, tmp_path)
    with call(small_bed, tmp_path / "talk", "+380671110012", 60) as calling:
        assert answered(calling)
        assert until(lambda: "1 total" in small_bed.switch.esl.api("show calls count"))
        small_bed.switch.kill()
    done = subprocess.run(journal.command("--once"), capture_output=True, text=True, check=True)
    assert "1 unfinished call without a CDR" in done.stdout
    (row,) = journal.calls().values()
    assert (row["status"], row["number"]) == ("unfinished", DESK) and row["bridged"] >= row["started"] > 0
    assert row["node"] == NODE, "of the table of channels"
    assert subprocess.run(journal.command("--once"), capture_output=True, text=True, check=True)
    assert len(journal.calls()) == 1
