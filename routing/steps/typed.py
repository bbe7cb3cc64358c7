"""The prompts for keys and extensions, so that FreeSWITCH waits for another key only where one can follow.

``play_and_get_digits`` ends the input at its greatest length, after a pause, or at a terminator key anywhere. Where
that is not enough (extension 101 and option 0: a zero may be inside an extension), the first key is read on its own,
and the digits that follow are read separately.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: Most keys that are read one by one: for each FreeSWITCH reads a file twice.
DEEPEST = 2
_KEYS = "0123456789*#"


@dataclass(frozen=True)
class DigitInput:
    """One input: the keys before it, and the inputs that are accepted now."""

    typed: str
    choices: tuple[str, ...]

    @property
    def most(self) -> int:
        """Keys of the longest choice."""
        return max(map(len, self.choices))


def last_keys(choices: Iterable[str]) -> list[str]:
    """Keys after which no choice continues, at any position."""
    known = set(choices)
    inner = {key for choice in known for key in choice[:-1]}
    begun = {choice[-1] for choice in known if any(other != choice and other.startswith(choice) for other in known)}
    return [key for key in _KEYS if key not in inner | begun]


def parts(choices: Iterable[str], typed: str = "") -> Iterator[DigitInput]:
    """The inputs in order: a single one where FreeSWITCH never waits in vain."""
    known = sorted(set(choices))
    if len(typed) == DEEPEST or _is_exact(known):
        yield DigitInput(typed, tuple(known))
        return
    heads = sorted({choice[0] for choice in known})
    yield DigitInput(typed, tuple(heads))
    for head in heads:
        if longer := [choice[1:] for choice in known if choice[0] == head and len(choice) > 1]:
            yield from parts(longer, typed + head)


def _is_exact(choices: list[str]) -> bool:
    """Whether every key after which no other can follow ends the input."""
    begun = {choice[:end] for choice in choices for end in range(len(choice))}
    most, last = max(map(len, choices)), last_keys(choices)
    return all(
        before + key in begun or len(before) + 1 == most or key in last for before in begun for key in _KEYS[:10]
    )
