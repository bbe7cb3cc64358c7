"""``routing exports``: what waits and why, sending again, discarding, and Google's own word on an example."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.exports import exports
from routing.journal import exports as outbox
from routing.journal.exports_schema import ExportState
from support.exports_bed import NOW_S, SECRETS, ExportsBed, call, hook, stream
from support.fake_ga4 import FakeGa4
from support.http_servers import running

TABLE = {"project": "shop", "ga4": {}, "webhooks": {}}


class Root:
    """A root with a live release that exports, and its journal."""

    def __init__(self, folder: Path, google="https://www.google-analytics.com"):
        self.folder, release = folder / "root", folder / "root" / "releases" / "r1"
        release.mkdir(parents=True)
        (self.folder / "current").symlink_to(release)
        ga4, webhooks = {"site": stream(google)}, {"dwh": hook("http://127.0.0.1:9/calls")}
        (release / "exports.json").write_text(json.dumps(TABLE | {"ga4": ga4, "webhooks": webhooks}))
        (release / "table.json").write_text('{"project": "shop", "timezone": "Europe/Kyiv"}')
        self.bed = ExportsBed(folder, ga4, webhooks)
        self.secrets = folder / "secrets"
        self.secrets.write_text("".join(f"{name}={value}\n" for name, value in SECRETS.items()))
        self.secrets.chmod(0o600)

    def run(self, *words, code=0):
        database = [] if words[0] == "check" else ["--database", self.bed.database]
        done = CliRunner().invoke(exports, [*words, "--root", str(self.folder), *database], standalone_mode=False)
        assert (done.exception is None) == (code == 0), done.output
        return done.output if code == 0 else str(done.exception)


@pytest.fixture
def root(tmp_path):
    made = Root(tmp_path)
    yield made
    made.bed.close()


def filled(root):
    """A call in each state but `sending`; the first letters of the ids are the states'."""
    states = [state for state in ExportState if state is not ExportState.SENDING]
    root.bed.record(*(call(900 - 60 * n, id_=f"{state}-call") for n, state in enumerate(states)))
    for state in states:
        for row in outbox.listed(root.bed.engine, "shop", 9, call_begins=f"{state}-"):
            claimed = outbox.claim(root.bed.engine, "shop", [row.export], NOW_S, NOW_S + 9)
            assert claimed and claimed.call == row.call
            problem = "" if state is ExportState.SENT else f"why {state}"
            if state is ExportState.WAITING:
                outbox.put_off(root.bed.engine, claimed, NOW_S + 3600, problem)
            else:
                outbox.finish(root.bed.engine, claimed, state, problem, NOW_S)


def test_nothing_yet(root):
    assert root.run("list") == "no exports yet (a call has some when the release that carried it has `exports`)\n"


def test_counts_and_what_waits_or_has_failed(root, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    filled(root)
    lines = [line.rstrip() for line in root.run("list", "--export", "ga4.site").splitlines()]
    assert lines == [
        "ga4.site: 1 waiting, 1 sent, 1 refused, 1 expired, 1 unknown, 1 discarded",
        "ended           call     export   state   tries next            problem",
        "23.11 04:03 EET unknown- ga4.site unknown 1                     why unknown",
        "23.11 04:02 EET expired- ga4.site expired 1                     why expired",
        "23.11 04:01 EET refused- ga4.site refused 1                     why refused",
        "23.11 03:59 EET waiting- ga4.site waiting 1     23.11 05:13 EET why waiting",
    ]
    assert len(root.run("list", "--all", "--json").splitlines()) == 12
    first = json.loads(root.run("list", "--json", "--limit", "1", "--export", "webhooks.dwh"))
    assert (first["call"], first["state"], first["problem"]) == ("unknown-call", "unknown", "why unknown")


def test_sending_again(root):
    filled(root)
    assert root.run("retry") == "2 exports will be sent again\n"  # those that were refused
    assert root.run("retry", "expired", "--export", "ga4.site") == "1 export will be sent again\n"
    assert root.run("retry", "unknown", code=1).startswith("no export of a call that begins with `unknown` is waiting")
    assert root.run("retry", "unknown", "--unknown", "--export", "ga4.site") == "1 export will be sent again\n"
    assert root.run("retry", "sent", code=1).startswith("no export of a call")
    assert root.bed.states("ga4.site").count("waiting") == 4


def test_discarding(root):
    filled(root)
    assert "name calls, or --export" in root.run("discard", code=2)
    assert root.run("discard", "waiting", "--export", "ga4.site") == "1 export discarded\n"
    assert root.run("discard", "--export", "webhooks.dwh") == "1 export discarded\n"
    assert "waiting" not in root.bed.states()


def test_several_calls_begin_so(root):
    root.bed.record(call(id_="ab1"), call(id_="ab2"))
    assert root.run("retry", "ab", code=1) == "several calls begin with `ab`: write more of the id"
    assert root.run("discard", "ab1", "ab2") == "4 exports discarded\n"


@pytest.mark.parametrize("event", ["answered", "proper", "missed", "busy", "repeat call"])
def test_google_looks_at_an_example(tmp_path, event):
    with running(FakeGa4()) as google:
        root = Root(tmp_path, google.url)
        (root.folder / "current" / "exports.json").write_text(
            json.dumps(TABLE | {"ga4": {"site": stream(google.url, events={event: "phone_call"})}})
        )
        shown = root.run("check", "ga4.site", "--dry-run")
        assert google.asked == 0 and "api_secret={GA4_SECRET}" in shown and '"name": "phone_call"' in shown
        shown = root.run("check", "ga4.site", "--secrets", str(root.secrets))
        assert shown.endswith("Google has nothing to say against it\n") and google.counted == []
        assert [content["events"][0]["name"] for content in google.validated] == ["phone_call"]
        google.ills = [500]
        assert "HTTP 500" in root.run("check", "ga4.site", "--secrets", str(root.secrets), code=1)
        assert "GA4_SECRET is not set" in root.run("check", "ga4.site", code=1)
        root.bed.close()


def test_google_complains(tmp_path):
    with running(FakeGa4()) as google:
        root = Root(tmp_path, google.url)
        ill = stream(google.url, events={"answered": "session_start"})  # only a release by hand has such a name
        (root.folder / "current" / "exports.json").write_text(json.dumps(TABLE | {"ga4": {"site": ill}}))
        assert root.run("check", "ga4.site", "--secrets", str(root.secrets), code=1) == "Google would drop the event"
        root.bed.close()


def test_a_webhook_is_shown(root):
    shown = root.run("check", "webhooks.dwh")
    assert "POST http://127.0.0.1:9/calls\nWebhook-Id: webhooks.dwh-example, signed with {DWH_KEY}\n" in shown
    assert json.loads(shown[shown.index("{\n") :])["kind"] == "call"


def test_names_that_are_none(root):
    assert "did you mean `ga4.site`" in root.run("check", "ga4.sit", code=1)
    (root.folder / "current" / "exports.json").unlink()
    assert "exports nothing" in root.run("check", "ga4.site", code=1)
