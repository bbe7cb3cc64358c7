"""Ordinal numbers, in the forms that dates, clock times and places in a queue ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from routing.words.grammar import Language, in_range
from routing.words.numerals import NUMERALS

LARGEST = 999


class OrdinalForm(StrEnum):
    """What an ordinal stands for; English has one form for all."""

    DAY = "genitive masculine"  # двадцять п'ятого грудня
    HOUR = "nominative feminine"  # десята година
    AT_HOUR = "locative feminine"  # о десятій
    PLACE = "nominative neuter"  # друге місце


@dataclass(frozen=True)
class Ordinals:
    """``stems`` of 1 to 19, of the tens from 20 and of the hundreds, and the endings that they take.

    ``soft``: endings of some stems, by their number. ``declines``: the tens of 25 decline too (dwudziestego piątego).
    """

    stems: Sequence[str]
    tens: Sequence[str]
    hundreds: Sequence[str]
    endings: Mapping[OrdinalForm, str]
    soft: Mapping[int, Mapping[OrdinalForm, str]] = field(default_factory=dict)
    declines: bool = False


def _endings(day: str, hour: str, at_hour: str, place: str) -> dict[OrdinalForm, str]:
    return dict(zip(OrdinalForm, (day, hour, at_hour, place), strict=True))


_UK = Ordinals(
    "перш друг трет четверт п'ят шост сьом восьм дев'ят десят одинадцят дванадцят тринадцят чотирнадцят п'ятнадцят "
    "шістнадцят сімнадцят вісімнадцят дев'ятнадцят".split(),
    "двадцят тридцят сороков п'ятдесят шістдесят сімдесят вісімдесят дев'яност".split(),
    "сот двохсот трьохсот чотирьохсот п'ятисот шестисот семисот восьмисот дев'ятисот".split(),
    _endings("ого", "а", "ій", "е"),
    {3: _endings("ього", "я", "ій", "є")},
)
_RU = Ordinals(
    "перв втор трет четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат "
    "шестнадцат семнадцат восемнадцат девятнадцат".split(),
    "двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност".split(),
    "сот двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот".split(),
    _endings("ого", "ая", "ой", "ое"),
    {3: _endings("ьего", "ья", "ьей", "ье")},
)
_PL = Ordinals(
    "pierwsz drug trzec czwart piąt szóst siódm ósm dziewiąt dziesiąt jedenast dwunast trzynast czternast piętnast "
    "szesnast siedemnast osiemnast dziewiętnast".split(),
    "dwudziest trzydziest czterdziest pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt".split(),
    "setn dwusetn trzechsetn czterechsetn pięćsetn sześćsetn siedemsetn osiemsetn dziewięćsetn".split(),
    _endings("ego", "a", "ej", "e"),
    {2: _endings("iego", "a", "iej", "ie"), 3: _endings("iego", "ia", "iej", "ie")},
    declines=True,
)
_TABLES: dict[Language, Ordinals] = {"uk": _UK, "ru": _RU, "pl": _PL}
_EN_LOW = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth".split()
)


def ordinal(number: int, language: Language, form: OrdinalForm) -> str:
    """An ordinal from 1 to 999. Raises ValueError."""
    in_range(number, 1, LARGEST, "ordinal")
    return _english(number) if language == "en" else " ".join(_slavic(number, language, form))


def _slavic(number: int, language: Language, form: OrdinalForm) -> list[str]:
    table, cardinals = _TABLES[language], NUMERALS[language]
    hundreds, small = divmod(number, 100)
    if not small:
        return [_form(table, table.hundreds[hundreds - 1], form)]
    before = [cardinals.hundreds[0][hundreds - 1]] if hundreds else []
    tens, low = divmod(small, 10) if small > 19 else (0, small)
    if tens and not low:
        return [*before, _form(table, table.tens[tens - 2], form)]
    if tens:
        before.append(_form(table, table.tens[tens - 2], form) if table.declines else cardinals.tens[0][tens - 2])
    return [*before, table.stems[low - 1] + table.soft.get(low, table.endings)[form]]


def _form(table: Ordinals, stem: str, form: OrdinalForm) -> str:
    return stem + table.endings[form]


def _english(number: int) -> str:
    cardinals = NUMERALS["en"]
    hundreds, small = divmod(number, 100)
    before = cardinals.hundreds[0][hundreds - 1] if hundreds else ""
    if not small:
        return f"{before}th"
    tens, low = divmod(small, 10) if small > 19 else (0, small)
    ten = cardinals.tens[0][tens - 2] if tens else ""
    last = f"{ten}-{_EN_LOW[low - 1]}" if tens and low else f"{ten[:-1]}ieth" if tens else _EN_LOW[low - 1]
    return f"{before} and {last}" if before else last
