"""What is asked of whoever may type an extension, so that FreeSWITCH waits for another key only where one can come.

``play_and_get_digits`` ends what is typed at its greatest length, after a pause, or with a key that ends it wherever
it stands. Where that is not enough (101 and the option 0: a zero may be the middle of an extension, and ends nothing)
the first key is a question of its own, and what follows it is asked by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: Keys that are asked one by one, at most: each is a file that FreeSWITCH reads twice.
DEEPEST = 2
_KEYS = "0123456789*#"


@dataclass(frozen=True)
class DigitQuestion:
    """One question: what was typed before it, and what may be typed now."""

    typed: str
    choices: tuple[str, ...]

    @property
    def most(self) -> int:
        """Keys of the longest answer."""
        return max(map(len, self.choices))


def last_keys(choices: Iterable[str]) -> list[str]:
    """Keys that no word goes on after, wherever they are typed."""
    known = set(choices)
    inner = {key for choice in known for key in choice[:-1]}
    begun = {choice[-1] for choice in known if any(other != choice and other.startswith(choice) for other in known)}
    return [key for key in _KEYS if key not in inner | begun]


def parts(choices: Iterable[str], typed: str = "") -> Iterator[DigitQuestion]:
    """The questions, the first one first: a single one where it never waits for what cannot come."""
    known = sorted(set(choices))
    if len(typed) == DEEPEST or _is_exact(known):
        yield DigitQuestion(typed, tuple(known))
        return
    heads = sorted({choice[0] for choice in known})
    yield DigitQuestion(typed, tuple(heads))
    for head in heads:
        if longer := [choice[1:] for choice in known if choice[0] == head and len(choice) > 1]:
            yield from parts(longer, typed + head)


def _is_exact(choices: list[str]) -> bool:
    """Whether every key after which nothing can come ends what is typed."""
    begun = {choice[:end] for choice in choices for end in range(len(choice))}
    most, last = max(map(len, choices)), last_keys(choices)
    return all(
        before + key in begun or len(before) + 1 == most or key in last for before in begun for key in _KEYS[:10]
    )
