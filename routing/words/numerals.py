"""The numerals of each language, by case and gender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.words.grammar import Case, Gender, Language
from routing.words.nouns import Noun

NOMINATIVE, GENITIVE, ACCUSATIVE = Case.NOMINATIVE, Case.GENITIVE, Case.ACCUSATIVE
MASCULINE, ANIMATE, FEMININE, NEUTER = Gender.MASCULINE, Gender.ANIMATE, Gender.FEMININE, Gender.NEUTER


@dataclass(frozen=True)
class Numerals:
    """``low``: 0 to 19, masculine; ``tens``: 20 to 90; ``hundreds``: 100 to 900; in the nominative and the genitive.

    ``agreeing``: those of 1 and 2 that differ from ``low``. ``thousand`` and ``million`` are nouns that are counted.
    """

    low: tuple[Sequence[str], Sequence[str]]
    tens: tuple[Sequence[str], Sequence[str]]
    hundreds: tuple[Sequence[str], Sequence[str]]
    thousand: Noun
    million: Noun
    agreeing: Mapping[tuple[Case, Gender, int], str] = field(default_factory=dict)


_UK = Numerals(
    low=(
        "нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять чотирнадцять "
        "п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять".split(),
        "нуля одного двох трьох чотирьох п'яти шести семи восьми дев'яти десяти одинадцяти дванадцяти тринадцяти "
        "чотирнадцяти п'ятнадцяти шістнадцяти сімнадцяти вісімнадцяти дев'ятнадцяти".split(),
    ),
    tens=(
        "двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто".split(),
        "двадцяти тридцяти сорока п'ятдесяти шістдесяти сімдесяти вісімдесяти дев'яноста".split(),
    ),
    hundreds=(
        "сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот".split(),
        "ста двохсот трьохсот чотирьохсот п'ятисот шестисот семисот восьмисот дев'ятисот".split(),
    ),
    thousand=Noun(FEMININE, "тисяча", "тисячі", "тисяч", "тисячі", "тисячу"),
    million=Noun(MASCULINE, "мільйон", "мільйони", "мільйонів", "мільйона", "мільйон"),
    agreeing={
        (NOMINATIVE, FEMININE, 1): "одна",
        (NOMINATIVE, NEUTER, 1): "одне",
        (NOMINATIVE, FEMININE, 2): "дві",
        (GENITIVE, FEMININE, 1): "однієї",
        (ACCUSATIVE, FEMININE, 1): "одну",
        (ACCUSATIVE, NEUTER, 1): "одне",
        (ACCUSATIVE, ANIMATE, 1): "одного",
        (ACCUSATIVE, FEMININE, 2): "дві",
    },
)
_RU = Numerals(
    low=(
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
        "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать".split(),
        "ноля одного двух трёх четырёх пяти шести семи восьми девяти десяти одиннадцати двенадцати тринадцати "
        "четырнадцати пятнадцати шестнадцати семнадцати восемнадцати девятнадцати".split(),
    ),
    tens=(
        "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split(),
        "двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти девяноста".split(),
    ),
    hundreds=(
        "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split(),
        "ста двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот".split(),
    ),
    thousand=Noun(FEMININE, "тысяча", "тысячи", "тысяч", "тысячи", "тысячу"),
    million=Noun(MASCULINE, "миллион", "миллиона", "миллионов", "миллиона", "миллион"),
    agreeing={
        (NOMINATIVE, FEMININE, 1): "одна",
        (NOMINATIVE, NEUTER, 1): "одно",
        (NOMINATIVE, FEMININE, 2): "две",
        (GENITIVE, FEMININE, 1): "одной",
        (ACCUSATIVE, FEMININE, 1): "одну",
        (ACCUSATIVE, NEUTER, 1): "одно",
        (ACCUSATIVE, ANIMATE, 1): "одного",
        (ACCUSATIVE, FEMININE, 2): "две",
    },
)
_PL = Numerals(
    low=(
        "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście "
        "czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście".split(),
        "zera jednego dwóch trzech czterech pięciu sześciu siedmiu ośmiu dziewięciu dziesięciu jedenastu dwunastu "
        "trzynastu czternastu piętnastu szesnastu siedemnastu osiemnastu dziewiętnastu".split(),
    ),
    tens=(
        "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt "
        "dziewięćdziesiąt".split(),
        "dwudziestu trzydziestu czterdziestu pięćdziesięciu sześćdziesięciu siedemdziesięciu osiemdziesięciu "
        "dziewięćdziesięciu".split(),
    ),
    hundreds=(
        "sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset".split(),
        "stu dwustu trzystu czterystu pięciuset sześciuset siedmiuset ośmiuset dziewięciuset".split(),
    ),
    thousand=Noun(MASCULINE, "tysiąc", "tysiące", "tysięcy", "tysiąca", "tysiąc"),
    million=Noun(MASCULINE, "milion", "miliony", "milionów", "miliona", "milion"),
    agreeing={
        (NOMINATIVE, FEMININE, 1): "jedna",
        (NOMINATIVE, NEUTER, 1): "jedno",
        (NOMINATIVE, FEMININE, 2): "dwie",
        (GENITIVE, FEMININE, 1): "jednej",
        (ACCUSATIVE, FEMININE, 1): "jedną",
        (ACCUSATIVE, NEUTER, 1): "jedno",
        (ACCUSATIVE, FEMININE, 2): "dwie",
    },
)
_EN_LOW = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_EN_HUNDREDS = [f"{low} hundred" for low in _EN_LOW[1:10]]
_EN = Numerals(
    low=(_EN_LOW, _EN_LOW),
    tens=(_EN_TENS, _EN_TENS),
    hundreds=(_EN_HUNDREDS, _EN_HUNDREDS),
    thousand=Noun(NEUTER, "thousand", "thousand", "thousand", "thousand", "thousand"),
    million=Noun(NEUTER, "million", "million", "million", "million", "million"),
)
NUMERALS: dict[Language, Numerals] = {"uk": _UK, "ru": _RU, "pl": _PL, "en": _EN}
