"""The command `routing journal`, from FreeSWITCH's files to Google and a web server, killed where it hurts."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.journal import journal
from routing.decide.request import signature
from routing.journal import exports
from routing.model.entities import encoded
from support.exports_bed import SECRETS, VISIT, ExportsBed, hook, stream
from support.fake_ga4 import FakeGa4
from support.http_servers import running
from support.journal_bed import CDR
from support.processes import launch
from support.waiting import until

pytestmark = pytest.mark.process
CASES = ("undisturbed", "closed", "sticky_again", "webhook_person_silent")


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def put(spool: Path, case: str, ago_s: float = 120.0) -> None:
    """FreeSWITCH writes a case's files, as if the call, another one each time, had come just now from a visitor."""
    texts = {file.name: file.read_text("utf-8") for file in sorted((CDR / case).iterdir())}
    began = min(int(json.loads(text)["variables"]["start_uepoch"]) for text in texts.values()) // 1_000_000
    shift, anew = int(time.time() - ago_s) - began, uuid.uuid4()
    visit = VISIT | {"ga_session_id": str(int(time.time()) - 600)}
    for name, text in texts.items():
        later = re.sub(r"\b(1795\d{6})(\d{6})?\b", lambda found: f"{int(found[1]) + shift}{found[2] or ''}", text)
        content = json.loads(_UUID.sub(lambda found: str(uuid.uuid5(anew, found[0])), later))
        content["variables"] |= {f"routing_source_{fact}": encoded(value) for fact, value in visit.items()}
        other = _UUID.sub(lambda found: str(uuid.uuid5(anew, found[0])), name)
        (spool / other).write_text(json.dumps(content), "utf-8")


class Place:
    """A root whose live release exports, a spool, secrets, and where both kinds of exports go."""

    def __init__(self, folder: Path, google, warehouse):
        self.folder, self.google, self.warehouse = folder, google, warehouse
        release = folder / "root" / "releases" / "r1"
        release.mkdir(parents=True)
        (folder / "spool").mkdir()
        (folder / "root" / "current").symlink_to(release)
        plan = {"ga4": {"site": stream(google.url)}, "webhooks": {"dwh": hook(warehouse.url + "/calls")}}
        (release / "exports.json").write_text(json.dumps({"project": "shop", **plan}))
        (release / "table.json").write_text('{"project": "shop", "timezone": "Europe/Kyiv"}')
        self.secrets = folder / "secrets"
        self.secrets.write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
        self.secrets.chmod(0o600)
        self.bed = ExportsBed(folder, plan["ga4"], plan["webhooks"])
        self.words = ["--spool", str(folder / "spool"), "--root", str(folder / "root"), "--secrets", str(self.secrets),
                      "--database", self.bed.database, "--metrics", str(folder / "metrics")]  # fmt: skip

    def process(self):
        """The command, for ever."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ROUTING_")}
        return launch([sys.executable, "-m", "routing", "journal", *self.words], env=environment)

    def states(self, export):
        return sorted(row.state for row in exports.listed(self.bed.engine, "shop", 1000, export))


@pytest.fixture
def place(tmp_path):
    with running(FakeGa4()) as google, running(FakeGa4()) as warehouse:
        made = Place(tmp_path, google, warehouse)
        yield made
        made.bed.close()


def test_from_the_spool_to_both(place):
    place.warehouse.ills = [204] * 9
    for case in CASES:
        put(place.folder / "spool", case)
    done = CliRunner().invoke(journal, [*place.words, "--once"])
    assert done.exit_code == 0, done.output
    assert place.google.dropped == [] and len(place.google.counted) == len(CASES) == place.warehouse.asked
    names = {event["params"]["call_status"]: event["name"] for _, event, _ in place.google.counted}
    assert set(names.values()) == {"phone_call", "phone_call_missed"}
    assert place.states("ga4.site") == place.states("webhooks.dwh") == ["sent"] * 4
    assert "routing_journal_exports_waiting 8" in (place.folder / "metrics").read_text()  # before they were sent
    for headers, content in place.warehouse.heard:
        at_s = int(headers["Webhook-Timestamp"])
        signed = signature(headers["Webhook-Id"], at_s, content, SECRETS["DWH_KEY"])
        assert headers["Webhook-Signature"] == signed and json.loads(content)["project"] == "shop"


def test_killed_between_the_sending_and_its_note(place):
    """Google has the event and has not answered: nobody sends it again; the next calls go on."""
    place.google.ills = ["stall"]
    place.warehouse.ills = [204] * 99
    put(place.folder / "spool", CASES[0])
    first = place.process()
    until(lambda: place.google.counted and place.states("webhooks.dwh") == ["sent"])
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert place.states("ga4.site") == ["sending"]
    for case in CASES[1:]:
        put(place.folder / "spool", case)
    second = place.process()
    until(lambda: place.states("webhooks.dwh") == ["sent"] * 4 and place.states("ga4.site").count("sent") == 3)
    second.terminate()
    assert second.wait(30) == 0
    assert place.states("ga4.site") == ["sending", "sent", "sent", "sent"]
    times = [event["timestamp_micros"] for _, event, _ in place.google.counted]
    assert len(times) == len(set(times)) == 4


def test_killed_again_and_again_while_both_are_ill(place):
    """Each of many calls arrives at the web server; none counts twice at Google."""
    place.google.ills = [503, "reset", "truncated", 500, "garbage"] * 2
    place.warehouse.ills = [204, 503, 204, 500] + [204] * 99
    for life in range(5):
        for case in CASES:
            put(place.folder / "spool", case, 300.0 + 100 * life)  # no two calls began in one moment
        process = place.process()
        asked = place.google.asked + place.warehouse.asked
        until(lambda: place.google.asked + place.warehouse.asked > asked or not _open(place))  # noqa: B023
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    place.bed.now_s = time.time() + 1000  # every lease has run out
    CliRunner().invoke(journal, [*place.words, "--once"])
    sender = place.bed.sender()
    for _ in range(20):
        sender.work()
        place.bed.now_s += 400
    assert place.states("webhooks.dwh") == ["sent"] * 20 and set(place.states("ga4.site")) <= {"sent", "unknown"}
    assert len({headers["Webhook-Id"] for headers, _ in place.warehouse.heard}) == 20
    sent = [(event["timestamp_micros"], event["params"]["call_scheme"]) for _, event, _ in place.google.counted]
    assert len(sent) == len(set(sent)) <= 20


def _open(place):
    return exports.waiting(place.bed.engine, "shop").waiting
