"""Decisions inside FreeSWITCH, where the live release wants them."""

from __future__ import annotations

from collections.abc import Iterator

from routing.doctor.diagnosis import Diagnosis, ok, warning
from routing.doctor.node import CheckedNode
from routing.release.inline import inline_state, wants_inline


def inline(node: CheckedNode) -> Iterator[Diagnosis]:
    """FreeSWITCH decides inside what needs Redis alone, if the release wants it."""
    if node.release is None or not wants_inline(node.release):
        return
    state = inline_state(node.ask)
    if state.problem:
        yield warning(state.problem, state.hint)
    else:
        yield ok(f"FreeSWITCH decides inside, by Python {state.python} ({state.decisions} decisions so far)")
