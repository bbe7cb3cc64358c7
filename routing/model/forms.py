"""The forms in which networks and people write the numbers of a country: one table for Python and for FreeSWITCH.

Made from libphonenumber's metadata for every country: national prefixes (``0``, ``8``, ``06``, Brazil's carriers),
numbers that begin with a zero (Italy), Argentina's 9 and 15, codes that countries share (+1, +7), prefixes for abroad
(``00``, ``011``, ``810``). Who cannot be told is nobody: a guess would be somebody else's number.

Expressions have no ``^`` and ``$`` around them; Python and PCRE read them alike.
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
#: The end of a number, whatever stands behind it.
_END = r"(?!\d)"
_CAPTURE = re.compile(r"\((?!\?)")
#: A caller who is no number and is shown as sent: a short one, a sender's name. Nothing that any format gives meaning.
TEXT = r"(?:[A-Za-z0-9*][A-Za-z0-9_.*-]{0,31}|\+\d{1,15})"
#: Written before a country code by carriers everywhere.
_ABROAD = "00"
#: National prefixes without which a number is still taken for a national one before one from abroad.
_OFTEN_LEFT_OUT = ("", "8")
#: Argentina: a mobile is 9 from abroad, and 15 behind its area at home.
_FIFTEEN = re.compile(r"0\?\(\?:\((?P<area>.*)\)15\)\?")
#: What carriers still write after the plan has changed: Mexico's mobile 1, and prefixes dialled until 2020.
_FORMER = {"MX": ((r"\+?521(\d{10})", "+52"), (r"(?:01|04[45])(\d{10})", "+52"))}


@dataclass(frozen=True)
class Form:
    """A way to write a number: the captures of ``expression`` (one or two) behind ``before`` are the E.164 number."""

    name: str
    expression: str
    before: str

    @property
    def captures(self) -> int:
        """How many there are."""
        return len(_CAPTURE.findall(self.expression))

    def read(self, digits: str) -> str:
        """The number, or "" when it is not written so."""
        found = re.fullmatch(self.expression, digits, re.ASCII)
        return self.before + "".join(found.groups()) if found else ""


def read(digits: str, country: str | None) -> str:
    """The E.164 number that a network of a country means by digits, with ``+`` or without; "" when that is unknown."""
    return _first(digits, (*sure_forms(country), *other_forms(country)))


def dialled(digits: str, country: str | None) -> str:
    """The E.164 number that somebody in a country dials, or ""."""
    return _first(digits, dialled_forms(country))


def _first(digits: str, forms: tuple[Form, ...]) -> str:
    return next((number for form in forms if (number := form.read(digits))), "")


@functools.lru_cache(maxsize=512)
def sure_forms(country: str | None) -> tuple[Form, ...]:
    """Forms that say by their first digits what they are: short, every call is asked these."""
    return tuple(_sure(country))


@functools.lru_cache(maxsize=64)
def other_forms(country: str | None) -> tuple[Form, ...]:
    """Forms that need the plans of all countries (20 kB and more), for what `sure_forms` do not know."""
    return tuple(_other(country)) if country else ()


@functools.lru_cache(maxsize=64)
def dialled_forms(country: str | None) -> tuple[Form, ...]:
    """How people in a country dial outside numbers: nobody leaves it without ``+`` or its prefix."""
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
    """A regex, without anchors, of every way in which a network of a country writes a number of ours."""
    digits = e164.removeprefix("+")
    if country is None or not digits.startswith(code := code_of(country)):
        return digits
    trunk = _trunk(country)
    return f"(?:{code}{'|' if trunk else ''}{trunk})?{digits.removeprefix(code)}"


def abroad(country: str | None) -> str:
    """A regex of what is written before a country code: ``00``, or ``(?:00|011)``."""
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
    # what is a number here and there, without any prefix, is nobody's where numbers have a prefix
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
        # Thailand's 001 66.. is not 00 166..: where both can be meant neither is
        long = rf"(?:{metadata_of(country).international_prefix})(?<!^{_ABROAD})"
        yield Form("abroad", f"(?!{_ABROAD}{world()}{_END}){long}({world()})", "+")
        yield Form("abroad", f"(?!{long}{world()}{_END}){_ABROAD}({world()})", "+")


def _prefix_left_out(country: str) -> bool:
    """Whether national numbers are usual without any prefix."""
    return (metadata_of(country).national_prefix or "") in (*_OFTEN_LEFT_OUT, code_of(country))


def _with_code(country: str) -> str:
    """Numbers behind their own country code, where those are told from shorter national ones by their length."""
    code, metadata = code_of(country), metadata_of(country)
    if metadata.national_prefix:
        return f"{code}{plan(code)}"
    assert metadata.general_desc
    lengths = set(metadata.general_desc.possible_length)
    sure = "|".join(rf"\d{{{length}}}" for length in sorted({len(code) + length for length in lengths} - lengths))
    return f"(?=(?:{sure}){_END}){code}{plan(code)}" if sure else ""


def _plain_prefix(country: str) -> str | None:
    """A regex of the prefixes for abroad that networks write; None when one can be taken for another."""
    prefix = metadata_of(country).international_prefix or _ABROAD
    if prefix == _ABROAD or (prefix.startswith(f"{_ABROAD}|") and not prefix.startswith(f"{_ABROAD}|0")):
        return _ABROAD
    return f"{_ABROAD}|{prefix}" if prefix.isdigit() and not prefix.startswith(_ABROAD) and prefix != "0" else None


def _trunk(country: str) -> str:
    """A regex of what stands before a national number, carriers included: ``0``, ``8``, ``(?:0|90)(?:14)?``."""
    metadata = metadata_of(country)
    rule, written = metadata.national_prefix_transform_rule or "", metadata.national_prefix_for_parsing or ""
    if _FIFTEEN.fullmatch(written):
        return "0"
    parts = [part for part in _alternatives(written) if not part.endswith("$")]
    trunk = "|".join(parts)
    if re.fullmatch(r"\\\d", rule):  # the group that is the number itself: look at it, leave it
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
    """Numbers that are dialled without their area: regex, and the area."""
    metadata = metadata_of(country)
    area = (metadata.national_prefix_transform_rule or "").removesuffix(r"\1")
    for part in _alternatives(metadata.national_prefix_for_parsing or ""):
        if part.endswith(")$") and area.isdigit():
            yield part[1:-2], area


def _written_bare(country: str) -> str:
    """A regex of the numbers that have no prefix even where others have one: China's mobiles."""
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
    """The alternatives of a regex, those inside groups left in them."""
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
