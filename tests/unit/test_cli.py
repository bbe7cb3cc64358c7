"""The commands as a user sees them: what is printed, where, and the exit code."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import routing.cli
from routing.cli import COMMANDS, group
from routing.cli.errors import ErrorReporter, UserError, report
from routing.cli.hours import _seconds_until, _spoken
from routing.model.calendar import Calendar, Period
from routing.model.callback_plan import calendar_facts
from routing.model.problem import Problem, Problems
from routing.release.publish import current, only_one
from support.release_folder import COMPANY, SCHEME


class Desk:
    """A terminal in a folder with schemes and their secrets."""

    def __init__(self, path: Path) -> None:
        self.schemes, self.root, self.secrets = path / "schemes", path / "root", path / "secrets.env"
        self.schemes.mkdir()
        (self.schemes / "company.yaml").write_text(COMPANY)
        (self.schemes / "a.yaml").write_text(SCHEME)

    def run(self, *words: str, environment: dict[str, str] | None = None) -> Result:
        """As `main` does, in this process."""

        def whole(arguments: list[str]) -> None:
            with ErrorReporter():
                group(arguments, prog_name="routing")

        command = click.Command("routing", callback=lambda: whole(list(words)))
        return CliRunner().invoke(command, [], env=environment or {})

    def compile(self, *words: str) -> Result:
        return self.on_root("compile", "--schemes", str(self.schemes), "--secrets", str(self.secrets), *words)

    def publish(self, *words: str, environment: dict[str, str] | None = None) -> Result:
        places = ("--schemes", str(self.schemes), "--secrets", str(self.secrets))
        return self.on_root("publish", *places, *words, environment=environment)

    def on_root(self, command: str, *words: str, environment: dict[str, str] | None = None) -> Result:
        return self.run(command, "--root", str(self.root), *words, environment=environment)

    def invent(self) -> Result:
        return self.run("secrets", "--schemes", str(self.schemes), "--file", str(self.secrets))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    assert made.invent().exit_code == 0
    return made


def test_secrets_are_invented_once_for_the_owner_only(desk: Desk) -> None:
    text = desk.secrets.read_text()
    assert re.findall(r"^(\w+)=\S{20,}$", text, re.MULTILINE) == ["SIP_PASSWORD_1001", "GATEWAY_PASSWORD_MAIN"]
    assert stat.S_IMODE(desk.secrets.stat().st_mode) == 0o600
    assert "nothing to add" in desk.invent().output
    assert desk.secrets.read_text() == text


def test_secrets_are_added_on_a_line_of_their_own(desk: Desk) -> None:
    desk.secrets.write_text("SIP_PASSWORD_1001=typed-by-hand")
    assert "1 secret added" in desk.invent().output
    first, second = desk.secrets.read_text().splitlines()
    assert first == "SIP_PASSWORD_1001=typed-by-hand"
    assert second.startswith("GATEWAY_PASSWORD_MAIN=")
    for value in (first, second):
        assert value.partition("=")[2] not in desk.invent().output


def test_compile_prints_times_and_the_release(desk: Desk) -> None:
    result = desk.compile()
    assert result.exit_code == 0, result.output
    assert re.search(r"^a +1  20 s$", result.output, re.MULTILINE)
    name = re.search(r"release ([0-9a-f]{12}): 1 scheme \(1 compiled\), 1 number", result.output)
    assert name
    assert desk.compile("--quiet").output.strip() == name[1]
    assert current(desk.root) is None


def test_of_many_schemes_the_first_are_listed_and_the_longest_is_named(desk: Desk) -> None:
    for at in range(45):
        last = "{ring: {to: ivan, for: 50s}}, " if at == 44 else ""
        (desk.schemes / f"s{at:02}.yaml").write_text(f"scheme: s{at:02}\nsteps: [{{ring: ivan}}, {last}hangup]\n")
    lines = desk.compile().output.splitlines()
    assert lines[41] == "... and 6 more; the longest is s44: 1 min 10 s"
    assert lines[40].startswith("s38 ")


def test_problems_go_to_stderr_all_of_them_with_a_count(desk: Desk) -> None:
    (desk.schemes / "a.yaml").write_text("scheme: a\nsteps: [{ring: ivn}, {play: x.wav}, hangup]\n")
    result = desk.compile()
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{desk.schemes}/a.yaml:2:16: steps[0].ring: nobody is called `ivn` (hint: did you mean `ivan`?)",
        f"{desk.schemes}/a.yaml:2:29: steps[1].play: there is no sound file `sounds/x.wav`",
        "2 problems",
    ]


def test_thousands_of_problems_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(Problems(Problem("a", line, 1, "", "x") for line in range(1000))) == 1
    assert capsys.readouterr().err.splitlines()[-2:] == ["... and 800 more", "1000 problems"]


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/store"), 1, "/x/store: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), 1, "/x: Permission denied"),
        (ValueError("oops"), 3, "internal error: ValueError: oops"),
    ],
)
def test_failures_become_one_line_and_a_code(
    error: Exception, code: int, says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROUTING_DEBUG", raising=False)
    assert report(error) == code
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


def test_publish_and_rollback_say_what_is_live(desk: Desk) -> None:
    first = desk.publish("--no-reload")
    assert first.exit_code == 0, first.output
    assert "live: release" in first.output
    assert "run `reloadxml`" in first.output
    (desk.schemes / "a.yaml").write_text(SCHEME.replace("hangup", "{hangup: USER_BUSY}"))
    second = desk.publish("--no-reload")
    live = current(desk.root)
    assert f"live: release {live} (before: " in second.output
    assert "reload: not needed" in second.output
    back = desk.on_root("rollback", "--no-reload")
    assert f"(before: {live})" in back.output


def test_the_event_socket_is_needed_only_when_accounts_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"reloadxml": "+OK [Success]", "global_getvar domain": "pbx", "user_exists id 1001 pbx": "true"}
    refused = desk.publish()
    assert (refused.exit_code, "ROUTING_ESL_PASSWORD" in refused.output) == (1, True)
    monkeypatch.setattr("routing.cli.switch.switch", lambda esl, password: lambda command: answers.get(command, "+OK"))
    assert desk.publish().exit_code == 0
    monkeypatch.undo()
    again = desk.publish()
    assert (again.exit_code, "not needed" in again.output) == (0, True)


def test_a_publish_that_cannot_say_so_to_freeswitch_changes_nothing(desk: Desk) -> None:
    result = desk.publish()
    assert result.exit_code == 1
    assert "set ROUTING_NODE" in result.stderr
    assert current(desk.root) is None
    result = desk.publish("--esl", "127.0.0.1:1", environment={"ROUTING_ESL_PASSWORD": "geheim"})
    assert result.exit_code == 1
    assert "no release is live" in result.stderr
    assert "geheim" not in result.output
    assert current(desk.root) is None
    assert desk.publish("--esl", "nowhere", environment={"ROUTING_ESL_PASSWORD": "x"}).exit_code == 2


def test_a_full_disk_leaves_the_old_release_live_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.publish("--no-reload")
    live = current(desk.root)
    (desk.schemes / "a.yaml").write_text(SCHEME.replace("hangup", "{hangup: USER_BUSY}"))

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        result = desk.publish("--no-reload")
    assert result.exit_code == 1
    assert re.search(rf"routing: \S+: No space left on device; release {live} stays live", result.stderr)
    assert current(desk.root) == live


def test_faulty_schemes_leave_the_old_release_live(desk: Desk) -> None:
    desk.publish("--no-reload")
    live = current(desk.root)
    (desk.schemes / "a.yaml").write_text("scheme: a\nsteps: [{rng: ivan}]\n")
    assert desk.publish("--no-reload").exit_code == 1
    assert current(desk.root) == live


def test_two_at_a_time_are_refused(desk: Desk) -> None:
    with only_one(desk.root):
        for result in (desk.compile(), desk.publish("--no-reload"), desk.on_root("rollback", "--no-reload")):
            assert result.exit_code == 1
            assert "another compile, publish or rollback is running" in result.stderr


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.chmod(0o640), "others can read it (hint: `chmod 600 "),
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_text("SIP_PASSWORD_1001\n"), "not NAME=value"),
        (lambda path: path.write_bytes(b"A=\xff\n"), "not UTF-8"),
        (lambda path: path.write_text("A=b\n"), "the secret SIP_PASSWORD_1001 is missing"),
        (
            lambda path: path.write_text("SIP_PASSWORD_1001=${x}\nGATEWAY_PASSWORD_MAIN=y\n"),
            "SIP_PASSWORD_1001 contains `${`",
        ),
    ],
)
def test_a_secrets_file_that_is_not_fit_is_told(desk: Desk, spoil: Callable[[Path], Any], says: str) -> None:
    spoil(desk.secrets)
    result = desk.compile()
    assert result.exit_code == 1
    assert says in result.stderr


def test_the_project_says_where_its_secrets_are(desk: Desk) -> None:
    (desk.schemes / "company.yaml").write_text(
        COMPANY.replace("country: UA", "country: UA, secrets: {file: ../secrets.env}")
    )
    result = desk.on_root("compile", "--schemes", str(desk.schemes))
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("place", ["schemes", "root"])
def test_folders_without_permission_are_named(desk: Desk, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.root.mkdir()
    closed = desk.schemes if place == "schemes" else desk.root
    real = os.scandir if place == "schemes" else os.open

    def refused(path: Any, *rest: Any) -> Any:
        if str(path).startswith(str(closed)):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *rest)

    monkeypatch.setattr(os, real.__name__, refused)
    result = desk.compile()
    assert result.exit_code == 1
    assert re.search(rf"routing: {closed}\S*: Permission denied", result.stderr)


def test_usage_errors_are_2_and_help_lists_every_command(desk: Desk) -> None:
    for words in (("nope",), ("compile", "--nope"), ("hours", "office", "ajar")):
        assert desk.run(*words).exit_code == 2
    shown = desk.run("--help").output
    assert all(name in shown for name in COMMANDS)


def test_every_command_of_the_table_is_there() -> None:
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        assert command.help


def test_the_schema_is_json(desk: Desk) -> None:
    assert json.loads(desk.run("schema").output)["$defs"]["RingStep"]


class Switch:
    """FreeSWITCH's global variables and scheduled tasks."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.tasks: dict[str, str] = {}
        self.ends: dict[str, int] = {}
        self.root = ""

    def __call__(self, command: str) -> str:
        name, _, rest = command.partition(" ")
        if name == "global_setvar":
            variable, _, value = rest.partition("=")
            self.variables[variable] = value
        elif name == "global_getvar":
            return self.variables.get(rest, "")
        elif name == "sched_api":
            when, task, todo = rest.split(" ", 2)
            assert re.fullmatch(r"\+\d+", when)
            self.tasks[task] = todo
        elif name == "xml_locate" and self.root:
            return f'<action application="transfer" data="$1 XML:{self.root}/current/entry.xml routing_inbound"/>'
        elif command == "show tasks as json":
            rows = [{"task_group": task, "task_runtime": str(at)} for task, at in self.ends.items()]
            return json.dumps({"row_count": len(rows), "rows": rows})
        elif name == "file_exists":
            return str(Path(rest).exists()).lower()
        elif name == "sched_del" and self.tasks.pop(rest, None) is None:
            return "-ERR No such task"
        return "+OK"


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    made = Switch()
    monkeypatch.setattr("routing.cli.hours.switch", lambda esl, password: made)
    return made


def test_hours_by_hand(desk: Desk, switch: Switch) -> None:
    assert desk.run("hours", "office", "show").output == "office: auto\n"
    closed = desk.run("hours", "office", "closed", "--until", "15:00").output
    assert re.fullmatch(r"office: closed until (\w+day )?15:00 [A-Z+0-9]+\n", closed)
    assert switch.variables == {"hours_office": "closed", "opens_office": ""}, "no release is live"
    assert switch.tasks == {"routing_hours_office": "global_setvar hours_office="}
    assert desk.run("hours", "office", "open").exit_code == 0
    assert switch.tasks == {}, "the earlier --until would end this override too"
    assert desk.run("hours", "office", "show").output == "office: open\n"
    assert desk.run("hours", "office", "auto").exit_code == 0
    assert switch.variables == {"hours_office": "", "opens_office": ""}


def test_hours_leave_to_freeswitch_when_a_closed_calendar_opens(desk: Desk, switch: Switch, tmp_path: Path) -> None:
    release = tmp_path / "live/releases/a"
    (release / "calendars").mkdir(parents=True)
    (tmp_path / "live/current").symlink_to("releases/a")
    (release / "calendars/office.xml").touch()
    office = Calendar("office", "Europe/Kyiv", ((Period(0, 1440),),) * 7)
    (release / "table.json").write_text('{"timezone": "Europe/Kyiv"}')
    (release / "desk.json").write_text(json.dumps({"calendars": {"office": calendar_facts(office)}}))
    switch.root = str(tmp_path / "live")
    desk.run("hours", "office", "closed", "--until", "15:00")
    assert re.fullmatch(r"[0-9a-f]{12} ([0-9]{2}-[0-9]{2},?){8} [0-6] 15 00", switch.variables["opens_office"])
    for others in (["closed"], ["open", "--until", "15:00"], ["auto"]):
        desk.run("hours", "office", *others)
        assert switch.variables["opens_office"] == ""


def test_hours_go_by_the_projects_zone_and_show_tells_the_end(desk: Desk, switch: Switch, tmp_path: Path) -> None:
    (tmp_path / "live/releases/a").mkdir(parents=True)
    (tmp_path / "live/current").symlink_to("releases/a")
    (tmp_path / "live/current/table.json").write_text('{"timezone": "Asia/Kathmandu"}')
    (tmp_path / "live/current/calendars").mkdir()
    (tmp_path / "live/current/calendars/office.xml").touch()
    switch.root = str(tmp_path / "live")
    assert desk.run("hours", "office", "closed", "--until", "15:00").output.endswith("15:00 +0545\n")
    switch.ends = {"routing_hours_office": 2_000_000_000, "another": 1_900_000_000}
    assert desk.run("hours", "office", "show").output == "office: closed until Wednesday 09:18 +0545\n"


def test_hours_knows_the_calendars_of_the_live_release(desk: Desk, switch: Switch, tmp_path: Path) -> None:
    (tmp_path / "live/current/calendars").mkdir(parents=True)
    (tmp_path / "live/current/calendars/office.xml").touch()
    switch.root = str(tmp_path / "live")
    told = desk.run("hours", "offce", "closed")
    assert told.exit_code == 1
    assert "the live release has no calendar `offce` (did you mean `office`?)" in told.stderr
    assert switch.variables == {}
    assert desk.run("hours", "office", "closed").exit_code == 0


def test_hours_refuses_before_it_changes_anything(desk: Desk, switch: Switch) -> None:
    for words in (("Office", "open"), ("office;x", "open"), ("office", "closed", "--until", "25:00")):
        result = desk.run("hours", *words)
        assert result.exit_code == 2
        assert "`" in result.stderr
    assert switch.variables == {}


def test_until_is_today_or_tomorrow() -> None:
    from datetime import datetime

    now = datetime(2026, 11, 22, 14, 0)
    assert [_seconds_until(until, now) for until in ("15:00", "14:00", "00:00")] == [3600, 86400, 36000]


def test_until_may_name_its_zone_and_says_it() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
    assert _seconds_until("17:00 Europe/Kyiv", now) == 3600
    assert _spoken("17:00 Europe/Kyiv", now) == " until 17:00 EET"
    assert _spoken("13:00", now) == " until Monday 13:00 UTC"
    for wrong in ("17:00 Europe/Nowhere", "17:00 ../etc", "noon"):
        with pytest.raises(UserError, match="write 15:00, or 15:00 Europe/Kyiv"):
            _seconds_until(wrong, now)


@pytest.mark.process
def test_the_command_itself_in_a_process_of_its_own(desk: Desk) -> None:
    words = [
        sys.executable,
        "-m",
        "routing",
        "compile",
        "--schemes",
        str(desk.schemes / "nope"),
        "--root",
        str(desk.root),
    ]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "does not exist" in result.stderr
    assert routing.cli.__doc__


@pytest.mark.parametrize(("command", "kept"), [("compile", "UA"), ("publish", "{country: UA, extra: [2026-11-21]}")])
def test_a_country_without_known_holidays_is_told_of(desk: Desk, monkeypatch: Any, command: str, kept: str) -> None:
    class Today(date):
        @classmethod
        def today(cls) -> date:
            return date(2026, 11, 22)

    monkeypatch.setattr("routing.cli.compiled.date", Today)
    opened = 'open: {mon: "09:00-18:00"}'
    text = f"calendars:\n  office: {{{opened}, holidays: {kept}}}\n  polish: {{{opened}, holidays: PL}}\n"
    (desk.schemes / "calendars.yaml").write_text(text)
    result = desk.compile() if command == "compile" else desk.publish("--no-reload")
    missing = "no holidays are known for UA from 2026-11-22 to 2027-11-22 (hint: list them under `extra:`)"
    assert result.exit_code == 0
    warned = [line for line in result.stderr.splitlines() if "warning" in line]
    assert warned == [f"warning: calendar office: {missing}"]
    checked = desk.run("check", "--schemes", str(desk.schemes), "--today", "2026-11-22")
    assert f"[missing-holidays] {missing}" in checked.output
