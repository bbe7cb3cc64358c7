"""The entry dialplans of a release: they read the caller and the dialled number from SIP headers by strict regexes.

A normal call reads one file. A number in another form or header costs one more file. `routing.model.forms` defines the
forms of numbers, for Python too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from routing.compile.templates import render
from routing.model import caller_shown, forms
from routing.model.folder import Folder

#: Words that networks send in place of a withheld or unknown name or number.
HIDDEN = "anonymous|restricted|withheld|private"
NO_NUMBER = f"{HIDDEN}|unavailable|unknown|nobody"
#: A display name: letters of any alphabet (as bytes), digits and a few signs; digits alone repeat the number. A
#: lookahead checks the length: a bounded repeat would be compiled as that many copies.
NAME = (
    rf"^(?!\d+$|(?i:{NO_NUMBER})$)(?=.{{1,80}}$)"
    r"((?:[A-Za-z0-9 ._-]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2})+)$"
)
TEXT = rf"^(?!(?i:{NO_NUMBER})$)({forms.TEXT})$"
#: A withheld caller, by Privacy, Remote-Party-ID, From's display name or From's address.
WITHHELD = (
    r"(?i)^[^@]*(?:id|user|full|critical|header|session)"
    r"|^[^@]*@.*;privacy=.?(?:full|uri|yes|number|ipaddr)"
    rf"|@(?:{HIDDEN})(?: (?:caller|call|number))?@[^@]*@[^@]*$"
    rf"|@(?:{HIDDEN}|unavailable)@[^@]*$|@anonymous\.invalid[^@]*$"
)
_BETWEEN = r"[ ().-]"
#: A number with RFC 3966's visual separators, in up to eight captures; parameters and `#` may follow.
_PIECES = 8
SPELT = r"^[ (]*(\+?\d+)" + rf"(?:{_BETWEEN}+(\d+))?" * (_PIECES - 1) + rf"{_BETWEEN}*#?(?:[;@].*)?"
#: `+380 (0)67 1234567`: the zero is the trunk prefix.
TRUNK_IN_BRACKETS = (
    rf"^(\+\d+){_BETWEEN}*\(0\){_BETWEEN}*(\d+)" + rf"(?:{_BETWEEN}+(\d+))?" * 5 + rf"{_BETWEEN}*(?:;.*)?$"
)
#: The number of an address in a header.
ADDRESSED = r"^[^<]*<?(?i:sips?|tel):" + SPELT[1:].removesuffix("#?(?:[;@].*)?") + "[;@>]"
#: The source of the dialled number, by the values of `number_in`.
PLACES = {
    "request": "${sip_req_user}",
    "to": "${sip_to_user}",
    "p-called-party-id": "${sip_h_P-Called-Party-ID}",
    "diversion": "${sip_h_Diversion}",
    "history-info": "${sip_history_info}",
}
#: The last address with a number: of several diversions the one before the carrier's own.
LAST_ADDRESSED = r"^.*<(?i:sips?|tel):" + ADDRESSED.partition("tel):")[2]
#: Tried in turn where neither the request line nor To has one of our numbers: name, source, regex.
HEADERS = (
    ("P-Called-Party-ID", PLACES["p-called-party-id"], ADDRESSED),
    ("Diversion", PLACES["diversion"], ADDRESSED),
    ("Diversion-last", PLACES["diversion"], LAST_ADDRESSED),
    ("History-Info", PLACES["history-info"], ADDRESSED),
    ("History-Info-last", PLACES["history-info"], LAST_ADDRESSED),
)
#: Values of `number_in` whose header holds addresses: the regex of the number, and the entry of `HEADERS` that comes
#: before it.
_ADDRESS_HEADERS = {
    "p-called-party-id": (ADDRESSED, ""),
    "diversion": (LAST_ADDRESSED, "P-Called-Party-ID"),
    "history-info": (LAST_ADDRESSED, "Diversion-last"),
}
#: Most concurrent calls of one caller to one number: diverted, diverted by a hidden caller, from one of our numbers.
MOST_DIVERTED, MOST_HIDDEN, MOST_OWN = 1, 5, 3
_MOST_SHOWN = 20
#: User parts of SIP addresses that are safe in a regex.
_USER = re.compile(r"[A-Za-z0-9+_.-]{1,64}$")
ENTRY_FILES = ("entry.xml", "unlimited.xml", "numbered.xml", "callers.xml", "transferred.xml")


def entry_dialplans(
    release_folder: str,
    country: str | None,
    number_in: str | None = None,
    accounts: Mapping[str, Sequence[str]] | None = None,
    ours: Sequence[str] = (),
) -> dict[str, str]:
    """File name -> text of the entry dialplans. They name their release, so that a call stays in it after a publish.

    ``unlimited.xml`` takes normal calls on nodes without flood limits, ``entry.xml`` all others; these two transfer to
    the rest. ``number_in``: the source of the number, if it is the same for all gateways; ``accounts``: see `accounts`,
    if it differs. ``ours``: our numbers (E.164) that outgoing calls show.
    """
    users = tuple((place, tuple(names)) for place, names in (accounts or {}).items())
    return dict(_entry_dialplans(release_folder, country, number_in, users, tuple(ours)))


@lru_cache(maxsize=16)  # rendering takes as long as compiling a small company, of which some commands make two
def _entry_dialplans(
    release_folder: str,
    country: str | None,
    number_in: str | None,
    accounts: tuple[tuple[str, tuple[str, ...]], ...],
    ours: tuple[str, ...],
) -> Mapping[str, str]:
    dialled = rf"^(?:\+|{forms.abroad(country)})?(\d{{0,11}}(\d{{4}}))$"
    facts = {
        "release": release_folder,
        "dialled": dialled,
        "not_dialled": f"^(?!{dialled[1:]})",
        "name": NAME,
        "text": TEXT,
        "hidden": HIDDEN,
        "no_number": NO_NUMBER,
        "withheld": WITHHELD,
        "spelt": SPELT,
        "addressed": ADDRESSED,
        "trunk_in_brackets": TRUNK_IN_BRACKETS,
        "pieces": _pieces,
        "places": {place: (field, *_ADDRESS_HEADERS.get(place, (f"{SPELT}$", ""))) for place, field in PLACES.items()},
        "headers": list(_in_turn()),
        "loops": list(loops(ours)),
        "not_ours": _not_shown(ours, country),
        "number_in": number_in,
        "accounts": {place: _any(users) for place, users in accounts},
        "not_accounts": _unlike([user for _, users in accounts for user in users]),
        "anonymous": [f"{name}={value}" for name, value in caller_shown.WITHHELD.items()],
        "unknown": [f"{name}={value}" for name, value in caller_shown.NOT_A_NUMBER.items()],
        "sure": [_Written(form) for form in forms.sure_forms(country)],
        "forms": [_Written(form) for form in (*forms.sure_forms(country), *forms.other_forms(country))],
    }
    return {name: render(f"release/{name}.j2", **facts) for name in ENTRY_FILES}


def number_in(folder: Folder) -> str | None:
    """The `number_in` of all gateways, if it is the same; FreeSWITCH may not know by which gateway a call arrives."""
    places = {gateway.number_in for gateway in folder.gateways.values()}
    return places.pop() if len(places) == 1 else None


def accounts(folder: Folder) -> dict[str, list[str]]:
    """`number_in` -> user parts by which carriers call such gateways, which identify a gateway where the request lacks
    FreeSWITCH's `gw` parameter. Empty where `number_in` is the same for all."""
    found: dict[str, set[str]] = {}
    for gateway in folder.gateways.values():
        for user in (gateway.contact, gateway.username):
            if user and gateway.number_in and _USER.match(user) and not number_in(folder):
                found.setdefault(user, set()).add(gateway.number_in)
    users = [(next(iter(places)), user) for user, places in sorted(found.items()) if len(places) == 1]
    return {place: [user for where, user in users if where == place] for place in sorted({where for where, _ in users})}


def shown(folder: Folder) -> list[str]:
    """The company's numbers that outgoing calls show: those of its gateways, or only the first of each if too many."""
    every = [number for gateway in folder.gateways.values() for number in gateway.numbers]
    first = [gateway.numbers[0] for gateway in folder.gateways.values() if gateway.numbers]
    return sorted({*(every if len(every) <= _MOST_SHOWN else first)})[:_MOST_SHOWN]


def loops(ours: Sequence[str]) -> Iterator[tuple[str, str, str, int]]:
    """Signs of a forwarding loop, and how many such calls of one caller to one number are allowed at a time."""
    diverted = f"{PLACES['diversion']}@{PLACES['history-info']}"
    yield "diverted", diverted, "^((?!anonymous@)[^@]+)", MOST_DIVERTED
    yield "diverted_hidden", diverted, "^(anonymous)", MOST_HIDDEN
    if ours:
        yield "own", "", rf"^(\+(?:{'|'.join(number.removeprefix('+') for number in ours)}))", MOST_OWN


def _not_shown(ours: Sequence[str], country: str | None) -> str:
    """A lookahead that matches callers who are none of our numbers, in any form."""
    return f"(?!(?:{'|'.join(forms.own_forms(number, country) for number in ours)})@)" if ours else ""


def _in_turn() -> Iterator[tuple[str, str, str, str]]:
    """`HEADERS`, each with a regex of the sources tried before it."""
    before = ["", "absent", "request", "to"]
    for name, field, expression in HEADERS:
        yield name, field, expression, "|".join(before)
        before.append(name)


def _any(users: Sequence[str]) -> str:
    return "|".join(re.escape(user) for user in users)


def _unlike(users: Sequence[str]) -> str:
    """A lookahead that matches unless the dialled number is one of these user parts."""
    digits = [user for user in users if re.match(r"\+?\d{4,}$", user)]
    return f"(?!(?:{_any(digits)})@)" if digits else ""


@dataclass(frozen=True)
class _Written:
    """A form for templates, which cannot read private attributes."""

    form: forms.Form

    @property
    def expression(self) -> str:
        return self.form.expression

    @property
    def before(self) -> str:
        return self.form.before

    @property
    def captures(self) -> int:
        return self.form.captures

    def captured(self, first: int) -> str:
        """The captures of the form in a regex where ``first`` is the number of its first."""
        return "".join(f"${at}" for at in range(first, first + self.form.captures))


def _pieces(first: int) -> str:
    """The captures of `SPELT` in a regex where ``first`` is the number of the first."""
    return "".join(f"${at}" for at in range(first, first + _PIECES))
