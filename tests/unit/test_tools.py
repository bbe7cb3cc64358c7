"""Developer tools that no other test starts: what they take from the package is there."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
TOOLS = sorted((HOME / "tools").glob("*.py"))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda path: path.stem)
def test_a_tool_asks_only_for_what_the_package_has(tool: Path) -> None:
    asked = [node for node in ast.walk(ast.parse(tool.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    ours = [node for node in asked if (node.module or "").partition(".")[0] == "routing"]
    assert [f"{node.module}.{name.name}" for node in ours for name in node.names if not found(node, name.name)] == []


@pytest.mark.process
@pytest.mark.parametrize(
    "tool", [tool for tool in TOOLS if "argparse" in tool.read_text("utf-8")], ids=lambda path: path.stem
)
def test_a_tool_starts(tool: Path) -> None:
    ran = subprocess.run([sys.executable, tool, "--help"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def found(node: ast.ImportFrom, name: str) -> bool:
    """Whether ``from node.module import name`` would do."""
    assert node.module
    if hasattr(importlib.import_module(node.module), name):
        return True
    return importlib.util.find_spec(f"{node.module}.{name}") is not None if is_package(node.module) else False


def is_package(module: str) -> bool:
    """Whether a module can hold others."""
    return hasattr(importlib.import_module(module), "__path__")
