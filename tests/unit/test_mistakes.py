"""What whoever mistypes a command reads: transcripts in ``tests/mistakes``, written anew by ``make golden``.

A line that begins with ``$ `` is a command of its own folder, which holds what `place` makes; what follows is all that
it prints, and the exit code.
"""

import io
import os
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from routing.cli import group
from routing.cli.errors import ErrorReporter

HERE = Path(__file__).parents[1] / "mistakes"
FILES = sorted(HERE.glob("*.txt"))


COMPANY = {
    "project.yaml": """\
project: {name: x, timezone: Europe/Kyiv, country: UA, secrets: env}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
people: {ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}}
""",
    "front.yaml": """\
scheme: front
numbers: [{number: "+380441112233"}]
steps: [{ring: {to: ivan, for: 20s}}, {hangup: NO_ANSWER}]
""",
}


#: Folders of certificates.
TLS = {
    "half": {"fullchain.pem": b"-----BEGIN CERTIFICATE-----\n"},
    "der": {"fullchain.pem": b"\x30\x82\xff", "privkey.pem": b"\x30"},
    "notes": {"fullchain.pem": b"to do\n", "privkey.pem": b"to do\n"},
    "garbled": {"fullchain.pem": b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n", "privkey.pem": b"x\n"},
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder, which is a root without a release, a file, secrets of each odd kind, and a company."""
    (tmp_path / "spool").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "company").mkdir()
    for name, text in COMPANY.items():
        (tmp_path / "company" / name).write_text(text)
    (tmp_path / "a_file").write_text("no database\n")
    for name, files in TLS.items():
        (tmp_path / name).mkdir()
        for file, content in files.items():
            (tmp_path / name / file).write_bytes(content)
    for name, mode, text in (
        ("open", 0o644, b"A=b\n"),
        ("words", 0o600, b"# mine\nA\n"),
        ("ansi", 0o600, b"A=b\nB=\xff\n"),
    ):
        (tmp_path / name).write_bytes(text)
        (tmp_path / name).chmod(mode)
    monkeypatch.chdir(tmp_path)
    for name in ("ROUTING_ESL_PASSWORD", "ROUTING_REDIS", "ROUTING_DATABASE", "ROUTING_SMTP", "ROUTING_SPOOL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")


def run(words):
    """What a command prints, both streams together, and its exit code."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as ended, ErrorReporter():
        group(words, prog_name="routing")
    code = ended.value.code or 0
    told = re.sub(r"Usage: .*\n(?: .*\n)*Try .*\n\n", "", said.getvalue()).replace(str(Path.cwd()), "HERE")
    return f"{told}[exit {code}]\n"


def transcript(commands):
    """The commands with what each of them says."""
    return "\n".join(f"$ {command}\n{run(shlex.split(command)[1:])}" for command in commands)


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_is_told_with_what_to_do(file):
    text = file.read_text("utf-8")
    found = transcript(line[2:] for line in text.splitlines() if line.startswith("$ "))
    if os.environ.get("ROUTING_GOLDEN"):
        file.write_text(found, "utf-8")
    else:
        assert found == text


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_mistake_is_a_fault_of_ours(file):
    text = file.read_text("utf-8")
    assert "[exit 3]" not in text and "[exit 0]" not in text
    assert not re.search(r"Traceback|Error\(|Errno|\b[A-Z]\w+Error: (?!file is not)", text)
