"""The shell completes commands, options, and the names of the folder of schemes that is worked in."""

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("routing gra", {"graph"}),
        ("routing graph --form", {"--format"}),
        ("routing graph --format m", {"mermaid"}),
        ("routing graph khar", {"kharkiv"}),
        ("routing graph --schemes tests/switch/project khar", set()),
        ("routing graph --schemes tests/switch/project gre", {"greeting"}),
    ],
)
def test_bash(typed, offered, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_ROUTING_COMPLETE": "bash_complete"}
    ran = CliRunner().invoke(group, prog_name="routing", env=words)
    assert {line.partition(",")[2] for line in ran.output.split()} == offered


PROJECT = {
    "project.yaml": "project: {name: x, timezone: Europe/Kyiv, country: UA}\n"
    "calendars:\n  office: {open: {mon-fri: 09:00-18:00}}\n  orders: {open: {sat: 10:00-15:00}}\n",
    "people.yaml": "people:\n  ivan: {name: Ivan, phones: {desk: {sip: '1001'}, mobile: {number: '+380501112233'}}}\n"
    "  irina: {name: Irina, phones: {desk: {sip: '1002'}}}\n  olena: {name: Olena, phones: {desk: {sip: '1003'}}}\n",
    "front.yaml": "scheme: front\nnumbers: ['0800330521', {number: '+380 44 000 00 01'}]\nsteps: hangup\n",
    "front.test.yaml": "tests:\n  - {name: nobody is there, call: {}, never: []}\n  - {name: night, call: {}}\n",
}
OFFERS = [
    (["trace", "--to", "+38044"], ["+380440000001"]),
    (["trace", "--to", ""], ["+380440000001", "+380800330521"]),
    (["trace", "--from", "ivan"], ["ivan.desk", "ivan.mobile"]),
    (["trace", "--from", "an"], ["anonymous"]),
    (["trace", "--phone", "i"], ["irina", "irina.desk", "ivan", "ivan.desk", "ivan.mobile"]),
    (["trace", "--phone", "ivan=b"], ["ivan=busy"]),
    (["trace", "--hours", "o"], ["office", "orders"]),
    (["trace", "--hours", "office=c"], ["office=closed"]),
    (["trace", "--state", "ivan=d"], ["ivan=dnd"]),
    (["trace", "--sticky", "ol"], ["olena"]),
    (["trace", "--client", "ol"], ["olena"]),
    (["trace", "--turn", "iv"], ["ivan"]),
    (["dnd", "ol"], ["olena"]),
    (["hours", "of"], ["office"]),
    (["check", "--explain", "no-w"], ["no-way-out"]),
    (["calls", "--person", "iv"], ["ivan"]),
    (["calls", "--scheme", "f"], ["front"]),
    (["calls", "--number", "+38080"], ["+380800330521"]),
    (["graph", "fr"], ["front"]),
    (["graph", "front", "--case", "no"], ["nobody is there"]),
    (["test", "-k", "ni"], ["night"]),
    (["test", "-k", "zz"], []),
]


def laid_out(folder: Path, files: dict[str, str | bytes]) -> Path:
    (folder / "schemes").mkdir()
    for name, text in files.items():
        (folder / "schemes" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def asked(shell: str, words: list[str], raw: str = "") -> str:
    """What the shell reads when TAB is pressed behind the last word."""
    typed = "routing " + (raw or " ".join(map(shlex.quote, words[:-1])) + f" {words[-1]}")
    told = {"COMP_WORDS": typed, "COMP_CWORD": str(len(words)), "_ROUTING_COMPLETE": f"{shell}_complete"}
    ran = CliRunner().invoke(
        group, prog_name="routing", env=told | ({"COMP_CWORD": words[-1]} if shell == "fish" else {})
    )
    assert ran.exit_code == 0 and ran.stderr == "", ran.stderr
    return ran.stdout


def values(shell: str, said: str) -> list[str]:
    lines = [line for line in said.splitlines() if line]
    if shell == "bash":
        return [shlex.split(line.removeprefix("plain,"))[0] for line in lines]
    return [line.removeprefix("plain,") for line in lines] if shell == "fish" else lines[1::3]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(("words", "offered"), OFFERS, ids=lambda value: " ".join(value))
def test_names_of_the_project(words, offered, shell, tmp_path, monkeypatch):
    monkeypatch.chdir(laid_out(tmp_path, PROJECT))
    assert values(shell, asked(shell, words)) == offered


BROKEN = {
    "no yaml": {"a.yaml": "people: [\n"},
    "no text": {"a.yaml": b"people:\n  iv\xff\xfe: {}\n", "a.test.yaml": b"\xff\x00"},
    "odd types": {"a.yaml": "people: 5\ncalendars: [office]\nproject: ivan\n", "b.yaml": "scheme: 5\nnumbers: {a: b}\n",
                  "b.test.yaml": "tests: {name: 5}\n", "c.test.yaml": "tests: [5, {name: [x]}]\n"},
    "odd people": {"a.yaml": "project: {country: 5}\npeople: {5: x}\n",
                   "b.yaml": "scheme: [x]\nnumbers: [[1], null, x]\n"},
    "empty": {"a.yaml": "", "a.test.yaml": ""},
    "a folder": {},
}  # fmt: skip


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_offers_nothing_and_says_nothing(what, shell, tmp_path, monkeypatch):
    monkeypatch.chdir(laid_out(tmp_path, BROKEN[what]))
    if what == "a folder":
        (tmp_path / "schemes" / "people.yaml").mkdir()
    for words, offered in OFFERS:
        if words[0] != "check" and not {"anonymous"} & set(offered) and words[-1][-2:] not in ("=b", "=c", "=d"):
            said = asked(shell, words)
            assert values(shell, said) == [], words


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_without_a_project_nothing_is_offered_and_nothing_said(shell, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert asked(shell, ["graph", ""]) == asked(shell, ["dnd", ""]) == asked(shell, ["test", "-k", ""]) == "\n"


def test_a_sound_file_is_offered_beside_a_broken_one(tmp_path, monkeypatch):
    monkeypatch.chdir(laid_out(tmp_path, {**PROJECT, "more.yaml": "people:\n  ivanka: {\n"}))
    assert asked("fish", ["dnd", "iv"]) == "plain,ivan\n"


def test_bash_gets_names_with_spaces_quoted_unless_a_quote_is_open(tmp_path, monkeypatch):
    monkeypatch.chdir(laid_out(tmp_path, PROJECT))
    assert asked("bash", ["test", "-k", "no"]) == "plain,'nobody is there'\n"
    assert asked("bash", ["test", "-k", "no"], "test -k 'no") == "plain,nobody is there\n"
    assert asked("zsh", ["test", "-k", "no"]) == "plain\nnobody is there\n_\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_that_is_sourced(shell):
    ran = CliRunner().invoke(group, prog_name="routing", env={"_ROUTING_COMPLETE": f"{shell}_source"})
    assert ran.exit_code == 0 and "_ROUTING_COMPLETE" in ran.output
