"""A terminal that knows ASCII alone: every command prints, names in other letters too, and nothing crashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from routing.cli import COMMANDS

ROOT = Path(__file__).parents[2]
ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CALL = ["--at", "2026-11-23 10:00", "--to", "0800330521", "--from", "0671234567"]
#: What each prints with names in Cyrillic in it; the exit code that it has everywhere.
SAID = {
    "check": (["check", "schemes"], 0),
    "check --list": (["check", "--list"], 0),
    "check --json": (["check", "schemes", "--json"], 0),
    "check bad": (["check", "BROKEN"], 1),
    "compile": (["compile", "BROKEN", "--root", "ROOT"], 1),
    "diff": (["diff", "SMALL", "OTHER"], 0),
    "diff --json": (["diff", "SMALL", "OTHER", "--json"], 0),
    "graph svg": (["graph", "front", "--schemes", "SMALL"], 0),
    "graph mermaid": (["graph", "front", "--schemes", "SMALL", "--format", "mermaid"], 0),
    "graph dot": (["graph", "front", "--schemes", "SMALL", "--format", "dot"], 0),
    "reference": (["reference", "ring"], 0),
    "schema": (["schema"], 0),
    "schema --tests": (["schema", "--tests"], 0),
    "schema --simulations": (["schema", "--simulations"], 0),
    "test": (["test", "SMALL", "-v", "--cover"], 1),
    "trace": (["trace", *CALL, "--schemes", "SMALL"], 0),
    "trace --json": (["trace", *CALL, "--schemes", "SMALL", "--json"], 0),
    "calls": (["calls", "--root", "SMALL"], None),
    "doctor": (["doctor", "--root", "SMALL"], None),
    "secrets": (["secrets", "SMALL", "--file", "OUT"], 0),
}
FILES = {
    "p.yaml": "project: {name: p, timezone: Europe/Kyiv, country: UA}\n"
    "gateways: {main: {proxy: sip.example, numbers: '+380800330521'}}\n"
    "people:\n  ivan: {name: Іван Петренко, phones: {desk: {sip: '1001'}, mobile: {number: '+380500000101'}}}\n",
    "a.yaml": "scheme: front\ntitle: Головна лінія\nnumbers: '0800330521'\n"
    "steps: [{ring: {to: ivan, label: Продажі}}, hangup]\n",
    "a.test.yaml": "tests:\n  - name: нікого немає\n"
    "    call: {to: '0800330521', from: '+380671234567', at: '2026-11-23 10:00'}\n"
    "    phones: {ivan: busy}\n    expect: [{talk: ivan}]\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The small company, one that differs from it, and one with mistakes in letters beyond ASCII."""
    made = tmp_path_factory.mktemp("компанія")
    for name, changed in {"SMALL": "", "OTHER": "20 гудків", "BROKEN": "{ring: олена}"}.items():
        (made / name).mkdir()
        for file, text in FILES.items():
            if file == "a.yaml" and name == "OTHER":
                text = text.replace("Продажі", "Підтримка")
            if file == "a.yaml" and name == "BROKEN":
                text = text.replace("hangup", f"{changed}, {{ring: іван}}, hangup")
            (made / name / file).write_text(text, encoding="utf-8")
    return {name: str(made / name) for name in ("SMALL", "OTHER", "BROKEN", "OUT", "ROOT")}


@pytest.mark.process
@pytest.mark.parametrize("what", SAID)
def test_it_prints(what: str, folders: dict[str, str]) -> None:
    words, code = SAID[what]
    ran = run([folders.get(word, word) for word in words])
    assert b"UnicodeEncodeError" not in ran.stderr and b"Traceback" not in ran.stderr and ran.returncode != 3, (
        ran.stderr
    )
    assert code is None or ran.returncode == code, ran.stderr
    assert (ran.stdout + ran.stderr).decode("utf-8")
    if "--json" in words:
        json.loads(ran.stdout)


@pytest.mark.process
@pytest.mark.parametrize("name", COMMANDS)
def test_help_prints(name: str) -> None:
    ran = run([name, "--help"])
    assert ran.returncode == 0 and ran.stdout.isascii(), ran.stderr


def run(words: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "routing", *words],
        cwd=ROOT,
        env={**os.environ, **ASCII},
        capture_output=True,
        check=False,
    )
