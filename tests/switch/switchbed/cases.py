"""Cases as data: one call, how the phones behave, what must happen. Both the real and the offline switch run them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from routing.offline import phones

FOLDER = Path(__file__).parent.parent / "cases"
_FIRST_CALLER = 380_671_230_000


@dataclass(frozen=True)
class Case:
    """One case. ``rung`` is a list of groups: within a group any order, groups one after another.

    ``status`` is the final SIP status that the caller gets; ``cause`` the hangup cause of his leg;
    ``message`` and ``recording`` say whether a voicemail and a recorded talk are there afterwards.
    """

    name: str
    to: str
    caller: str
    shown: str = ""
    headers: tuple[str, ...] = ()
    phones: dict[str, phones.Phone] = field(default_factory=dict)
    digits: str = ""
    hangs_up_after_s: float | None = None
    speaks: bool = False
    webhook: Any = None
    globals_: dict[str, str] = field(default_factory=dict)
    rung: tuple[frozenset[str], ...] = ()
    talked: str | None = None
    status: int = 200
    cause: str = "NORMAL_CLEARING"
    message: bool = False
    recording: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    seen: dict[str, dict[str, str]] = field(default_factory=dict)


def load() -> list[Case]:
    """Every case of ``cases/*.yaml``, in file order; callers are numbered where a case names none."""
    raw = [each for path in sorted(FOLDER.glob("*.yaml")) for each in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return [_case(each, f"+{_FIRST_CALLER + place}") for place, each in enumerate(raw)]


def _case(raw: dict[str, Any], caller: str) -> Case:
    expect = dict(raw.pop("expect"))
    rung = tuple(frozenset([each] if isinstance(each, str) else each) for each in expect.pop("rung", []))
    behaviours = {target: phones.parse(words) for target, words in raw.pop("phones", {}).items()}
    person = raw.pop("caller", {})
    return Case(
        caller=raw.pop("from", caller),
        phones=behaviours,
        digits=str(person.get("digits", "")),
        hangs_up_after_s=person.get("hangs_up_after"),
        speaks=person.get("speaks", False),
        globals_=raw.pop("globals", {}),
        headers=tuple(raw.pop("headers", ())),
        rung=rung,
        **raw,
        **expect,
    )


def grouped(targets: Iterable[str], groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Targets in groups of the expected sizes, what is over in one last group."""
    found, rest = [], list(targets)
    for group in groups:
        found.append(frozenset(rest[: len(group)]))
        rest = rest[len(group) :]
    return [*found, frozenset(rest)] if rest else found


def parse_phone(words: str) -> phones.Phone:
    """A phone's behaviour from its words: ``answers after 1s, talks 2s``."""
    return phones.parse(words)
