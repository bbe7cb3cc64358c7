"""Every option of every command: a value that is wrong by itself is a usage error, before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from routing.cli import group, options

PLACES = (
    "foo",
    "127.0.0.1",
    "127.0.0.1:",
    ":8021",
    "127.0.0.1:99999",
    "127.0.0.1:x",
    "a b:1",
    "::1:8021",
    "999.1.1.1:80",
)
#: A type, by what it is called or made of, to values that are wrong.
WRONG: dict[str, tuple[str, ...]] = {
    "host:port": PLACES,
    "node": ("nowhere", "10.0.0", "10.0.0.1:0", "10.0.0.1:5060/5060", "10.0.0.1*0", "10.0.0.1*101", "10.0.0.1:5060;x"),
    "host": ("a b", "a_b", "-a", "1.2.3"),
    "address": ("nowhere", "1.2.3", "1.2.3.4.5"),
    "network": ("nowhere", "10.0.0.1/8", "10.0.0.0/33"),
    "url": ("foo", "http://127.0.0.1", "redis://"),
    "collector": ("127.0.0.1:4318", "ftp://x/v1/traces", "http:///v1/traces"),
    "country": ("XX", "Ukraine", "380"),
    "zone": ("Mars/Base", "../etc/passwd", "Kyiv"),
    "time": ("25:00", "noon", "12"),
    "rate": ("10", "x/60", "10/0", "-1/60"),
    "export": ("site", "ga4", "ga4.", "ga5.site", "webhooks.Warehouse"),
    "encoding": ("nope", "base64", "utf 8 x"),
    "duration": ("5", "soon", "-1d", "0s"),
    "integer range": ("99999999", "x", "-1", "1.5"),
    "float range": ("1001", "x", "-1"),
    "choice": ("nope",),
    "datetime": ("yesterday", "2026-13-01", "2026-11-31"),
    "integer": ("x", "1.5"),
    "recogniser": ("english", "=cat", "English=cat", "english=", "english='"),
    "press": ("2", "x=3s", "1=soon", "12=3s"),
    "<people days hours>": ("one", "+1", "10-12"),
}  # fmt: skip
#: Text that is judged by what it names: a person, a scheme, a call, a revision; or that may be anything.
FREE = {
    "backup": {"--database"},
    "restore": {"--database"},
    "account": {"NAME", "--address", "--password", "--database"},
    "callbacks": {"ORDER_ID", "ORDER_IDS", "NUMBER", "--number", "--scheme", "--at", "--since", "--database"},
    "calls": {"CALL_ID", "--number", "--caller", "--person", "--scheme", "--node", "--tag", "--since", "--database"},
    "recordings": {
        "CALL_ID", "NAME", "--number", "--caller", "--person", "--scheme", "--node", "--tag", "--since", "--database",
        "--reason", "--into",
    },
    "check": {"--explain"},
    "desk": {"--database", "--smtp", "--mail-from", "--address"},
    "diff": {"OLD", "NEW"},
    "dnd": {"PERSON"},
    "downgrade": {"OLDER", "--database"},
    "doctor": {"--esl-password"},
    "exports": {"CALLS", "--database"},
    "floods": {"NUMBER", "CALLERS", "--esl-password", "--database"},
    "forget": {"NUMBER", "--database"},
    "graph": {"SCHEME", "--case"},
    "import": {"--domain", "--name"},
    "hours": {"CALENDAR", "--esl-password"},
    "secrets": {"--file"},
    "node": {"--group", "NAME"},
    "journal": {"--database", "--project", "--metrics", "--smtp", "--mail-from"},
    "publish": {"--esl-password"},
    "queue": {"NAME", "[QUEUE]", "PERSON", "CALL", "--esl-password"},
    "reference": {"TOPIC"},
    "report": {"NAME", "--database", "--address"},
    "serve": {"--database"},
    "simulate": {"--database"},
    "rollback": {"--esl-password"},
    "test": {"-k", "PATHS"},
    "track": {"--database"},
    "trace": {"--to", "--from", "--at", "--phone", "--others", "--digits", "--says", "--hours",
              "--hangs-up-after", "--webhook", "--revision", "--entity", "--source", "--engine", "--sticky", "--client",
              "--state", "--load", "--turn", "--crm"},
}  # fmt: skip


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found
        yield from commands(found, (*path, name))


COMMANDS = [*commands(group)]
PARAMETERS = [
    pytest.param(path, command, parameter, id=f"{' '.join(path)} {parameter.opts[-1]}")
    for path, command in COMMANDS
    for parameter in command.params
    if not getattr(parameter, "is_flag", False) or parameter.type.name == "text"
]


def named(parameter: click.Parameter) -> str:
    return parameter.opts[-1] if isinstance(parameter, click.Option) else (parameter.name or "").upper()


@pytest.mark.parametrize(("path", "command", "parameter"), PARAMETERS)
def test_a_value_that_is_wrong_by_itself_is_a_usage_error(
    path: tuple[str, ...], command: click.Command, parameter: click.Parameter, tmp_path: Path
) -> None:
    kind = parameter.type
    if kind.name == "text":
        if getattr(parameter, "is_flag", False):
            return
        assert named(parameter) in FREE.get(path[0], set()), f"{path} {named(parameter)}: give it a type of its own"
        return
    (tmp_path / "file").write_text("")
    wrong: tuple[str, ...] = WRONG.get(kind.name, ())
    if isinstance(kind, click.Path) and named(parameter) not in FREE.get(path[0], set()):
        wrong = (str(tmp_path / "nope"),) if kind.exists else ()
        wrong += () if kind.file_okay else (str(tmp_path / "file"),)
        wrong += () if kind.dir_okay else (str(tmp_path),)
        assert wrong, f"{path} {named(parameter)}: nothing is wrong"
    assert wrong or named(parameter) in FREE.get(path[0], set()), kind.name
    if isinstance(kind, click.IntRange) and kind.max is None:
        wrong = tuple(value for value in wrong if value != "99999999")
    if isinstance(kind, click.IntRange) and kind.min is None:
        wrong = tuple(value for value in wrong if value != "-1")
    for value in wrong:
        with pytest.raises(click.UsageError):
            context = click.Context(command, info_name=path[-1])
            parameter.type_cast_value(context, (value,) * parameter.nargs if parameter.nargs > 1 else
                                      [value] if parameter.multiple or parameter.nargs < 0 else value)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        "compile --engine foo",
        "compile --engine 127.0.0.1:0",
        "compile --schemes nope",
        "check --schemes nope",
        "pops --root nope",
        "track --root nope",
        "serve --root nope",
        "rollback --root nope",
        "test --root nope",
        "trace --to 1 --from 2 --root nope",
        "node init d --root r --sip-port 99999",
        "node init d --root r --sip-port 0",
        "node init d --root r --rtp 100 50",
        "node init d --root r --rtp 16384 16390",
        "node init d --root r --sip-port 5080",
        "node init d --root r --esl-port 5060",
        "node init d --root r --carrier 10.0.0.1/8",
        "node init d --root r --caller-rate ten",
        "node init d --root r --max-sessions 0",
        "calls --limit -1",
        "hours office open --until 25:00",
        "hours Office open",
        "check --explain nope",
        "diff a b --calls 0",
        "publish --esl nowhere",
        "journal --spool . --keep 5",
        "secrets --schemes nope",
    ],
)
def test_usage_errors_as_the_shell_sees_them(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(group, words.split())
    assert result.exit_code == 2, (result.output, result.exception)
    assert "Usage: " in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["127.0.0.1:8084", "[::1]:8084", "engine.example:1", "localhost:65535"])
def test_places_that_are_right(text: str) -> None:
    assert options.SERVER.convert(text, None, None) == text
