"""Whom FreeSWITCH must not ring, from memory to its variables: ids alone, and nothing while nothing is known."""

from __future__ import annotations

import json

import pytest

from routing.engine.dnd import DndVariables
from routing.model.memory import Forgotten


class Away:
    """Remembers who is away in one project."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.is_down = False

    def away(self, project: str) -> dict[str, float]:
        if self.is_down:
            raise Forgotten("no answer")
        return dict.fromkeys(self.names if project == "p" else (), 1.0)


@pytest.fixture
def root(tmp_path):
    (tmp_path / "current").mkdir()
    (tmp_path / "current/table.json").write_text(json.dumps({"project": "p"}))
    return tmp_path


def test_everybody_who_is_away_is_busy(root):
    assert DndVariables(root, Away("ivan", "olena"))() == {
        "routing_dnd_ivan": "error/17/",
        "routing_dnd_olena": "error/17/",
    }


@pytest.mark.parametrize("name", ["a b", "x=y", "ivan\n\napi shutdown", "${x}", "", "Ivan", "a" * 65])
def test_a_name_that_is_no_id_never_becomes_a_command(root, name):
    assert DndVariables(root, Away(name, "olena"))() == {"routing_dnd_olena": "error/17/"}


def test_nothing_is_known_without_a_release_or_a_memory(root, tmp_path):
    assert DndVariables(tmp_path / "none", Away("ivan"))() is None
    memory = Away("ivan")
    told = DndVariables(root, memory)
    memory.is_down = True
    assert told() is None
    memory.is_down = False
    assert told() == {"routing_dnd_ivan": "error/17/"}
