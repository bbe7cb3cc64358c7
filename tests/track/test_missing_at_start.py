"""What ``routing track`` and ``routing pops`` report when they start: what pages will not get, and what to do."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from routing.cli.web import pops, track
from routing.release.publish import publish
from support.release_folder import COMPANY, Folder

SITE = "tracking: {origins: 'https://www.example.com', key: SITE_KEY}"
POPS = "pops: {origins: 'https://crm.example.com', key: POPS_KEY}"
POOL = "pools: {city: {scheme: a, numbers: ['+380577280001'], overflow: '+380800330521'}}\n"


def reported(command: Any, root: Path, capfd: Any) -> list[str]:
    """The lines ``missing`` of a server that finds its port taken."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        assert CliRunner().invoke(command, ["--root", str(root), "--listen", place]).exit_code == 1
    lines = (json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{"))
    return [str(line["words"]) for line in lines if line["event"] == "missing"]


@pytest.fixture
def root(tmp_path: Path, request: Any) -> Path:
    """A root whose live release has these settings of the project, and a pool where it tracks a site."""
    folder = Folder(tmp_path)
    folder.write("company.yaml", COMPANY.replace("country: UA", ", ".join(("country: UA", *request.param))))
    if SITE in request.param:
        folder.write("pool.yaml", POOL)
    publish(folder.root, folder.build().name, None)
    return folder.root


@pytest.mark.parametrize("command", [track, pops], ids=["track", "pops"])
def test_no_release(command: Any, tmp_path: Path, capfd: Any) -> None:
    assert reported(command, tmp_path, capfd) == [
        f"no release is live in {tmp_path}: pages get nothing (hint: routing publish --root {tmp_path})"
    ]


@pytest.mark.parametrize("root", [()], indirect=True)
def test_a_release_without_what_is_served(root: Path, capfd: Any) -> None:
    assert reported(track, root, capfd) == [
        "the live release lends no numbers (hint: `pools:` and `project: {tracking: ...}` in the schemes)"
    ]
    assert reported(pops, root, capfd) == [
        "the live release has no screen pops: every page is refused (hint: `project: {pops: ...}` in the schemes)"
    ]


@pytest.mark.parametrize("root", [(SITE, POPS)], indirect=True)
def test_secrets_that_are_not_set(root: Path, capfd: Any, monkeypatch: Any) -> None:
    assert reported(track, root, capfd) == [
        "the secret SITE_KEY is not set: programs are refused (hint: serve with --secrets FILE)"
    ]
    assert reported(pops, root, capfd) == [
        "the secret POPS_KEY is not set: every page is refused (hint: serve with --secrets FILE)"
    ]
    monkeypatch.setenv("SITE_KEY", "a key that is long enough")
    monkeypatch.setenv("POPS_KEY", "another that is long enough")
    assert reported(track, root, capfd) == reported(pops, root, capfd) == []
