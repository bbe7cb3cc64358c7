"""`routing floods`: what people see of floods, and what they refuse and let pass by hand."""

import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.errors import ErrorReporter
from support.flood_switch import GlobalsSwitch

NUMBER = "+380800330916"


@pytest.fixture
def switch(monkeypatch):
    made = GlobalsSwitch(time.time())
    monkeypatch.setattr("routing.cli.floods.switch", lambda esl, password: made)
    return made


def run(*arguments, command="floods"):
    def whole():
        with ErrorReporter():
            group([command, *arguments], prog_name="routing")

    return CliRunner().invoke(click.Command("routing", callback=whole), [])


def test_nothing_is_refused(switch):
    assert run("show").output == "nothing is refused\n"


@pytest.fixture
def rooted(company, monkeypatch):
    """Commands take the company's root."""
    monkeypatch.setenv("ROUTING_ROOT", str(company))


@pytest.mark.usefixtures("rooted")
def test_what_is_refused_by_hand_is_shown_and_lifted(switch):
    assert run("refuse", NUMBER, "+44", "anonymous", "--for", "2h").output == (
        f"{NUMBER}: refuses 44..., anonymous for 2 h\n"
    )
    assert run("show").output.startswith(f"{NUMBER}: refuses 44..., anonymous until 20")
    assert run("show").output.endswith(" (refused by a person)\n")
    assert run("lift", NUMBER, "--for", "30m").output == f"{NUMBER}: everybody passes for 30 min\n"
    assert run("show").output.startswith(f"{NUMBER}: everybody passes until 20")
    assert run("lift", NUMBER, "--now").output == f"{NUMBER}: nothing is refused; a new flood is\n"
    assert run("show").output == "nothing is refused\n"
    assert switch.tasks == {}


@pytest.mark.usefixtures("rooted")
def test_everybody_unknown_is_refused(switch):
    assert run("refuse", NUMBER, "all").output == f"{NUMBER}: refuses everybody for 1 h\n"
    assert switch.variables["routing_flood_380800330916"] == "refuse_hand,"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("refuse", NUMBER, "sales"), "`sales` is no beginning of a number: write +44, anonymous, abroad or all"),
        (("refuse", NUMBER, "${x}"), "`${x}` is no beginning of a number: write +44, anonymous, abroad or all"),
        (("refuse", NUMBER, *map(str, range(100, 170))), "70 beginnings: 64 at the most"),
        (("refuse", "sales", "all"), "`sales` is not a phone number: digits, spaces, dashes and brackets only"),
        (
            ("lift", "+380441112233"),
            f"no floods are watched at +380441112233: nothing would be refused (those are {NUMBER})",
        ),
        (
            ("refuse", "+380800330961", "all"),
            f"no floods are watched at +380800330961: nothing would be refused (did you mean `{NUMBER}`?)",
        ),
    ],
)
@pytest.mark.usefixtures("rooted")
def test_mistakes(switch, arguments, message):
    found = run(*arguments)
    assert (found.exit_code, found.output) == (1, f"routing: {message}\n")
    assert switch.tasks == {}


@pytest.mark.usefixtures("rooted")
def test_everybody_from_abroad_is_refused(switch):
    assert run("refuse", NUMBER, "abroad", "--for", "1h").output.startswith(f"{NUMBER}: refuses 1..., 2..., 30...")
    refused = tuple(switch.variables["routing_flood_380800330916"].split(",")[1:])
    assert "381641234567".startswith(refused)
    assert not "380671234567".startswith(refused)


@pytest.mark.usefixtures("rooted")
def test_a_number_as_people_write_it(switch):
    assert run("refuse", "0800 330 916", "+44").output == f"{NUMBER}: refuses 44... for 1 h\n"


@pytest.mark.usefixtures("rooted")
def test_a_freeswitch_that_refuses(switch):
    switch.fails = True
    found = run("refuse", NUMBER, "all")
    assert (found.exit_code, found.output) == (1, "routing: FreeSWITCH refused: -ERR no reply\n")


@pytest.fixture
def company(tmp_path, monkeypatch):
    """A release root whose company watches a number."""
    monkeypatch.setenv("SIP_PASSWORD_101", "a-long-password-101")
    schemes = tmp_path / "schemes"
    schemes.mkdir()
    (schemes / "project.yaml").write_text(
        "project: {name: shop, timezone: Europe/Kyiv, country: UA, floods: {mode: refuse}}\n"
        'people: {ivan: {name: Ivan, phones: {desk: {sip: "101"}}}}\n'
    )
    (schemes / "s.yaml").write_text(
        f'scheme: s\nnumbers: [{{number: "{NUMBER}", caller_pays: false}}]\nsteps: [{{ring: ivan}}, hangup]\n'
    )
    root = tmp_path / "root"
    done = run(str(schemes), "--root", str(root), "--no-reload", command="publish")
    assert done.exit_code == 0, done.output
    return root


def attack(folder: Path, *rows: str, head="started,number,caller,answered,ended"):
    file = folder / "attack.csv"
    file.write_text("\n".join((head, *rows)) + "\n")
    return str(file)


def rows(count):
    for at in range(count):
        minute, second = divmod(at, 60)
        started = f"2026-11-30T12:{minute:02}:{second:02}+02:00"
        answered = f"2026-11-30T12:{minute:02}:{second:02}.500000+02:00"
        ended = f"2026-11-30T12:{minute:02}:{second:02}.900000+02:00"
        yield f"{started},{NUMBER},+442071{at:06},{answered},{ended}"


def test_a_replay_shows_what_an_attack_would_cost(company):
    found = run("replay", "--root", str(company), "--days", "90", "--attack", attack(company, *rows(200)))
    lines = found.output.splitlines()
    assert lines[0] == "0 calls of the journal, 200 calls of the attack"
    assert lines[1].startswith(f"2026-11-30 12:00:0{lines[1][18]} {NUMBER}: refuse +44")
    assert lines[-12].startswith("refused: 0 of the journal, 19")
    assert lines[-11].startswith("the attack's answered time before it was refused: ")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"2026-11-30,{NUMBER},+442071234567,,2026-11-30T12:00:00+02:00", "`2026-11-30` has no zone"),
        (f"noon,{NUMBER},+442071234567,,2026-11-30T12:00:00+02:00", "`noon` is not a time"),
        ("2026-11-30T12:00:00+02:00,+380441112233,+442071234567,,2026-11-30T12:00:00+02:00", "is not watched"),
        (f"2026-11-30T12:00:00+02:00,{NUMBER},+442071234567,,2026-11-30T11:00:00+02:00", "in this order"),
        ("2026-11-30T12:00:00+02:00", "is not a phone number"),
    ],
)
def test_a_file_of_an_attack_with_a_mistake(company, row, message):
    found = run("replay", "--root", str(company), "--attack", attack(company, row))
    assert found.exit_code == 1
    assert "attack.csv:2: " in found.output
    assert message in found.output


def test_a_file_without_a_column(company):
    found = run("replay", "--root", str(company), "--attack", attack(company, head="started,number,caller"))
    assert found.exit_code == 1
    assert "column answered is missing" in found.output
