"""The forms in which networks and people write the numbers of a country, for Python and FreeSWITCH alike.

Made from libphonenumber's metadata for every country: national prefixes (``0``, ``8``, ``06``, Brazil's carriers),
numbers that start with a zero (Italy), Argentina's 9 and 15, shared country codes (+1, +7), international prefixes
(``00``, ``011``, ``810``). Ambiguous digits match no form: a guess would be somebody else's number.

Expressions have no anchors and work in Python and PCRE.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from routing.model.plans import KINDS, code_of, metadata_of, plan, strict_plan, world

#: Shorter ones are codes and extensions.
E164_DIGITS = r"[1-9]\d{6,14}"
#: The end of a number, whatever follows.
_END = r"(?!\d)"
_CAPTURE = re.compile(r"\((?!\?)")
#: A caller without a number, shown as sent: a short number, a sender's name. No character has a meaning elsewhere.
TEXT = r"(?:[A-Za-z0-9*][A-Za-z0-9_.*-]{0,31}|\+\d{1,15})"
#: Written before a country code by carriers everywhere.
_ABROAD = "00"
#: National prefixes that are often omitted: without one, a number still counts as national rather than foreign.
_OFTEN_LEFT_OUT = ("", "8")
#: Argentina: a mobile has a 9 from abroad, and a 15 after its area code at home.
_FIFTEEN = re.compile(r"0\?\(\?:\((?P<area>.*)\)15\)\?")
#: Former forms that carriers still use: Mexico's mobile 1, and prefixes dialled until 2020.
_FORMER = {"MX": ((r"\+?521(\d{10})", "+52"), (r"(?:01|04[45])(\d{10})", "+52"))}


@dataclass(frozen=True)
class Form:
    """A form of a number: ``before`` plus the captures of ``expression`` (one or two) is the E.164 number."""

    name: str
    expression: str
    before: str

    @property
    def captures(self) -> int:
        """The count of captures."""
        return len(_CAPTURE.findall(self.expression))

    def read(self, digits: str) -> str:
        """The number, or "" for digits in another form."""
        found = re.fullmatch(self.expression, digits, re.ASCII)
        return self.before + "".join(found.groups()) if found else ""


def read(digits: str, country: str | None) -> str:
    """The E.164 number of digits from a network of a country, with or without ``+``; "" when it is ambiguous."""
    return _first(digits, (*sure_forms(country), *other_forms(country)))


def dialled(digits: str, country: str | None) -> str:
    """The E.164 number of digits dialled in a country, or ""."""
    return _first(digits, dialled_forms(country))


def _first(digits: str, forms: tuple[Form, ...]) -> str:
    return next((number for form in forms if (number := form.read(digits))), "")


@functools.lru_cache(maxsize=512)
def sure_forms(country: str | None) -> tuple[Form, ...]:
    """Forms that are unambiguous by their first digits; they are short, and every call is matched against them."""
    return tuple(_sure(country))


@functools.lru_cache(maxsize=64)
def other_forms(country: str | None) -> tuple[Form, ...]:
    """Forms that need the plans of all countries (20 kB and more), for digits that match no `sure_forms`."""
    return tuple(_other(country)) if country else ()


@functools.lru_cache(maxsize=64)
def dialled_forms(country: str | None) -> tuple[Form, ...]:
    """Forms in which people of a country dial outside numbers: foreign ones only with ``+`` or the prefix."""
    found = list(sure_forms(country))
    if country:
        code = code_of(country)
        if prefix := metadata_of(country).international_prefix:
            found.append(Form("abroad", f"{_group(prefix)}({E164_DIGITS})", "+"))
        if bare := plan(code) if _prefix_left_out(country) else _written_bare(country):
            found.append(Form("national", f"({bare})", f"+{code}"))
        found.append(Form("with code", f"({code}{plan(code)})", "+"))
    return tuple(found)


def own_forms(e164: str, country: str | None) -> str:
    """A regex, without anchors, of every form of our own number from a network of a country."""
    digits = e164.removeprefix("+")
    if country is None or not digits.startswith(code := code_of(country)):
        return digits
    trunk = _trunk(country)
    return f"(?:{code}{'|' if trunk else ''}{trunk})?{digits.removeprefix(code)}"


def abroad(country: str | None) -> str:
    """A regex of the international prefix before a country code: ``00``, or ``(?:00|011)``."""
    prefix = metadata_of(country).international_prefix if country else None
    return _ABROAD if prefix in (None, _ABROAD, "0") else f"(?:{_ABROAD}|{prefix})"


def _sure(country: str | None) -> Iterator[Form]:
    for expression, before in _FORMER.get(country or "", ()):
        yield Form("former", expression, before)
    yield Form("plus", rf"\+({E164_DIGITS})", "+")
    if not country:
        yield Form("abroad", f"{_ABROAD}({E164_DIGITS})", "+")
        yield Form("international", f"({E164_DIGITS})", "+")
        return
    code = code_of(country)
    if with_code := _with_code(country):
        yield Form("with code", f"({with_code})", "+")
    yield from _fifteen(country, "0")
    if (trunk := _trunk(country)) and trunk != code:
        yield Form("national", f"{_group(trunk)}({plan(code)})", f"+{code}")
    if (prefix := _plain_prefix(country)) is not None:
        yield Form("abroad", f"{_group(prefix)}({E164_DIGITS})", "+")
    else:
        yield Form("abroad", f"{_ABROAD}({code}{plan(code)})", "+")


def _other(country: str) -> Iterator[Form]:
    code = code_of(country)
    first = _prefix_left_out(country)
    strict, others = strict_plan(code), world(code)
    # where numbers have a prefix, digits without one that fit here and abroad are ambiguous
    not_abroad, not_here = ("", "") if first else (f"(?!{others}{_END})", f"(?!{strict}{_END})")
    if not first and (bare := _written_bare(country)):
        yield Form("without prefix", f"({bare})", f"+{code}")
    yield from _fifteen(country, "", not_abroad)
    for local, before in _locals(country):
        yield Form("local", f"{not_abroad}({local})", f"+{code}{before}")
    yield Form("without prefix", f"{not_abroad}({strict})", f"+{code}")
    yield Form("with code", f"({code}{plan(code)})", "+")
    yield Form("international", f"{not_here}({others})", "+")
    if first:
        yield Form("without prefix", f"({plan(code)})", f"+{code}")
    if _plain_prefix(country) is None:
        # Thailand's 001 66.. is not 00 166..: where both are possible, neither matches
        long = rf"(?:{metadata_of(country).international_prefix})(?<!^{_ABROAD})"
        yield Form("abroad", f"(?!{_ABROAD}{world()}{_END}){long}({world()})", "+")
        yield Form("abroad", f"(?!{long}{world()}{_END}){_ABROAD}({world()})", "+")


def _prefix_left_out(country: str) -> bool:
    """Whether national numbers are commonly written without a prefix."""
    return (metadata_of(country).national_prefix or "") in (*_OFTEN_LEFT_OUT, code_of(country))


def _with_code(country: str) -> str:
    """Numbers with their own country code, if their length distinguishes them from national ones."""
    code, metadata = code_of(country), metadata_of(country)
    if metadata.national_prefix:
        return f"{code}{plan(code)}"
    assert metadata.general_desc
    lengths = set(metadata.general_desc.possible_length)
    sure = "|".join(rf"\d{{{length}}}" for length in sorted({len(code) + length for length in lengths} - lengths))
    return f"(?=(?:{sure}){_END}){code}{plan(code)}" if sure else ""


def _plain_prefix(country: str) -> str | None:
    """A regex of the international prefixes that networks write; None when they are ambiguous."""
    prefix = metadata_of(country).international_prefix or _ABROAD
    if prefix == _ABROAD or (prefix.startswith(f"{_ABROAD}|") and not prefix.startswith(f"{_ABROAD}|0")):
        return _ABROAD
    return f"{_ABROAD}|{prefix}" if prefix.isdigit() and not prefix.startswith(_ABROAD) and prefix != "0" else None


def _trunk(country: str) -> str:
    """A regex of the prefix of national numbers, carrier codes included: ``0``, ``8``, ``(?:0|90)(?:14)?``."""
    metadata = metadata_of(country)
    rule, written = metadata.national_prefix_transform_rule or "", metadata.national_prefix_for_parsing or ""
    if _FIFTEEN.fullmatch(written):
        return "0"
    parts = [part for part in _alternatives(written) if not part.endswith("$")]
    trunk = "|".join(parts)
    if re.fullmatch(r"\\\d", rule):  # the group with the number itself becomes a lookahead
        at = int(rule[1]) - 1
        groups = [found.start() for found in _CAPTURE.finditer(trunk)]
        if at < len(groups):
            start, end = groups[at], _closing(trunk, groups[at])
            trunk = f"{trunk[:start]}(?=(?:{trunk[start + 1 : end]}){_END}){trunk[end + 1 :]}"
    return _CAPTURE.sub("(?:", trunk)


def _fifteen(country: str, trunk: str, but: str = "") -> Iterator[Form]:
    found = _FIFTEEN.fullmatch(metadata_of(country).national_prefix_for_parsing or "")
    if found:
        area = _CAPTURE.sub("(?:", found["area"])
        yield Form("with 15", rf"{but}{trunk}(?=\d{{12}}{_END})({area})15(\d{{6,8}})", f"+{code_of(country)}9")


def _locals(country: str) -> Iterator[tuple[str, str]]:
    """Numbers that are dialled without an area code: regex, and the area code."""
    metadata = metadata_of(country)
    area = (metadata.national_prefix_transform_rule or "").removesuffix(r"\1")
    for part in _alternatives(metadata.national_prefix_for_parsing or ""):
        if part.endswith(")$") and area.isdigit():
            yield part[1:-2], area


def _written_bare(country: str) -> str:
    """A regex of numbers without a prefix in countries where others have one: China's mobiles."""
    found: dict[str, None] = {}
    for kind in KINDS:
        desc = getattr(metadata_of(country), kind)
        if desc and desc.example_number:
            number = phonenumbers.parse(f"+{code_of(country)}{desc.example_number}", None)
            national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            if re.sub(r"\D", "", national) == desc.example_number:
                found[desc.national_number_pattern] = None
    return "|".join(found)


def _alternatives(pattern: str) -> list[str]:
    """The top-level alternatives of a regex."""
    found, depth, start = [], 0, 0
    for at, letter in enumerate(pattern):
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
    return [*found, pattern[start:]]


def _group(pattern: str) -> str:
    return pattern if pattern.isdigit() else f"(?:{pattern})"


def _closing(pattern: str, start: int) -> int:
    depth = 0
    for at in range(start, len(pattern)):
        depth += (pattern[at] == "(") - (pattern[at] == ")")
        if not depth:
            return at
    raise ValueError(pattern)
