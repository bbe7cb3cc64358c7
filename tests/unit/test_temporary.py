"""Temporary folders: gone afterwards, and those of killed processes are removed by the next of their kind."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack

from routing.process.temporary import IN_USE, temporary


def test_it_is_there_while_it_is_used_and_gone_afterwards(tmp_path):
    with temporary("routing-x-", tmp_path) as folder:
        (folder / "file").write_text("x")
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_is_in_use_is_not(tmp_path):
    with ExitStack() as stack:
        used = stack.enter_context(temporary("routing-x-", tmp_path))
        left, other = tmp_path / "routing-x-left", tmp_path / "routing-y-left"
        for folder in (left, other):
            folder.mkdir()
            (folder / IN_USE).touch()
        beginning = tmp_path / "routing-x-beginning"
        beginning.mkdir()
        with temporary("routing-x-", tmp_path) as mine:
            assert {path.name for path in tmp_path.iterdir()} == {used.name, mine.name, other.name, beginning.name}
    assert {path.name for path in tmp_path.iterdir()} == {other.name, beginning.name}


def test_a_link_leads_to_nobody_elses_folder(tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / IN_USE).touch()
    (tmp_path / "routing-x-link").symlink_to(victim)
    with temporary("routing-x-", tmp_path):
        assert (victim / IN_USE).exists()


def test_the_lock_is_the_processs(tmp_path):
    with temporary("routing-x-", tmp_path) as folder:
        descriptor = os.open(folder / IN_USE, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            raise AssertionError("nobody holds it")
        finally:
            os.close(descriptor)
