"""``routing callbacks``: what it prints and what it does; `make golden` writes the output anew."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.callbacks import leases
from routing.callbacks.store import CallbackStore
from routing.cli import callbacks as module
from routing.cli.callbacks import callbacks
from routing.journal.database import open_database
from routing.model.callback import CallbackSource, Consent
from routing.model.callback_causes import NOBODY
from support.callback_orders import CLIENT, NOW, an_order
from support.folders import HERE, compiled, laid_out

OUTPUT = Path(__file__).parent / "command.txt"
MORE = {
    "source": CallbackSource.WIDGET, "dialled": "+380800330521", "entities": {"region": "521"},
    "source_facts": {"utm_source": "x"}, "consent": Consent("Call me", "https://shop.example/", NOW - 5),
    "created_s": NOW - 5,
}  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """The root of the company that calls clients back."""
    place = tmp_path_factory.mktemp("callbacks")
    release = compiled(laid_out(HERE / "good" / "callback", place / "schemes"), place / "root")
    (place / "root" / "current").symlink_to(release.folder)
    return place / "root"


@pytest.fixture
def run(published, database, monkeypatch):
    monkeypatch.setattr(module.time, "time", lambda: NOW)

    def run(*words: str, root: Path = published) -> str:
        place = ["--root", str(root), "--database", database]
        result = CliRunner().invoke(callbacks, [*words, *place], env={"COLUMNS": "80"})
        failure = f"routing: {result.exception}\n" if result.exception and result.exit_code == 1 else ""
        return result.output + failure

    return run


@pytest.fixture
def orders(database):
    """Three orders of the project: one with two attempts, one from a page, one that is closed."""
    engine = open_database(database, migrate=False)
    store = CallbackStore(engine)
    store.order(an_order(id="1a" * 16, project="p", scheme="a"))
    token = leases.take(engine, "p", "engine", NOW, 1e6)
    for uuid, at_s, cause in (("u1", NOW, "USER_BUSY"), ("u2", NOW + 200, NOBODY)):
        store.start("1a" * 16, uuid, token, at_s)
        store.finish(uuid, cause, 0, at_s + 20)
    store.order(
        an_order(id="2b" * 16, project="p", scheme="a", number="+380671234568", not_before_s=NOW + 3600, **MORE)
    )
    store.order(an_order(id="2c" * 16, project="p", scheme="a", number="+380671234569", created_s=NOW - 9))
    store.cancel("2c" * 16, NOW + 3)
    store.order(an_order(id="2d" * 16, project="p", scheme="b", number="+380671234560", created_s=NOW - 600))
    store.close_by_talk("p", "+380671234560", NOW - 525)
    yield store
    engine.dispose()


def test_what_it_prints(run, orders):
    asked = [
        ("list",), ("list", "--all"), ("list", "--number", "067 123 45 69"), ("list", "--limit", "1", "--json"),
        ("show", "1a"), ("show", "2b"), ("show", "2b", "--json"), ("show", "2"), ("show", "3"),
        ("add", "0671234570", "--scheme", "a", "--at", "12:30"), ("add", "0671234570", "--scheme", "b"),
        ("add", "0671234571", "--scheme", "c"), ("add", "+12125551234", "--scheme", "a"),
        ("add", "12", "--scheme", "a"),
        ("add", "+380800330522", "--scheme", "a"), ("add", CLIENT, "--scheme", "a", "--at", "soon"),
        ("add", CLIENT, "--scheme", "a", "--at", "2026-11-22 10:00"),
        ("add", "0671234571", "--scheme", "a", "--at", "9:00"),
        ("add", "+12125551234", "--scheme", "a"),
        # Long enough to be the beginning of no new id, which is random.
        ("run", "2b2b2b2b"), ("cancel", "1a1a1a1a", "2b2b2b2b"), ("cancel", "1a1a1a1a"), ("run", "1a1a1a1a"),
        ("list", "--number", "x"), ("report",), ("report", "--since", "1h", "--json"), ("report", "--since", "long"),
    ]  # fmt: skip
    said = "".join(f"$ routing callbacks {' '.join(words)}\n{_masked(run(*words))}" for words in asked)
    said = re.sub(" +$", "", said, flags=re.MULTILINE)
    if os.environ.get("ROUTING_GOLDEN"):
        OUTPUT.write_text(said, encoding="utf-8")
    assert said == OUTPUT.read_text(encoding="utf-8")
    lines = (line for line in said.splitlines() if not line.startswith(("{", "routing:", "$")))
    assert max(map(len, lines)) <= 80


def _masked(text: str) -> str:
    """New ids are random."""
    words = text.split(" ")
    return " ".join([words[0], "NEW:", *words[2:]]) if words[0] in ("ordered", "renewed") else text


def test_an_order_from_the_command_line(run, database):
    made = json.loads(run("add", "+380671234571", "--scheme", "b", "--first", "client", "--tries", "2", "--json"))
    assert (made["source"], made["first"], made["tries_left"], made["dialled"]) == ("cli", "client", 2, "+380800330522")
    assert run("list", "--json") == json.dumps(made) + "\n"


def test_without_orders(run):
    assert run("list") == "no open orders (--all lists closed ones)\n"
    assert run("list", "--all") == "no orders\n"


def test_a_root_without_callbacks(run, tmp_path):
    assert "has no live release" in run("add", CLIENT, "--scheme", "a", root=tmp_path)
    release = compiled(laid_out(HERE / "good" / "tag", tmp_path / "schemes"), tmp_path / "root")
    (tmp_path / "root" / "current").symlink_to(release.folder)
    said = run("add", CLIENT, "--scheme", "a", root=tmp_path / "root")
    assert said == (
        "routing: the live release calls nobody back (hint: write `project: {callbacks: {}}` and publish)\n"
    )
