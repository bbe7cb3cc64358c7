"""What schemes compile to, byte for byte; `make golden` (ROUTING_GOLDEN=1) writes it anew for reading."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

import pytest

from routing.compile.entry import ENTRY_FILES
from routing.compile.xml import ALLOWED, FAMILY
from routing.steps import KINDS
from support.folders import HERE, compiled, laid_out

FOLDERS = sorted(path for path in (HERE / "good").iterdir() if path.is_dir())

#: What only the front doors expand: the node's limits, and what a call says of itself, to be matched and nothing else.
DOORS = {*ENTRY_FILES}
_BOUNDS = ("caller_rate", "caller_calls", "anonymous_rate", "number_rate", "number_calls")
OF_THE_NODE = {f"routing_limit_{bound}" for bound in _BOUNDS}
OF_THE_CALL = {
    "destination_number", "caller_id_number", "caller_id_name", "sip_Privacy", "sip_Remote-Party-ID",
    "sip_from_display", "sip_from_uri", "sip_from_user", "sip_req_user", "sip_to_user", "sip_h_P-Called-Party-ID",
    "sip_h_Diversion", "sip_history_info", "switch_r_sdp", "rtp_secure_media_inbound",
}  # fmt: skip
#: What they have captured of it.
CAPTURED = {"routing_caller", "routing_from", "routing_numbered"}

#: A pattern of what is left out.
CODES = "!schemes/codes.*"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_compiles_to_its_golden_release(folder: Path, tmp_path: Path) -> None:
    release = compiled(laid_out(folder, tmp_path / "schemes"), tmp_path / "root")
    texts = _texts(release.folder, _golden_files(folder))
    golden = folder / "release"
    if os.environ.get("ROUTING_GOLDEN"):
        shutil.rmtree(golden, ignore_errors=True)
        for name, text in texts.items():
            (golden / name).parent.mkdir(parents=True, exist_ok=True)
            (golden / name).write_text(text, encoding="utf-8")
    assert texts == _texts(golden, ["*"])
    _closed(release.folder)


def _golden_files(folder: Path) -> list[str]:
    """Patterns of a release's files that are golden: those in the file `golden`, or else the authors' schemes.

    The scheme of the phones' codes is the same in every release: it is golden in one.
    """
    chosen = folder / "golden"
    return chosen.read_text(encoding="utf-8").split() if chosen.exists() else ["schemes/*", CODES]


def _texts(release: Path, patterns: list[str]) -> dict[str, str]:
    """Texts of a release by name, without its place and its own name, which every change anywhere changes."""
    paths = [path for path in release.rglob("*") if path.suffix in (".xml", ".json")]
    names = {path.relative_to(release).as_posix(): path for path in paths}
    return {
        name: _everywhere(path.read_text(encoding="utf-8"), release)
        for name, path in sorted(names.items())
        if any(fnmatch(name, pattern) for pattern in patterns) and not (CODES in patterns and fnmatch(name, CODES[1:]))
    }


def _everywhere(text: str, release: Path) -> str:
    """A text as it is on every machine and in every release."""
    text = text.replace(str(release.parent.parent), "/root").replace(f"/{release.name}/", "/RELEASE/")
    text = text.replace(f"releases/{release.name}", "releases/RELEASE")
    return re.sub(r'"(release|reload)": "[0-9a-f]+"', r'"\1": "HASH"', text)


def _closed(release: Path) -> None:
    """Every place that an action names is there, every sound too, and nothing else is expanded."""
    there = {path: _labels(path) for path in release.rglob("*.xml")}
    for path in there:
        text = path.read_text(encoding="utf-8")
        expanded = set(re.findall(r"\$\{([^}]*)", text)) - (
            OF_THE_NODE | OF_THE_CALL | CAPTURED if path.name in DOORS else ALLOWED
        )
        assert [name for name in expanded if not FAMILY.fullmatch(name)] == [], path
        assert not {f"${{{name}}}" for name in OF_THE_CALL} & set(
            re.findall(r"\$\{[\w-]+\}", "".join(_arguments(path)))
        ), path
        for label, file in re.findall(r'data="([\w.*#+${}]+) XML:\$\{routing_release\}/(\S+\.xml)', text):
            if "$" not in file:
                assert release / file in there, (path, file)
            if "$" not in label + file:
                assert any(re.search(pattern, label) for pattern in there[release / file]), (path, label, file)
        for language in ("", "uk/", "en/", "pl/") if "${routing_language}" in text else ("",):
            spoken = text.replace("${routing_language}/", language)
            for sound in re.findall(r"\$\{routing_release\}/(sounds/[\w./$-]+)", spoken):
                assert "$" in sound or (release / sound).is_file(), (path, sound)


def _arguments(path: Path) -> list[str]:
    tree = ElementTree.parse(path)
    return [action.get("data", "") for kind in ("action", "anti-action") for action in tree.iter(kind)]


def _labels(path: Path) -> list[str]:
    tree = ElementTree.parse(path)
    return [
        condition.get("expression", "")
        for condition in tree.iter("condition")
        if condition.get("field") == "destination_number"
    ]


def test_every_step_kind_is_here() -> None:
    every = "".join(path.read_text(encoding="utf-8") for folder in FOLDERS for path in folder.glob("*.yaml"))
    assert [kind for kind in KINDS if f"{kind}:" not in every] == []


COMPILE = """
import sys, pathlib
from support import folders
print(folders.compiled(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])).folder)
"""


@pytest.mark.process
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    releases = []
    for seed in ("1", "2"):
        schemes = laid_out(HERE / "good/company", tmp_path / seed / f"schemes{seed}")
        root = tmp_path / seed / f"root{seed}"
        command = [sys.executable, "-c", COMPILE, str(schemes), str(root)]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": ("Asia/Tokyo", "UTC")[seed == "1"], "LC_ALL": "C"}
        environment["PYTHONPATH"] = str(HERE.parent)
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=tmp_path)
        releases.append(Path(said.stdout.strip()))
    first, second = ({path.relative_to(at): path for path in at.rglob("*") if path.is_file()} for at in releases)
    assert releases[0].name == releases[1].name
    assert first.keys() == second.keys()
    differing = [str(name) for name in first if first[name].read_bytes() != second[name].read_bytes()]
    assert sorted(differing) == sorted(ENTRY_FILES)
