"""The filter of an export as the audit log keeps it: an address's parameters. Pure.

A client's whole number stands there as E.164, so that forgetting it finds it; of a part of one, only its beginning,
or its last digits as typed, which many clients share; of a name, the first letters of its words. What looks like a
number in another field is masked.
"""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import parse_qsl, quote, urlencode

from routing.desk.journal_filter import TypedFilter
from routing.desk.masks import NumberView
from routing.desk.typed_number import beginning, ending
from routing.journal.client_names import name_parts
from routing.model.numbers import normalise

#: Digits of a part of a number that are kept, those of the country's code included.
MOST_DIGITS = 6
#: Letters of each word of a name.
MOST_LETTERS = 3
_NUMBERS = ("client", "number")
_DATES = ("period", "since", "until")


def noted(chosen: TypedFilter, country: str) -> str:
    """The filter as a line's subject; numbers first, so that a long line is not cut within one."""
    given = chosen.parameters
    ordered = [name for name in _NUMBERS if name in given] + [name for name in given if name not in _NUMBERS]
    return urlencode({name: _kept(name, given[name], country) for name in ordered}, safe="+", quote_via=quote)


def read(subject: str) -> TypedFilter:
    """The filter of a line's subject."""
    names = {field.name for field in fields(TypedFilter)}
    given = dict(parse_qsl(subject.replace("+", "%2B")))
    return TypedFilter(**{name: value for name, value in given.items() if name in names})


def _kept(name: str, value: str, country: str) -> str:
    if name in _DATES:
        return value
    if name not in _NUMBERS:
        return NumberView(country, is_masked=True).text(value)
    if any(sign.isalpha() for sign in value):
        return " ".join(word[:MOST_LETTERS] for word in name_parts(value))
    if last := ending(value, country):
        return last[-MOST_DIGITS:]
    try:
        return normalise(value, country or None)
    except ValueError:
        return beginning(value, country)[: 1 + MOST_DIGITS]
