"""One call's way through the whole product: SIPp calls, the live board shows it, then the journal; then it is heard.

FreeSWITCH, the engine, Redis, the journal and the desk are processes of their own.
"""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from routing.desk.accounts import Accounts
from routing.journal.database import open_database
from support.desk_bed import lines_of_audit
from support.processes import launch
from support.redis_server import Server, free_port
from support.switchbed.engines import Engine
from support.switchbed.lab import FOLDER, NUMBER, Lab, until
from support.switchbed.voices import PERSON_HZ, offer_to, voice

pytestmark = pytest.mark.switch
COMPANY = (FOLDER / "company.yaml").read_text("utf-8").replace(
    "secrets: env}", "secrets: env, desk: {users: {sales: manager, ops: {role: admin, name: Ops}}}}"
)  # fmt: skip
OFFICE = (FOLDER / "office.yaml").read_text("utf-8").replace("steps:", "record: both\nsteps:")
CLIENT, SHOWN = "+380671234567", "067 123 4567"


class DeskJourney:
    """The product around a lab's switch, and a browser in which an admin has signed in."""

    def __init__(self, place: Path, stack: ExitStack) -> None:
        self.lab = Lab(place, more={"company.yaml": COMPANY, "office.yaml": OFFICE})
        stack.callback(self.lab.stop)
        redis = Server(place / "redis", free_port())
        stack.callback(redis.stop)
        self.engine = Engine(self.lab, ("--redis", redis.url))
        stack.callback(self.engine.process.wait)
        stack.callback(self.engine.process.kill)
        self.database, self.address = str(place / "journal.db"), f"http://127.0.0.1:{free_port()}"
        about = ["--root", str(self.lab.root), "--redis", redis.url, "--database", self.database]
        settings = self.lab.switch.settings
        commands = (
            ["journal", *about, "--spool", str(self.lab.switch.home / "spool")],
            ["desk", *about, "--listen", self.address.removeprefix("http://"), "--http", f"127.0.0.1:{free_port()}",
             "--esl", f"127.0.0.1:{settings.esl_port}", "--engine", self.engine.status],
        )  # fmt: skip
        self.log = place / "log"
        for command in commands:
            with self.log.open("ab") as log:
                process = launch([sys.executable, "-m", "routing", *command], stdout=log, stderr=log,
                                 env=os.environ | {"ROUTING_ESL_PASSWORD": settings.esl_password})  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.kill)
        self.engine.wait()
        self.browser = requests.Session()
        self.browser.trust_env = False
        assert until(lambda: self._answers("/sign-in"), 90), self.log.read_text()[-3000:]
        database = open_database(self.database)
        token = Accounts(database, "lab").link("ops", time.time())
        database.dispose()
        assert self.browser.post(f"{self.address}/enter", {"token": token}, timeout=30).status_code == 200

    def _answers(self, path: str) -> bool:
        try:
            return requests.get(self.address + path, timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def get(self, path: str, **headers: str) -> requests.Response:
        """A page, or a file."""
        return self.browser.get(self.address + path, headers=headers, timeout=60)

    def stream(self, *wanted: str) -> str:
        """The live board's events until all of this has come."""
        found, deadline_s = "", time.monotonic() + 30
        with self.browser.get(f"{self.address}/live/stream", stream=True, timeout=60) as answer:
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            for line in answer.iter_lines(decode_unicode=True):
                found += f"{line}\n"
                if all(part in found for part in wanted):
                    return found
                assert time.monotonic() < deadline_s, found[-3000:]
        return found


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskJourney]:
    with ExitStack() as stack:
        yield DeskJourney(tmp_path_factory.mktemp("journey"), stack)


def sipp(journey: DeskJourney, place: Path) -> subprocess.Popen[bytes]:
    """A client who calls by SIPp, and hangs up after eight seconds of talk."""
    plain = subprocess.run(["sipp", "-sd", "uac"], capture_output=True, text=True, check=False).stdout
    scenario = place / "uac.xml"
    scenario.write_text(plain[plain.index("<?xml") :].replace("From: sipp <sip:sipp@", f"From: <sip:{CLIENT}@"))
    command = ["sipp", "-sf", str(scenario), "-s", NUMBER, "-i", "127.0.0.1", "-p", str(free_port()), "-m", "1",
               "-d", "8000", "-nostdin", f"127.0.0.1:{journey.lab.switch.settings.external_port}"]  # fmt: skip
    return launch(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_call_is_seen_live_then_heard_and_exported_and_each_leaves_its_line(journey, tmp_path):
    lab = journey.lab
    with lab.phone("2002") as phone:
        client = sipp(journey, tmp_path)
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"), 20)
        with voice(phone, offer_to(phone, phone.rung()), PERSON_HZ):
            seen = journey.stream(CLIENT, "Support", "office")
            assert "event:" in seen
            assert client.wait(60) == 0
    assert lab.quiet()
    pattern = re.compile(r'href="/calls/([0-9a-f-]{36})"')
    found = until(lambda: pattern.search(journey.get("/journal?client=067 123 45 67").text), 60)
    assert found, journey.log.read_text()[-3000:]
    call = found[1]
    page = journey.get(f"/calls/{call}").text
    assert SHOWN in page and "Support" in page and "<audio" in page and "Nobody has heard" in page
    whole = journey.get(f"/recordings/{call}")
    assert whole.status_code == 200 and whole.content[:4] == b"RIFF" and len(whole.content) > 40_000
    part = journey.get(f"/recordings/{call}", Range="bytes=1000-1999")
    assert part.status_code == 206 and part.content == whole.content[1000:2000]
    waves = journey.get(f"/waveforms/{call}").json()
    assert waves["duration_s"] > 3 and max(max(side) for side in waves["sides"]) > 10
    rows = list(csv.reader(io.StringIO(journey.get("/export/journal.csv?period=today").content.decode("utf-8-sig"))))
    assert [row[-1] for row in rows[1:]] == [call] and f"'{CLIENT}" in rows[1]
    assert journey.get("/live").status_code == 200 and CLIENT not in journey.get("/live").text, (
        "it is gone from the board"
    )
    log, page = lines_of_audit(journey.get("/audit").text), journey.get(f"/calls/{call}").text
    for said in ("signed in", "listened to a recording", "exported calls"):
        assert said in log, said
    assert log.count("listened to a recording") == 1, "parts of one listening are one line"
    assert "listened to a recording" in page and "exported calls" in page and "failed" not in log
