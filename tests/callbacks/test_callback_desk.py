"""The callback API's way to its database when that cannot be opened."""

from __future__ import annotations

import pytest

from routing.public.callback_desk import CallbackDesk, DeskDown


def test_a_database_that_cannot_be_opened_is_reported_without_a_traceback(tmp_path, capfd):
    reported: list[str] = []
    desk = CallbackDesk(str(tmp_path), reported.append)  # a folder
    with pytest.raises(DeskDown) as raised:
        desk.find("an-order", 0.0, is_program=True)
    assert reported == [str(raised.value)] and reported[0]
    assert capfd.readouterr() == ("", "")
