"""The scripts of the pipelines: a comment finds itself again, a fork fails softly, a bad deploy is rolled back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from support.http_servers import running
from support.pipelines import SCHEME, TESTS

PIPELINES = Path(__file__).resolve().parents[2] / "tools" / "pipelines"
pytestmark = pytest.mark.process


class Forge:
    """The comments of GitHub's or GitLab's API: it pages, it refuses who may not write, others write too."""

    def __init__(self):
        self.comments = {}
        self.token, self.may_write, self.others = "secret", True, set()
        forge = self

        class Handler(BaseHTTPRequestHandler):
            def do(self):
                code, told = forge.asked(self)
                body = json.dumps(told).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_PUT = do

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def asked(self, request):
        length = int(request.headers.get("Content-Length") or 0)
        told = json.loads(request.rfile.read(length)) if length else {}
        address = urlsplit(request.path)
        if self.token not in (request.headers.get("Authorization", "").removeprefix("Bearer "),
                              request.headers.get("PRIVATE-TOKEN")):  # fmt: skip
            return 401, {}
        if request.command == "GET":
            page = int(parse_qs(address.query)["page"][0])
            return 200, list(self.comments.values())[(page - 1) * 100 : page * 100]
        if not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        if request.command == "POST":
            number = len(self.comments) + 1
            self.comments[number] = {"id": number, "body": told["body"]}
            return 201, self.comments[number]
        number = int(address.path.rpartition("/")[2])
        if number in self.others:
            return 403, {}
        self.comments[number]["body"] = told["body"]
        return 200, self.comments[number]


@pytest.fixture
def forge():
    made = Forge()
    with running(made.server):
        yield made


@pytest.fixture(params=["github", "gitlab"])
def post(request, forge, tmp_path):
    """Post a text as a pipeline does."""

    def posted(text, **more):
        (tmp_path / "change.md").write_text(text)
        told = {
            "GITHUB_API_URL": forge.url, "GITHUB_REPOSITORY": "team/schemes", "PULL_REQUEST": "7", "GH_TOKEN": "secret",
            "CI_API_V4_URL": forge.url, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", "SCHEMES_TOKEN": "secret",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "PATH": os.environ["PATH"], **more,
        }  # fmt: skip
        command = [sys.executable, str(PIPELINES / "comment.py"), request.param, str(tmp_path / "change.md")]
        return subprocess.run(command, env=told, capture_output=True, text=True)

    return posted


def test_a_second_push_edits_the_first_ones_comment_whatever_stands_between(post, forge):
    assert post("No call changes.").stdout == "posted\n"
    for number in range(2, 130):
        forge.comments[number] = {"id": number, "body": "what a person says"}
    assert post("ivan rings 25 s").stdout == "edited\n"
    assert len(forge.comments) == 129
    assert forge.comments[1]["body"].endswith("\nivan rings 25 s")
    assert forge.comments[1]["body"].startswith("<!-- ")


def test_a_comment_on_a_later_page_is_found(post, forge):
    forge.comments = {number: {"id": number, "body": "talk"} for number in range(1, 151)}
    post("one")
    assert post("two").stdout == "edited\n"
    assert len(forge.comments) == 151


def test_somebody_elses_copy_is_left_alone(post, forge):
    post("one")
    forge.others = {1}
    assert post("two").stdout == "posted\n"
    assert forge.comments[1]["body"].endswith("one")


def test_a_forks_pull_request_fails_softly_and_its_text_is_in_the_summary(post, forge, tmp_path):
    forge.may_write = False
    done = post("ivan rings 25 s")
    assert (done.returncode, forge.comments) == (0, {})
    assert "may not write here (HTTP status 403)" in done.stdout
    assert (tmp_path / "summary.md").read_text() == "ivan rings 25 s"
    assert post("x", GH_TOKEN="", SCHEMES_TOKEN="").stdout == "not posted: there is no token\n"
    assert post("x", GH_TOKEN="old", SCHEMES_TOKEN="old").returncode == 0


def test_a_forge_that_is_away_is_a_failure_in_a_sentence(post):
    done = post("x", GITHUB_API_URL="http://127.0.0.1:1", CI_API_V4_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "Connection refused" in done.stderr and "Traceback" not in done.stderr


def test_a_long_change_is_cut_to_what_is_taken(post, forge):
    assert post("я" * 200_000).returncode == 0
    assert len(forge.comments[1]["body"]) < 65_536
    assert forge.comments[1]["body"].endswith("the job has all of it.\n")


COMPANY = """\
project: {name: example, timezone: Europe/Kyiv, country: UA}
people: {ivan: {name: Ivan, email: ivan@example.com, phones: {mobile: {number: "+380671112200", confirm: "1"}}}}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380441112233"]}}
"""
#: The real command, but for what a FreeSWITCH would be needed for: publish does not tell it, the doctor says SAYS.
ROUTING = f"""#!/bin/sh
case "$1" in
doctor) [ ! -e "$SAYS" ] || [ "$(readlink "$3/current")" = "$(cat "$3/good")" ] && cat "$BEFORE" || cat "$SAYS"
    [ ! -e "$SAYS.next" ] || [ "$(readlink "$3/current")" = "$(cat "$3/good")" ] || mv "$SAYS.next" "$SAYS"; exit 0 ;;
publish | rollback) exec {sys.executable} -m routing "$@" --no-reload ;;
*) exec {sys.executable} -m routing "$@" ;;
esac
"""


SETTLED = ("--settle", "0")


@pytest.fixture
def node(tmp_path):
    """A team's schemes on a node; returns how to deploy them."""
    (tmp_path / "schemes").mkdir()
    for name, text in (("company", COMPANY), ("kharkiv", SCHEME), ("kharkiv.test", TESTS)):
        (tmp_path / "schemes" / f"{name}.yaml").write_text(text)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "routing").write_text(ROUTING)
    (tmp_path / "bin" / "routing").chmod(0o755)

    (tmp_path / "before").write_text("[]")

    def deploy(*more):
        command = [sys.executable, str(PIPELINES / "deploy.py"), "--root", str(tmp_path / "root"), *(more or SETTLED)]
        files = {"SAYS": str(tmp_path / "says"), "BEFORE": str(tmp_path / "before")}
        told = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", **files}
        return subprocess.run(command, cwd=tmp_path, env=told, capture_output=True, text=True)

    return tmp_path, deploy


def live(folder):
    return os.readlink(folder / "root" / "current")


def test_a_merge_goes_live_and_a_bad_one_does_not(node):
    folder, deploy = node
    done = deploy()
    assert done.returncode == 0, done.stdout + done.stderr
    good = live(folder)
    (folder / "root" / "good").write_text(good)
    scheme = folder / "schemes" / "kharkiv.yaml"
    scheme.write_text(SCHEME.replace("to: ivan", "to: iwan"))
    done = deploy()
    assert (done.returncode, live(folder)) == (1, good)
    assert "the schemes are refused; nothing has changed" in done.stdout
    scheme.write_text(SCHEME.replace("20s", "25s"))
    (folder / "says").write_text('[{"check": "gateways", "level": "wrong", "words": "gateway main is DOWN"}]')
    done = deploy()
    assert done.returncode == 1
    assert "wrong since the publish: gateways: gateway main is DOWN" in done.stdout
    assert live(folder) == good
    assert "rolled back; live: " in done.stdout
    (folder / "says").unlink()
    assert deploy().returncode == 0
    assert live(folder) != good


def test_what_was_wrong_before_rolls_nothing_back(node):
    folder, deploy = node
    (folder / "root").mkdir()
    (folder / "root" / "good").write_text("none")
    (folder / "says").write_text('[{"check": "phones", "level": "wrong", "words": "as ever"}]')
    done = deploy()
    assert done.returncode == 0, done.stdout + done.stderr


def found(words):
    return json.dumps([{"check": "gateways", "level": "wrong", "words": words}])


def changed_after_a_release(folder, deploy):
    assert deploy().returncode == 0
    (folder / "root" / "good").write_text(live(folder))
    (folder / "schemes" / "kharkiv.yaml").write_text(SCHEME.replace("20s", "25s"))


def test_a_gateway_that_was_down_before_rolls_nothing_back_in_whatever_state_it_is(node):
    """A carrier that does not answer is TRYING at one moment and FAIL_WAIT at the next."""
    folder, deploy = node
    changed_after_a_release(folder, deploy)
    (folder / "before").write_text(found("gateway main is FAIL_WAIT and DOWN"))
    (folder / "says").write_text(found("gateway main is TRYING and DOWN"))
    done = deploy()
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_gateway_may_register_first(node):
    folder, deploy = node
    changed_after_a_release(folder, deploy)
    (folder / "says").write_text(found("gateway main is TRYING and DOWN"))
    (folder / "says.next").write_text("[]")
    done = deploy("--settle", "60")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_node_may_have_other_ports(node):
    _, deploy = node
    done = deploy(
        "--settle", "0", "--esl", "127.0.0.1:18021", "--engine", "127.0.0.1:18084", "--http", "127.0.0.1:18086"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "--esl 127.0.0.1:18021 --engine 127.0.0.1:18084" in done.stdout


@pytest.mark.parametrize("name", ["github", "gitlab", "deploy"])
def test_the_files_are_yaml_and_name_scripts_that_are_there(name):
    text = (PIPELINES / f"{name}.yml").read_text()
    assert yaml.safe_load(text)
    scripts = re.findall(r"tools/pipelines/(\w+\.py)", text)
    assert scripts and all((PIPELINES / script).is_file() for script in scripts)
    assert "--require-hashes" in text
