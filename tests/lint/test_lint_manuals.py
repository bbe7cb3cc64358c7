"""Every lint's manual is true: its good examples are clean, its bad ones are found."""

from __future__ import annotations

import re
import textwrap

import pytest

from routing.lint.registry import LINTS
from support.lint_bed import found, front

#: What is found in the company itself, which uses little of what it has.
BEDS = {
    "unused-calendar": "`(office|saturday|rest)`",
    "unused-sound": r"sounds/(?!greeting)",
    "unused-crm": "bitrix24",
    "bare-tone": "other.yaml",
}


def _blocks(part: str) -> list[list[str]]:
    """Code blocks, each as its files."""
    blocks = re.findall(r"::\n\n((?:    .*\n|\n)+)", part + "\n")
    return [_files(textwrap.dedent(block)) for block in blocks]


def _files(block: str) -> list[str]:
    if block.startswith("- "):
        return [front(textwrap.indent(block, "  "))]
    return block.split("---\n")


@pytest.mark.parametrize("lint", LINTS)
def test_the_manual_of_a_lint_is_true(lint: str) -> None:
    good, bad = LINTS[lint].manual().split("\nBad", 1)
    assert len(LINTS[lint].reason()) <= 120
    assert _blocks(good)
    assert _blocks(f"Bad{bad}")
    for files in _blocks(good):
        assert [line for line in found(lint, *files) if not _the_beds(lint, line)] == []
    for files in _blocks(f"Bad{bad}"):
        assert [line for line in found(lint, *files) if not _the_beds(lint, line)] != []


def _the_beds(lint: str, line: str) -> bool:
    return lint in BEDS and re.search(BEDS[lint], line) is not None


def test_ids_are_words_and_dashes() -> None:
    assert [lint for lint in LINTS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", lint)] == []
    assert [lint for lint, kind in LINTS.items() if kind.id != lint] == []
