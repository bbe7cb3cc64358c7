"""The plan of the live release: what a server of pages goes by while files cannot be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from routing.web.server import RETRY_SECONDS, LivePlan


class Bed:
    """A release root, its clock, and what is logged."""

    def __init__(self, root: Path) -> None:
        self.root, self.now_s, self.said = root, 100.0, []
        self.live = LivePlan(root, "tracking.json", lambda table: table["name"], self, lambda: self.now_s)

    def write(self, *line: object, **facts: object) -> None:
        self.said.append(facts["problem"])

    def publish(self, name: str, text: str | None) -> Path:
        folder = self.root / "releases" / name
        folder.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (folder / "tracking.json").write_text(text)
        (self.root / "new").unlink(missing_ok=True)
        os.symlink(f"releases/{name}", self.root / "new")
        os.replace(self.root / "new", self.root / "current")
        return folder / "tracking.json"


@pytest.fixture
def bed(tmp_path: Path) -> Bed:
    return Bed(tmp_path)


def test_nothing_is_published_until_something_is(bed: Bed) -> None:
    assert bed.live() is None
    bed.publish("a", '{"name": "a"}')
    assert bed.live() == "a"
    (bed.root / "current").unlink()
    assert bed.live() is None
    bed.publish("a", '{"name": "a"}')
    assert bed.live() == "a"


@pytest.mark.parametrize("text", ["{", "[]", '{"other": 1}', "", None])
def test_a_read_that_fails_is_made_again_until_it_does_not(bed: Bed, text: str | None) -> None:
    bed.publish("a", '{"name": "a"}')
    assert bed.live() == "a"
    file = bed.publish("b", text)
    before = None if text is None else "a"
    assert [bed.live() for _ in range(100)] == [before] * 100
    bed.now_s += RETRY_SECONDS
    assert bed.live() == before
    assert len(bed.said) == 1
    file.write_text(json.dumps({"name": "b"}))
    assert bed.live() == before  # once a second is enough
    bed.now_s += RETRY_SECONDS
    assert bed.live() == "b"


def test_a_read_refused_by_the_system_is_made_again(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many open files, just when another release is published."""
    bed.publish("a", '{"name": "a"}')
    assert bed.live() == "a"
    bed.publish("b", '{"name": "b"}')
    with monkeypatch.context() as broken:

        def refused(path: Path) -> bytes:
            raise OSError(24, "Too many open files")

        broken.setattr(Path, "read_bytes", refused)
        assert bed.live() == "a"
    bed.now_s += RETRY_SECONDS
    assert bed.live() == "b"
    bed.publish("c", '{"name": "c"}')  # the next one is not held up
    assert bed.live() == "c"
