"""Commands that speak to FreeSWITCH, when it is not there or has nothing to say."""

from __future__ import annotations

import socket

import pytest
from click.testing import CliRunner

from routing.cli.errors import report
from routing.cli.hours import hours
from routing.cli.switch import switch
from routing.compile.build import build
from routing.release.publish import PublishFailed, current, publish

PROJECT = "project: {name: p, timezone: Europe/Kyiv}\npeople: {ivan: {name: I, phones: {desk: {sip: 'ACCOUNT'}}}}\n"
SCHEME = "scheme: s\nnumbers: ['+380440000500']\nsteps:\n  - ring: ivan\n  - hangup\n"


@pytest.fixture
def nobody():
    """An address of loopback where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def built(folder, account):
    folder.mkdir(exist_ok=True)
    (folder / "project.yaml").write_text(PROJECT.replace("ACCOUNT", account))
    (folder / "s.yaml").write_text(SCHEME)
    secrets = {f"SIP_PASSWORD_{account}": "x"}
    return build(folder, folder.parent / "root", lambda where: secrets).name


def test_a_publish_that_freeswitch_does_not_hear_of_leaves_the_old_release_live(tmp_path, nobody):
    root, first = tmp_path / "root", built(tmp_path / "schemes", "1001")
    publish(root, first, None)
    second = built(tmp_path / "schemes", "1002")
    with pytest.raises(PublishFailed, match=f"connection refused .*; release {first} stays live"):
        publish(root, second, switch(nobody, "secret"))
    assert current(root) == first


def test_an_absent_freeswitch_is_the_users_error_in_one_line(nobody, capsys):
    result = CliRunner().invoke(hours, ["office", "show", "--esl", nobody, "--esl-password", "secret"])
    assert result.exception is not None
    assert report(result.exception) == 1
    hint = "is FreeSWITCH running, and is that its event socket?"
    assert capsys.readouterr().err == f"routing: event socket {nobody}: connection refused (hint: {hint})\n"


def test_a_calendar_that_was_never_overridden_is_on_auto(monkeypatch):
    monkeypatch.setattr("routing.cli.hours.switch", lambda *_: lambda command: "-ERR no reply\n")
    result = CliRunner().invoke(hours, ["office", "show", "--esl-password", "secret"])
    assert result.output == "office: auto\n"
