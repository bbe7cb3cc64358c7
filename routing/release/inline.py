"""Whether FreeSWITCH decides inside what the live release wants decided there; where it does not, the engine does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import routing
from routing.model.inline import APPLICATION, MODULE

WRITE = "`routing node init --inline`, with the options of the first time; then restart FreeSWITCH"
_ELSE = ": the engine decides every call"


@dataclass(frozen=True)
class InlineState:
    """``problem``: why FreeSWITCH does not decide inside, "" when it does, with a hint. ``lacks``: the part of
    it that says what was never set up there, "" when nothing is lacking. ``python``: its version.
    """

    problem: str = ""
    hint: str = ""
    lacks: str = ""
    python: str = ""
    decisions: int = 0


def wants_inline(release: Path) -> bool:
    """Whether a release has decisions made inside FreeSWITCH."""
    try:
        return bool(json.loads((release / "release.json").read_bytes()).get("transport") == "inline")
    except (OSError, ValueError, AttributeError):
        return False


def inline_state(switch: Callable[[str], str]) -> InlineState:
    """How it is there. ``switch``: an API command's answer; what it raises passes."""
    if switch("module_exists mod_python3").strip() != "true":
        return _lacking("FreeSWITCH has not loaded mod_python3", f"install it, then {WRITE}")
    answer = switch(f"{APPLICATION} {MODULE}").strip()
    try:
        facts = json.loads(answer)
    except ValueError:
        return _lacking(f"mod_python3 does not serve ({answer or 'it has no script of ours'})", WRITE)
    if facts["version"] != routing.__version__:
        other = f"FreeSWITCH decides by version {facts['version']}, this is {routing.__version__}"
        return InlineState(other, "restart FreeSWITCH")
    if facts["state"] != "ready":
        return InlineState(f"a decision hangs inside FreeSWITCH{_ELSE}", "its log says which")
    return InlineState(python=facts["python"], decisions=facts["decisions"])


def _lacking(what: str, hint: str) -> InlineState:
    return InlineState(f"{what}{_ELSE}", hint, what)
