"""Decisions that say what a server or a recogniser has answered: the call's own steps follow from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A server has answered the call's question."""


@dataclass(frozen=True)
class NothingFound:
    """A server knows nothing of what the caller has typed."""


@dataclass(frozen=True)
class Chosen:
    """The caller has said a phrase of this option."""

    option: str


@dataclass(frozen=True)
class Unclear:
    """What the caller has said is no option, or not surely one."""


@dataclass(frozen=True)
class NoInput:
    """There were no words in what was recorded of the caller."""
