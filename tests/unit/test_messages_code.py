"""The code by which a phone hears its messages is known as such in the journal, also where no node can read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.release_folder import COMPANY, Folder


@pytest.mark.parametrize("more", ["", ", encrypt_recordings: y2026"])
def test_it_names_its_scheme_before_anything_else(tmp_path: Path, more: str) -> None:
    folder = Folder(tmp_path)
    folder.write("company.yaml", COMPANY.replace("country: UA", f"country: UA{more}"))
    folder.build()
    text = (folder.root / "releases").glob("*/schemes/codes.xml").__next__().read_text()
    messages = text.partition('<extension name="messages">')[2].partition("</extension>")[0]
    first = messages.partition("<action")[2].partition("/>")[0]
    assert "routing_scheme=codes" in first
    assert ("invalid.wav" in messages) == bool(more)
