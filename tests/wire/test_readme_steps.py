"""The commands of README and docs, run as they are written, one after the other, in a fresh copy of what git has.

`PLACES` maps what a reader would put in place of an example; a block whose commands need more than this machine has
stands in `ELSEWHERE`, with what it needs. A block that is neither run nor named there fails the test.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from support import certificates
from support.documents import HOME, documents
from support.processes import launch

pytestmark = [pytest.mark.process, pytest.mark.thorough, certificates.needs_openssl]

COMMANDS = ("make", "routing", ".", "python", "python3", "pip", "curl", "export")
#: What cannot be done here -> what it needs.
ELSEWHERE = {
    "make test": "these tests",
    "python3 -m venv .venv": "the network; `make` installs the same",
    "routing recordings list": "a call that was recorded",
    'curl -H "Authorization: Bearer $TRACKING_KEY"': "the section's own pools, served",
    'curl -X POST -H "Authorization: Bearer $POPS_KEY"': "the section's own project, served",
}
BLOCKS = [example for document in documents() for example in document.literals()]
COMMAND_BLOCKS = [example for example in BLOCKS if example.text.split()[0] in COMMANDS]
TRIED = [example for example in COMMAND_BLOCKS if not example.text.startswith(tuple(ELSEWHERE))]
#: A block that stands in several places is run where it stands first.
ONCE: dict[str, str] = {}
for _example in TRIED:
    ONCE.setdefault(_example.text, _example.place)
#: Commands that go on until they are ended: started, and asked whether they are ready.
LASTING = re.compile(r"^routing (serve|track|pops|journal)\b.*$", re.MULTILINE)


@pytest.fixture
def fresh(tmp_path_factory):
    """A copy of what git has, with this environment as its `.venv`, as old as can be: make has nothing to do.

    Returns the place of the node's folders, and the copy, in a folder as people name theirs.
    """
    place = tmp_path_factory.mktemp("srv")
    copy = tmp_path_factory.mktemp("My projects") / "routing"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / name, copy / name)
        os.utime(copy / name, (0, 0))
    (copy / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (copy / ".venv" / part).symlink_to(Path(sys.prefix) / part)
    (copy / ".venv" / ".installed").touch()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"], ["branch", "my-branch"]):
        subprocess.run([*git, *words], cwd=copy, check=True)
    for folder in ("old", "new"):
        shutil.copytree(copy / "schemes", copy / folder)
    certificates.made(place / "live" / "pbx.example.com", "pbx.example.com")
    return place, copy


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


def as_here(text, place, ports):
    """What stands in an example -> what it is on this machine."""
    for said, here in {
        "/srv/routing": str(place),
        "/etc/letsencrypt": str(place),
        "127.0.0.1:8085": f"127.0.0.1:{ports['handler']}",
        "--port 8085": f"--port {ports['handler']}",
    }.items():
        text = text.replace(said, here)
    listens = f" --listen 127.0.0.1:{ports['engine']} --http 127.0.0.1:{ports['http']} & started=$!"
    text = re.sub(
        r"^(routing publish(?!.*--no-reload).*)$", rf"\1 --esl 127.0.0.1:{ports['esl']}", text, flags=re.MULTILINE
    )
    text = LASTING.sub(lambda found: found[0] + listens, text)
    if "started=$!" in text:
        text += f"ready {ports['http']}\nkill $started\nwait $started\n"
    return re.sub(r"^(python .*) &$", r"\1 & handler=$!\nready " + ports["handler"], text, flags=re.MULTILINE)


@pytest.fixture
def freeswitch():
    """The port of an event socket that does as it is told."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), EventSocket) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        yield str(server.server_address[1])
        server.shutdown()
        serving.join()


SAYS = {"reloadxml": "+OK [Success]\n", "user_exists": "true", "global_getvar domain": "pbx"}


class EventSocket(socketserver.StreamRequestHandler):
    def handle(self):
        with io.TextIOWrapper(self.rfile, newline="\n") as lines:
            self.say("Content-Type: auth/request\n\n")
            for line in filter(str.strip, lines):
                if line.startswith("api"):
                    said = next((each for asked, each in SAYS.items() if line.startswith(f"api {asked}")), "+OK\n")
                    self.say(f"Content-Type: api/response\nContent-Length: {len(said)}\n\n{said}")
                else:
                    self.say("Content-Type: command/reply\nReply-Text: +OK accepted\n\n")

    def say(self, text):
        self.wfile.write(text.encode())


READY = f"""set -euo pipefail
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
ready() {{ PYTHONPATH="{HOME}/tests" "{sys.executable}" "{__file__}" "$1"; }}
"""


def wait_for(port):
    """Until somebody listens."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        except urllib.error.HTTPError as said:
            if said.code != 503:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on {port}")


def test_the_blocks_do_what_they_say_one_after_another(fresh, freeswitch):
    for text, place in ONCE.items():
        _run(place, text, fresh, freeswitch)


def _run(where, text, fresh, freeswitch):
    place, copy = fresh
    ports = {name: free_port() for name in ("handler", "engine", "http")} | {"esl": freeswitch}
    environment = {**os.environ, "PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"}
    script = READY + as_here(re.sub(r"\\\n\s*", "", text), place, ports)
    command = ["bash", "-c", script]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    ran = launch(command, cwd=copy, env=environment, process_group=0, **pipes)
    try:
        stdout, stderr = ran.communicate(timeout=300)
    except subprocess.TimeoutExpired:  # what the block has started ends with it
        os.killpg(ran.pid, signal.SIGKILL)
        stdout, stderr = ran.communicate()
    assert ran.returncode == 0, f"{where}\n{script}\n{stdout[-3000:]}{stderr[-3000:]}"
    assert "Traceback" not in stderr


def test_every_block_that_is_not_run_is_named():
    left = [example.text for example in COMMAND_BLOCKS if example not in TRIED]
    assert [[known for known in ELSEWHERE if text.startswith(known)] for text in left] == [[each] for each in ELSEWHERE]
    assert len(TRIED) >= 15


if __name__ == "__main__":
    wait_for(sys.argv[1])
