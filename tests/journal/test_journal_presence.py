"""Whoever looks at a node sees that its journal runs, and why recordings are still in the clear."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from routing.journal import sealed, store
from routing.process.presence import Reader, reader
from routing.recorder.recording import _presence
from routing.recorder.sealing import Sealing
from support.desk_calls import call

NOW = 1_800_000_000.0
PUBLIC, _ = sealed.new_pair()


@dataclass
class _Settings:
    spool: Path
    once: bool = False


@pytest.mark.parametrize("once", [False, True])
def test_a_journal_that_goes_on_is_seen_until_it_ends(tmp_path: Path, once: bool) -> None:
    settings: Any = _Settings(tmp_path, once)
    with ExitStack() as ending:
        _presence(settings, ending)
        assert (reader(tmp_path) is None) == once
    assert reader(tmp_path) is None


def test_what_leaves_recordings_in_the_clear_is_seen_until_it_is_mended(bed: Any, tmp_path: Path) -> None:
    worker = bed.worker()
    folder = tmp_path / "calls"
    folder.mkdir()
    recorded = call("aaaa1111", started=NOW - 900, ended=NOW - 800, recording=str(folder / "aaaa1111.wav"))
    store.record(worker.engine, [recorded])
    (folder / "aaaa1111.wav").mkdir()
    keys, secrets = ["y2026"], {}
    with ExitStack() as ending:
        mark = _presence(_Settings(bed.spool), ending)  # type: ignore[arg-type]
        sealing = Sealing(lambda: keys, secrets, lambda *_, **__: None, mark.say)

        def fault(after_s: float) -> str:
            sealing.apply(worker.engine, NOW + after_s, Event())
            found = reader(bed.spool)
            assert isinstance(found, Reader)
            return found.fault

        assert fault(0) == "the secret RECORDING_KEY_Y2026 is not set"
        secrets["RECORDING_KEY_Y2026"] = PUBLIC
        assert "call aaaa1111: " in fault(20)
        (folder / "aaaa1111.wav").rmdir()
        assert fault(40) == ""
        secrets.clear()
        assert fault(60)
        keys.clear()
        assert fault(80) == ""
