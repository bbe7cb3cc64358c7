"""What phrases count: time, people and money in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from routing.words.grammar import Case, Gender, Language, Plural, plural

Unit = Literal["second", "minute", "hour", "day", "caller", "person"]
#: Callers of the countries that the product is sold in pay with these.
Currency = Literal["UAH", "PLN", "EUR", "USD", "GBP"]
MASCULINE, FEMININE, NEUTER = Gender.MASCULINE, Gender.FEMININE, Gender.NEUTER
ANIMATE, PERSONAL = Gender.ANIMATE, Gender.PERSONAL


@dataclass(frozen=True)
class Noun:
    """A noun after numbers: after 1, after 2, after 5 (the genitive plural too); the genitive and the accusative
    singular. ``living``: the accusative of two to four of them is the genitive ("двох людей")."""

    gender: Gender
    one: str
    few: str
    many: str
    genitive: str = ""
    accusative: str = ""
    living: bool = False

    def after(self, number: int, language: Language, case: Case) -> str:
        """Its form after a number, in the case of the whole phrase."""
        form = plural(number, language)
        if form is Plural.ONE:
            return {Case.GENITIVE: self.genitive, Case.ACCUSATIVE: self.accusative}.get(case, self.one)
        if form is Plural.MANY or case is Case.GENITIVE:
            return self.many
        return self.few


def _counted(singular: str, more: str) -> Noun:
    """An English noun."""
    return Noun(NEUTER, singular, more, more, singular, singular)


UNITS: dict[Language, dict[Unit, Noun]] = {
    "uk": {
        "second": Noun(FEMININE, "секунда", "секунди", "секунд", "секунди", "секунду"),
        "minute": Noun(FEMININE, "хвилина", "хвилини", "хвилин", "хвилини", "хвилину"),
        "hour": Noun(FEMININE, "година", "години", "годин", "години", "годину"),
        "day": Noun(MASCULINE, "день", "дні", "днів", "дня", "день"),
        "caller": Noun(ANIMATE, "абонент", "абоненти", "абонентів", "абонента", "абонента", living=True),
        "person": Noun(FEMININE, "людина", "людини", "людей", "людини", "людину", living=True),
    },
    "ru": {
        "second": Noun(FEMININE, "секунда", "секунды", "секунд", "секунды", "секунду"),
        "minute": Noun(FEMININE, "минута", "минуты", "минут", "минуты", "минуту"),
        "hour": Noun(MASCULINE, "час", "часа", "часов", "часа", "час"),
        "day": Noun(MASCULINE, "день", "дня", "дней", "дня", "день"),
        "caller": Noun(ANIMATE, "абонент", "абонента", "абонентов", "абонента", "абонента", living=True),
        "person": Noun(ANIMATE, "человек", "человека", "человек", "человека", "человека", living=True),
    },
    "pl": {
        "second": Noun(FEMININE, "sekunda", "sekundy", "sekund", "sekundy", "sekundę"),
        "minute": Noun(FEMININE, "minuta", "minuty", "minut", "minuty", "minutę"),
        "hour": Noun(FEMININE, "godzina", "godziny", "godzin", "godziny", "godzinę"),
        "day": Noun(MASCULINE, "dzień", "dni", "dni", "dnia", "dzień"),
        "caller": Noun(PERSONAL, "rozmówca", "rozmówców", "rozmówców", "rozmówcy", "rozmówcę"),
        "person": Noun(FEMININE, "osoba", "osoby", "osób", "osoby", "osobę"),
    },
    "en": {
        "second": _counted("second", "seconds"),
        "minute": _counted("minute", "minutes"),
        "hour": _counted("hour", "hours"),
        "day": _counted("day", "days"),
        "caller": _counted("caller", "callers"),
        "person": _counted("person", "people"),
    },
}
#: The currency's unit and its hundredth, in the nominative: "twenty-two hryvnias five kopiykas" is a label, no object.
MONEY: dict[Language, dict[Currency, tuple[Noun, Noun]]] = {
    "uk": {
        "UAH": (Noun(FEMININE, "гривня", "гривні", "гривень"), Noun(FEMININE, "копійка", "копійки", "копійок")),
        "PLN": (Noun(MASCULINE, "злотий", "злоті", "злотих"), Noun(MASCULINE, "грош", "гроші", "грошів")),
        "EUR": (Noun(NEUTER, "євро", "євро", "євро"), Noun(MASCULINE, "цент", "центи", "центів")),
        "USD": (Noun(MASCULINE, "долар", "долари", "доларів"), Noun(MASCULINE, "цент", "центи", "центів")),
        "GBP": (Noun(MASCULINE, "фунт", "фунти", "фунтів"), Noun(MASCULINE, "пенс", "пенси", "пенсів")),
    },
    "ru": {
        "UAH": (Noun(FEMININE, "гривна", "гривны", "гривен"), Noun(FEMININE, "копейка", "копейки", "копеек")),
        "PLN": (Noun(MASCULINE, "злотый", "злотых", "злотых"), Noun(MASCULINE, "грош", "гроша", "грошей")),
        "EUR": (Noun(MASCULINE, "евро", "евро", "евро"), Noun(MASCULINE, "цент", "цента", "центов")),
        "USD": (Noun(MASCULINE, "доллар", "доллара", "долларов"), Noun(MASCULINE, "цент", "цента", "центов")),
        "GBP": (Noun(MASCULINE, "фунт", "фунта", "фунтов"), Noun(MASCULINE, "пенс", "пенса", "пенсов")),
    },
    "pl": {
        "UAH": (Noun(FEMININE, "hrywna", "hrywny", "hrywien"), Noun(FEMININE, "kopiejka", "kopiejki", "kopiejek")),
        "PLN": (Noun(MASCULINE, "złoty", "złote", "złotych"), Noun(MASCULINE, "grosz", "grosze", "groszy")),
        "EUR": (Noun(NEUTER, "euro", "euro", "euro"), Noun(MASCULINE, "cent", "centy", "centów")),
        "USD": (Noun(MASCULINE, "dolar", "dolary", "dolarów"), Noun(MASCULINE, "cent", "centy", "centów")),
        "GBP": (Noun(MASCULINE, "funt", "funty", "funtów"), Noun(MASCULINE, "pens", "pensy", "pensów")),
    },
    "en": {
        "UAH": (_counted("hryvnia", "hryvnias"), _counted("kopiyka", "kopiykas")),
        "PLN": (_counted("zloty", "zlotys"), _counted("grosz", "groszy")),
        "EUR": (_counted("euro", "euros"), _counted("cent", "cents")),
        "USD": (_counted("dollar", "dollars"), _counted("cent", "cents")),
        "GBP": (_counted("pound", "pounds"), _counted("penny", "pence")),
    },
}
