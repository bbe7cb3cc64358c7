"""`routing journal --root`: what the project says of its journal holds, and goes on holding when it says otherwise."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from routing.cli.calls import calls
from routing.cli.errors import UserError
from routing.cli.journal import journal
from routing.journal import release
from routing.journal.release import LiveProject
from routing.store.embedded import url
from support.folders import compiled


def live(root, name, **table):
    """Another release that is live."""
    folder = root / "releases" / name
    folder.mkdir(parents=True)
    (folder / "table.json").write_text(json.dumps({"project": "shop", "timezone": "Europe/Kyiv", **table}))
    (root / "current").unlink(missing_ok=True)
    (root / "current").symlink_to(f"releases/{name}")


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def test_the_live_release_says_name_zone_and_how_long_and_the_operator_says_otherwise(root):
    project = LiveProject(root)
    assert (project.name, project.zone.key, project.keep_s) == ("default", "UTC", 0)
    live(root, "one", keep_s=86400)
    assert (project.name, project.zone.key, project.keep_s) == ("shop", "Europe/Kyiv", 86400)
    live(root, "two", timezone="Europe/Warsaw")
    assert (project.zone.key, project.keep_s) == ("Europe/Warsaw", 0)
    said = LiveProject(root, "Asia/Almaty", 60, "mine")
    assert (said.name, said.zone.key, said.keep_s) == ("mine", "Asia/Almaty", 60)
    assert LiveProject().zone.key == "UTC"


@pytest.mark.parametrize(("keep", "said", "left"), [(1, (), 0), (None, (), 1), (1, ("--keep", "365d"), 1)])
def test_calls_are_kept_as_long_as_the_project_says(bed, root, keep, said, left):
    live(root, "one", **({"keep_s": keep} if keep else {}))
    bed.put("closed")
    words = ["--spool", str(bed.spool), "--database", bed.database, "--root", str(root), "--once", *said]
    result = CliRunner().invoke(journal, words, catch_exceptions=False)
    assert result.exit_code == 0 and "1 call recorded" in result.output
    assert len(bed.rows("calls")) == left


def test_the_root_says_where_the_journal_is_and_whose_time_it_tells(bed, root):
    live(root, "one", timezone="Asia/Tokyo")
    bed.put("closed")
    with pytest.raises(UserError, match="there is no journal here"):
        CliRunner().invoke(calls, ["--root", str(root)], catch_exceptions=False, standalone_mode=False)
    words = ["--spool", str(bed.spool), "--root", str(root), "--redis", "redis://127.0.0.1:1", "--once"]
    assert "1 call recorded" in CliRunner().invoke(journal, words, catch_exceptions=False).output
    assert (root / "journal.db").is_file()
    (began,) = [row["started"] for row in map(json.loads, told(root, "--json").splitlines())]
    for more, zone in ([], "Asia/Tokyo"), (["--timezone", "Europe/Kyiv"], "Europe/Kyiv"):
        assert f"{datetime.fromtimestamp(began, ZoneInfo(zone)):%d.%m %H:%M:%S}" in told(root, *more)


def told(root, *words):
    """What `routing calls` says of a root's journal."""
    result = CliRunner().invoke(calls, ["--root", str(root), *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_roots_own_redis_is_told_unless_another_one_is_named(bed, root, monkeypatch):
    told = []
    monkeypatch.setattr("routing.cli.journal.record", lambda settings: told.append(settings.redis) or "done")
    words = ["--spool", str(bed.spool), "--database", bed.database, "--root", str(root), "--once"]
    for more in ([], ["--redis", "redis://127.0.0.1:6379"]):
        assert CliRunner().invoke(journal, [*words, *more]).exit_code == 0
    assert told == [url(root), "redis://127.0.0.1:6379"]


COMPANY = """
project: {name: p, timezone: UTC, keep: 30d, notify: head@example.com}
people:
  ivan: {name: Ivan, email: ivan@example.com, phones: {desk: {sip: "1001"}}}
"""


def test_what_is_written_in_yaml_is_what_the_journal_reads(root, tmp_path):
    schemes = tmp_path / "schemes"
    schemes.mkdir()
    (schemes / "p.yaml").write_text(COMPANY)
    (schemes / "a.yaml").write_text('scheme: a\nnumbers: "+380800330521"\nnotify: ivan\nsteps: [{scheme: b}]\n')
    (schemes / "b.yaml").write_text("scheme: b\nsteps: [{ring: ivan}, hangup]\n")
    made = str(compiled(schemes, root).folder)
    assert (release.notify_of(made, ["a", "b"]), release.notify_of(made, ["b"])) == (("ivan",), ("head@example.com",))
    assert (release.notify_of(made, []), release.notify_of("", ["a"])) == (("head@example.com",), ())
    (root / "current").symlink_to(made)
    assert (LiveProject(root).name, LiveProject(root).keep_s) == ("p", 30 * 86400)
