"""``routing publish --nodes``: every node runs the release, or every node runs what it ran before."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from routing.cluster.node_release import UNCONFIRMED, NodeRelease
from routing.release.history import Publication, publications
from routing.release.publish import current, only_one, previous
from support.cluster_bed import NAMES, ClusterBed
from support.processes import launch
from support.redis_server import until

pytestmark = pytest.mark.process


def refused(bed: ClusterBed, *reasons: str) -> str:
    """Publish; it fails for these reasons, and changes nothing anywhere. What it said."""
    before = bed.live()
    result = bed.publish()
    said = f"{result.stderr}{result.exception}"
    assert result.exit_code != 0
    for reason in reasons:
        assert reason in said
    assert "every node runs what it ran before" in said
    assert bed.live() == before
    assert not any((bed.root(name) / UNCONFIRMED).exists() for name in NAMES)
    return said


def published(bed: ClusterBed) -> str:
    result = bed.publish()
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    (release,) = {*bed.live()}
    assert release
    return release


def test_every_node_gets_the_same_release_in_a_folder_of_its_own(bed):
    release = published(bed)
    entries = [(bed.root(name) / "current/entry.xml").read_text() for name in NAMES]
    for name, text in zip(NAMES, entries, strict=True):
        assert str(bed.root(name) / "releases" / release) in text
        assert str(bed.place / "here") not in text
        assert (bed.root(name) / "current/directory.xml").stat().st_mode & 0o077 == 0
        assert (bed.root(name) / "sources" / release / "a.yaml").is_file()
        (line,) = publications(bed.root(name))
        assert (line.release, line.kind, line.before) == (release, "publish", "")
    assert len({text.replace(str(bed.root(name)), "") for name, text in zip(NAMES, entries, strict=True)}) == 1


def test_ssh_is_asked_nothing_and_trusts_no_unknown_host(bed):
    published(bed)
    lines = (bed.place / "ssh.log").read_text().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "-o BatchMode=yes -o StrictHostKeyChecking=yes" in line
        assert line.endswith(".example routing node agent")


def test_the_accounts_of_the_release_may_register_at_the_proxies(bed):
    published(bed)
    for name in NAMES:
        with closing(sqlite3.connect(bed.place / name / "proxy/accounts.db")) as database:
            assert database.execute("select username from subscriber").fetchall() == [("1001",)]


def test_a_second_publish_sends_only_what_is_new_and_a_rollback_takes_all_back(bed):
    first = published(bed)
    bed.change("USER_BUSY")
    second = published(bed)
    assert second != first
    files = (bed.root("first") / "releases" / first).rglob("*")
    assert sum(file.is_file() and file.stat().st_nlink > 2 for file in files) > 10  # the store's, and both releases'
    assert bed.run("rollback", "--nodes", str(bed.file)).exit_code == 0
    assert bed.live() == (first,) * 3
    assert {previous(bed.root(name)) for name in NAMES} == {second}
    assert publications(bed.root("second"))[0].kind == "rollback"


def test_a_rollback_to_different_releases_is_refused(bed):
    published(bed)
    bed.change("USER_BUSY")
    published(bed)
    folder = bed.root("third") / "releases"
    os.rename(folder / previous(bed.root("third")), folder / "other")
    (bed.root("third") / "previous").unlink()
    (bed.root("third") / "previous").symlink_to("releases/other")
    before = bed.live()
    result = bed.run("rollback", "--nodes", str(bed.file))
    assert result.exit_code != 0
    assert "different releases before" in str(result.exception)
    assert bed.live() == before


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'ssh: connect to host second.example port 22: No route to host' >&2; exit 255", "No route to host"),
        ("echo 'sh: 1: routing: not found' >&2; exit 127", "write `command:"),
        ("echo 'Host key verification failed.' >&2; exit 255", "once by hand"),
        ("echo Welcome to this machine", "`Welcome to this machine` came instead of an answer"),
        ("exit 0", "the connection broke off"),
    ],
    ids=["dead", "no routing", "host key", "banner", "ends"],
)
def test_a_node_that_is_not_there_is_named_and_nothing_changes(bed, script, reason):
    published(bed)
    bed.change("USER_BUSY")
    bed.host("second", script)
    assert "second (second.example)" in refused(bed, reason)


def test_a_node_that_hangs_is_given_up(bed):
    published(bed)
    bed.change("USER_BUSY")
    bed.host("second", "exec sleep 60")
    before = bed.live()
    result = bed.publish("--timeout", "2s")
    assert "second (second.example): no answer for 2 s" in str(result.exception)
    assert bed.live() == before


def test_a_full_disk_is_said_and_nothing_is_torn(bed):
    published(bed)
    bed.change("USER_BUSY")
    (bed.place / "schemes/b.yaml").write_text(
        'scheme: b\nnumbers: ["+380800330522"]\nsteps: [' + "{ring: ivan}, " * 30 + "hangup]\n"
    )
    bed.host("second", "ulimit -f 2")  # blocks of 512 bytes: files that are longer cannot be written
    refused(bed, "second (second.example)", "File too large")
    assert not [*bed.root("second").rglob("*.new")]
    bed.host("second", "")
    published(bed)


def test_somebody_else_who_publishes_is_not_disturbed(bed):
    published(bed)
    bed.change("USER_BUSY")
    with only_one(bed.root("second")):
        refused(bed, "second (second.example)", "another compile, publish or rollback is running")
    published(bed)


def test_when_one_cannot_go_live_the_others_are_taken_back(bed):
    first = published(bed)
    bed.change("USER_BUSY")
    accounts = bed.place / "third/proxy/accounts.db"
    accounts.rename(f"{accounts}.away")
    accounts.mkdir()
    refused(bed, "third (this machine)", "accounts.db: Is a directory", f"first, second, third: release {first}")
    accounts.rmdir()
    os.rename(f"{accounts}.away", accounts)
    published(bed)


#: `routing` on a node that hangs when it is to go live.
_HANGS = """#!{python}
import sys, time
from routing.cluster.agent import Agent
from routing.cli import main
Agent._go_live = lambda *_: time.sleep(20)
main()
"""


def test_a_publisher_that_is_killed_while_nodes_go_live_leaves_the_old_release(bed):
    first = published(bed)
    bed.change("USER_BUSY")
    program = bed.place / "hanging"
    program.write_text(_HANGS.format(python=sys.executable))
    program.chmod(0o755)
    text = bed.file.read_text()
    bed.file.write_text(text.replace("third: {", f"third: {{command: {program}, "))
    with launch([sys.executable, "-m", "routing", *bed.words()], env=bed.environment(), stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) as publisher:  # fmt: skip
        until(lambda: current(bed.root("first")) != first and current(bed.root("second")) != first)
        publisher.send_signal(signal.SIGKILL)
    until(lambda: bed.live() == (first,) * 3 and not any((bed.root(name) / UNCONFIRMED).exists() for name in NAMES))
    bed.file.write_text(text)
    until(lambda: bed.publish().exit_code == 0)  # the hanging one has the lock until it ends


def test_a_node_that_died_unconfirmed_is_repaired_by_the_next_run(bed):
    first = published(bed)
    bed.change("USER_BUSY")
    second = published(bed)
    here = NodeRelease(bed.root("second"))
    here.go_live(first, Publication(0, "", "", "publish"), "")  # and then the power goes
    status = bed.run("node", "status", "--nodes", str(bed.file))
    assert status.exit_code == 1
    assert "a publish was cut off" in status.output
    assert "do not run the same release" in status.stderr
    result = bed.publish()
    assert "second (second.example): a publish that was cut off there has been taken back" in result.stderr
    assert bed.live() == (second,) * 3
    assert bed.run("node", "status", "--nodes", str(bed.file)).exit_code == 0


def test_what_somebody_published_after_a_cut_off_stays(bed):
    first = published(bed)
    bed.change("USER_BUSY")
    second = published(bed)
    root = bed.root("second")
    (root / UNCONFIRMED).write_text(json.dumps({"release": "other", "before": first, "earlier": None}))
    assert not NodeRelease(root).go_back()
    assert current(root) == second


def test_a_release_of_a_newer_format_is_refused_by_an_older_node(bed):
    published(bed)
    bed.change("USER_BUSY")
    program = bed.place / "older"
    program.write_text(
        f"#!{sys.executable}\nfrom routing.release import formats\nformats.FORMAT = 0\nformats.OLDEST_FORMAT = 0\n"
        "from routing.cli import main\nmain()\n"
    )
    program.chmod(0o755)
    bed.file.write_text(bed.file.read_text().replace("third: {", f"third: {{command: {program}, "))
    refused(bed, "third (this machine)", "newer (format 1) than what this version of routing runs (0 to 0)")


def test_a_file_that_arrives_damaged_is_refused(bed):
    program = bed.place / "damaging"
    program.write_text(
        f"#!{sys.executable}\nfrom routing.cluster.agent import Agent\nright = Agent._content\n"
        "Agent._content = lambda self, message, body: right(self, message, body + b'x')\n"
        "from routing.cli import main\nmain()\n"
    )
    program.chmod(0o755)
    bed.file.write_text(bed.file.read_text().replace("third: {", f"third: {{command: {program}, "))
    refused(bed, "third (this machine): a file has arrived damaged")


def test_the_publisher_may_be_one_of_the_nodes(bed):
    result = bed.run(*bed.words()[:-2], str(bed.root("third")), "--quiet")
    assert result.exit_code == 0, f"{result.output}{result.exception}"
    assert len({*bed.live()}) == 1


def test_status_names_the_node_that_does_not_answer(bed):
    published(bed)
    bed.host("first", "echo 'ssh: connect to host first.example port 22: Connection refused' >&2; exit 255")
    result = bed.run("node", "status", "--nodes", str(bed.file))
    assert result.exit_code == 1
    assert "first (first.example): ssh: connect to host first.example port 22: Connection refused" in result.stderr
    assert result.stdout.count(bed.live()[1]) == 2


@pytest.mark.parametrize(("off", "noted"), [("-3600", "its clock is 3600 s behind"), ("90", "its clock is 90 s ahead"),
                                            ("1", "")])  # fmt: skip
def test_status_notes_a_clock_that_is_wrong(bed, off, noted):
    published(bed)
    program = bed.place / "other-time"
    program.write_text(
        f"#!{sys.executable}\nimport time\nright = time.time\ntime.time = lambda: right() + {off}\n"
        "from routing.cli import main\nmain()\n"
    )
    program.chmod(0o755)
    bed.file.write_text(bed.file.read_text().replace("third: {", f"third: {{command: {program}, "))
    said = bed.run("node", "status", "--nodes", str(bed.file))
    assert said.exit_code == 0
    assert [noted in line for line in said.stdout.splitlines() if "clock" in line] == [True] * bool(noted)
