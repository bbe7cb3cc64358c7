"""``routing queue`` with a Redis of its own root; what it prints of queues, and its mistakes."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from routing.cli import queue as command
from routing.cli.errors import UserError
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.duties import RedisDuties
from routing.store.embedded import Embedded, url
from support.redis_needed import needs_redis

CALL = "3740e285-2bb6-4782-99e3-8733cc792401"
SEEN = {
    "queue": "support",
    "project": "p",
    "callers": [
        {"call": CALL, "caller": "+380671234567", "arrived_ms": 1, "place": 1, "waits_s": 75, "rings": ["ivan"],
         "talks_with": ""},
        {"call": CALL[::-1], "caller": "anonymous", "arrived_ms": 0, "place": 0, "waits_s": 5, "rings": [],
         "talks_with": "olena"},
    ],
    "people": {"ivan": "free", "olena": "busy"},
}  # fmt: skip


def _queue(name: str, people: list[dict]) -> dict:
    return {"kind": "queue", "name": name, "project": "p", "people": people}


@pytest.fixture
def root(tmp_path):
    (tmp_path / "releases/a/schemes").mkdir(parents=True)
    member = {"outside": False, "seconds": 20, "sip": ["1001"], "skills": {}, "weight": 1}
    people = [{"name": name, "person": name, **member} for name in ("ivan", "olena")]
    steps = {"1": _queue("", people[:1]), "2": _queue("support", people)}
    (tmp_path / "releases/a/schemes/sales.json").write_text(json.dumps({"steps": steps}))
    (tmp_path / "releases/a/table.json").write_text(json.dumps({"project": "p", "people": {"ivan": {}, "olena": {}}}))
    (tmp_path / "current").symlink_to("releases/a")
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(command.queue, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@needs_redis
def test_people_are_signed_in_and_out_and_paused(root):
    ours = Embedded(root)
    ours.start()
    store = RedisStore(parse(url(root)), budget_s=5)
    try:
        assert run("sign-in", "ivan", "sales", "--root", str(root)) == "ivan: signed in to queue sales\n"
        assert run("sign-out", "olena", "--root", str(root)) == "olena: signed out of every queue\n"
        assert run("pause", "ivan", "--root", str(root)) == "ivan: paused\n"
        found = RedisDuties(store).records("p")
        assert (found["ivan"].signed_in, found["ivan"].is_on_break) == ({"sales": True}, True)
        assert found["olena"].signed_in == {"*": False}
        assert run("ready", "ivan", "--root", str(root)) == "ivan: ready\n"
        assert not RedisDuties(store).records("p")["ivan"].is_on_break
    finally:
        store.close()
        ours.stop()


@needs_redis
def test_the_people_of_queues_where_nobody_waits_are_shown_too(root, monkeypatch):
    monkeypatch.setattr(command, "pictures", lambda http: [])
    ours = Embedded(root)
    ours.start()
    try:
        run("sign-out", "ivan", "support", "--root", str(root))
        run("pause", "olena", "--root", str(root))
        assert run("show", "--root", str(root)).splitlines() == [
            "sales: 0 callers waiting; ivan ready",
            "support: 0 callers waiting; ivan signed out, olena paused",
        ]
        result = CliRunner().invoke(command.queue, ["show", "supprt", "--root", str(root)])
        assert str(result.exception) == "no queue is called `supprt` (did you mean `support`?)"
    finally:
        ours.stop()


def test_queues_are_shown(monkeypatch):
    monkeypatch.setattr(command, "pictures", lambda http: [SEEN])
    shown = run("show").splitlines()
    assert shown[0] == "support: 1 caller waiting; ivan free, olena busy"
    assert shown[2].split() == ["1", "1", "min", "15", "s", CALL[:8], "+380671234567", "rings", "ivan"]
    assert shown[3].split()[-3:] == ["talks", "with", "olena"]
    assert json.loads(run("show", "support", "--json")) == SEEN
    hint = " (hint: with --root the people of such queues are shown)"
    assert run("show", "sales") == f"nobody waits in sales{hint}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "--http", "127.0.0.1:9"), "the engine at 127.0.0.1:9: connection refused (hint: "),
        (("take-out", "no call"), "`no call` waits in no queue"),
        (("take-out", CALL[:8]), "FreeSWITCH's event socket needs its password"),
        (("move", CALL[::-1], "1"), "waits in no queue"),
    ],
)
def test_mistakes(words, told, monkeypatch):
    monkeypatch.delenv("ROUTING_ESL_PASSWORD", raising=False)
    if words[0] != "show":
        monkeypatch.setattr(command, "pictures", lambda http: [SEEN])
    result = CliRunner().invoke(command.queue, list(words))
    assert isinstance(result.exception, UserError) and told in str(result.exception)


def test_nobody_of_another_name_is_paused(root):
    result = CliRunner().invoke(command.queue, ["pause", "ivn", "--root", str(root)])
    assert str(result.exception) == "nobody is called `ivn` (did you mean `ivan`?)"


@pytest.mark.parametrize("command_name", ["sign-in", "sign-out"])
@pytest.mark.parametrize(
    ("person", "name", "told"),
    [
        ("ivan", "suport", "no queue is called `suport` (did you mean `support`?)"),
        ("ivan", "x", "no queue is called `x` (queues: sales, support)"),
        ("olena", "sales", "olena is not in queue sales (people of its `to`: ivan)"),
    ],
)
def test_people_sign_in_to_queues_of_theirs_only(root, command_name, person, name, told):
    result = CliRunner().invoke(command.queue, [command_name, person, name, "--root", str(root)])
    assert str(result.exception) == told
