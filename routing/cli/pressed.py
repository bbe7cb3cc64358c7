"""The option ``--press`` of ``routing trace``: keys that a waiting caller presses."""

from __future__ import annotations

from collections.abc import Sequence

import click

from routing.cli.options import Value
from routing.offline.phones import milliseconds

#: What a telephone has.
KEYS = frozenset("0123456789*#")


def pressed(presses: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Keys and their moments since the INVITE, in ms. Raises ValueError."""
    return tuple(map(_pressed, presses))


def _pressed(press: str) -> tuple[str, int]:
    key, _, after = press.partition("=")
    if key not in KEYS or not after:
        raise ValueError(f"`{press}`: write KEY=TIME, as in 1=40s")
    return key, milliseconds(after)


press_option = click.option(
    "--press", "presses", type=Value("press", _pressed), multiple=True, metavar="KEY=TIME",
    help="A key that a waiting caller presses: 1=40s.",
)  # fmt: skip
