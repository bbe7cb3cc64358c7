"""``routing dnd`` with a Redis of its own root."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from routing.cli.dnd import dnd
from routing.cli.errors import UserError
from routing.store.embedded import Embedded
from support.redis_needed import needs_redis

pytestmark = needs_redis


@pytest.fixture
def root(tmp_path):
    (tmp_path / "releases/a").mkdir(parents=True)
    (tmp_path / "releases/a/table.json").write_text(json.dumps({"project": "p", "people": {"ivan": {}, "olena": {}}}))
    (tmp_path / "current").symlink_to("releases/a")
    return tmp_path


def run(root, *words: str) -> str:
    result = CliRunner().invoke(dnd, [*words, "--root", str(root)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_on_off_and_who(root):
    ours = Embedded(root)
    ours.start()
    try:
        assert run(root, "ivan", "on").startswith("ivan: on since 2")
        run(root, "olena", "on")
        assert [line.partition(":")[0] for line in run(root).splitlines()] == ["ivan", "olena"]
        assert run(root, "ivan", "off") == run(root, "ivan") == "ivan: off\n"
        assert run(root).startswith("olena") and len(run(root).splitlines()) == 1
        run(root, "olena", "off")
        assert run(root) == "nobody is on do-not-disturb\n"
    finally:
        ours.stop()


@pytest.mark.parametrize(
    ("words", "told"), [(("petro", "on"), "nobody is called `petro`"), (("ivan", "on"), "Redis at ")]
)
def test_mistakes_and_a_redis_that_is_not_there(root, words, told):
    with pytest.raises(UserError, match=told):
        run(root, *words)
