"""Unix sockets below folders of any length."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from routing.model.socket_path import LONGEST_BYTES, short_path


def _of_length(folder: Path, length: int) -> Path:
    """A path of so many bytes whose folder is there."""
    while length - len(str(folder)) > 120:
        folder /= "d" * 100
    folder /= "d" * (length - len(str(folder)) - len("//name"))
    folder.mkdir(parents=True)
    return folder / "name"


@pytest.mark.parametrize("length", [LONGEST_BYTES - 1, LONGEST_BYTES, LONGEST_BYTES + 1, 400])
def test_a_socket_is_bound_and_reached_by_a_path_of_any_length(tmp_path, length):
    path = _of_length(tmp_path, length)
    assert len(str(path)) == length
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as asking:
        with short_path(path) as short:
            listening.bind(short)
        listening.listen()
        with short_path(str(path)) as short:
            asking.connect(short)
    assert path.is_socket()


def test_letters_count_in_bytes(tmp_path):
    path = tmp_path / ("є" * 60) / "name"
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as sock, short_path(path) as short:
        sock.bind(short)
    assert path.is_socket()


def test_a_long_path_whose_folder_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError), short_path(tmp_path / ("d" * 200) / "name"):
        pass
