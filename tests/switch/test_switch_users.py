"""Every part as a user of its own, in one group: who publishes, FreeSWITCH, the engine, the journal. None is root."""

import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

import routing
from support.processes import launch
from support.switchbed import ports, sip
from support.switchbed.bed import until
from support.switchbed.esl import Esl
from support.switchbed.switch import find

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can be other users")
GROUP, PUBLISHER, SWITCH, ENGINE, JOURNAL, STRANGER = range(61_000, 61_006)
PROJECT = """\
project: {name: lab, timezone: Europe/Kyiv, country: UA, destinations: [UA]}
people: {ivan: {name: Ivan, phones: {desk: {sip: "2001"}}, extension: "101"}}
gateways: {main: {proxy: "127.0.0.1:5090", register: false, ping: false, numbers: ["+380800330900"]}}
"""
SCHEME = """\
scheme: desk
numbers: ["+380800330900"]
steps:
  - voicemail: {box: lab, at_most: 10s}
"""


def python(environment: dict[str, str]) -> list[str]:
    """A Python that every user may run, with what is installed for ours."""
    name = f"python3.{sys.version_info[1]}"
    folders = [*os.environ["PATH"].split(os.pathsep), "/usr/local/bin", "/usr/bin"]
    stranger = ["setpriv", "--reuid", str(STRANGER), "--clear-groups"]
    for program in (sys.executable, *(f"{folder}/{name}" for folder in folders)):
        # by a shell of that user: setpriv itself may still enter root's folders
        words = [*stranger, "sh", "-c", 'exec "$0" -c "import redis.asyncio, sqlalchemy"', program]
        if subprocess.run(words, capture_output=True, check=False, env=environment).returncode == 0:
            return [program]
    pytest.skip(f"no {name} that other users may run")


class Users:
    """Commands as users, in a folder that all of them may enter."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.root = folder, folder / "node", folder / "root"
        places = [path for path in sys.path if path.endswith("site-packages")]
        passed = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self.environment = {**passed, "HOME": str(folder)}
        # redis wants it on Python before 3.11.3, as Debian's is; what runs these tests may be newer and lack it
        (folder / "older").mkdir()
        (folder / "older" / "async_timeout.py").write_text("from asyncio import timeout\n")
        self.environment["PYTHONPATH"] = os.pathsep.join(
            [*places, str(Path(routing.__file__).parents[1]), str(folder / "older")]
        )
        self.python = python(self.environment)

    def words(self, user: int, *words: str, group: int = GROUP) -> list[str]:
        return ["setpriv", "--reuid", str(user), "--regid", str(user), "--groups", str(group), *words]

    def routing(self, user: int, *words: str, code: int = 0, group: int = GROUP) -> str:
        command = self.words(user, *self.python, "-m", "routing", *words, group=group)
        done = subprocess.run(
            command, capture_output=True, text=True, env=self.environment, cwd=self.folder, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextlib.contextmanager
    def running(self, user: int, *words: str, **environment: str):
        with (self.folder / f"log{user}").open("wb") as log:
            process = launch(
                self.words(user, *words), env=self.environment | environment, cwd=self.folder, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def users():
    folder = Path(tempfile.mkdtemp(prefix="routing-users-"))
    folder.chmod(0o755)
    try:
        made = Users(folder)
        os.chown(folder, PUBLISHER, GROUP)
        yield made
    finally:
        shutil.rmtree(folder)


def test_a_call_and_its_message_with_every_part_a_user_of_its_own(users, tmp_path):
    (users.folder / "schemes").mkdir()
    (users.folder / "schemes" / "project.yaml").write_text(PROJECT)
    (users.folder / "schemes" / "desk.yaml").write_text(SCHEME)
    users.routing(PUBLISHER, "secrets", "--file", "secrets")
    sip_port, external, esl, engine, status = (ports.free() for _ in range(5))
    rtp = ports.free(30)
    init = [
        "node",
        "init",
        str(users.home),
        "--root",
        str(users.root),
        "--group",
        str(GROUP),
        "--sip-port",
        str(sip_port),
    ]
    init += ["--external-port", str(external), "--esl-port", str(esl), "--rtp", str(rtp), str(rtp + 29)]
    users.routing(PUBLISHER, *init, "--carrier", "127.0.0.1/32")
    publish = [
        "publish",
        "--schemes",
        "schemes",
        "--out",
        str(users.root),
        "--no-reload",
        "--secrets",
        "secrets",
        "--engine",
        f"127.0.0.1:{engine}",
    ]
    users.routing(PUBLISHER, *publish)
    told = json.loads((users.home / "event_socket.json").read_text())
    for secret in (users.home / "event_socket.json", users.root / "current" / "directory.xml"):
        assert stat.S_IMODE(secret.stat().st_mode) == 0o640 and secret.stat().st_gid == GROUP

    start = users.routing(PUBLISHER, *init, "--carrier", "127.0.0.1/32").splitlines()[0].split()[3:]
    serve = ["-m", "routing", "serve", "--root", str(users.root), "--listen", f"127.0.0.1:{engine}"]
    serve += ["--http", f"127.0.0.1:{status}", "--workers", "1", "--esl", f"127.0.0.1:{esl}"]
    folder = Path(start[start.index("-db") + 1])
    try:
        with (
            users.running(SWITCH, str(find()), *start),
            users.running(ENGINE, *users.python, *serve, ROUTING_ESL_PASSWORD=told["password"]),
        ):
            assert until(lambda: ready(esl, told["password"]), 60), (users.folder / f"log{SWITCH}").read_text()[-2000:]
            call = sip.Sipp(
                sip.caller(to="380800330900", sender="+380671112233", talk_ms=4000, sounds=[(1000, sip.SPEECH)]),
                tmp_path / "call", f"127.0.0.1:{external}", ["-m", "1"],
            )  # fmt: skip
            try:
                assert call.wait(40) == 0
            finally:
                call.stop()
            assert until(lambda: healthy(status), 60), (users.folder / f"log{ENGINE}").read_text()[-2000:]
            assert until(lambda: list((users.home / "spool").glob("a_*.json")), 20)
        journal = ["--spool", str(users.home / "spool"), "--root", str(users.root), "--redis", "redis://127.0.0.1:1"]
        assert "1 call recorded" in users.routing(JOURNAL, "journal", "--once", *journal)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert not list((users.home / "spool").glob("*.json"))
    (row,) = map(json.loads, users.routing(JOURNAL, "calls", "--root", str(users.root), "--json").splitlines())
    assert (row["status"], row["client"]) == ("voicemail", "+380671112233") and Path(row["voicemail"]).is_file()
    assert stat.S_IMODE((users.root / "journal.db").stat().st_mode) == 0o600

    for path in (users.home / "event_socket.json", Path(row["voicemail"]), users.root / "current" / "directory.xml"):
        looked = subprocess.run(
            users.words(STRANGER, "cat", str(path), group=STRANGER), capture_output=True, check=False
        )
        assert looked.returncode, f"a stranger reads {path}"
    assert "you may not read it" in users.routing(STRANGER, "calls", "--root", str(users.root), code=1, group=STRANGER)
    assert "cannot be opened" in users.routing(ENGINE, "journal", "--once", *journal, code=1)


def ready(port: int, password: str) -> bool:
    with contextlib.suppress(OSError):
        esl = Esl(port, password)
        with contextlib.closing(esl):
            return esl.api("sofia status").count("RUNNING") >= 2
    return False


def healthy(status: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{status}/health", timeout=1) as answer:
        return bool(answer.status == 200)
    return False


def test_a_group_that_is_not_there_is_said(users):
    words = ["node", "init", str(users.home), "--root", str(users.root), "--group", "no-such-group"]
    assert "there is no group `no-such-group` (hint: groupadd" in users.routing(PUBLISHER, *words, code=2)
