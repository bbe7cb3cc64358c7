"""The front doors of a release: who calls which number, read from what carriers write, by strict expressions.

Usual calls pass one file. What is written otherwise, or stands elsewhere, costs a file more and is then as usual. The
forms of numbers are `routing.model.forms`, where Python reads them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from routing.compile.templates import render
from routing.model import forms
from routing.model.folder import Folder
from routing.steps import dialstring

#: Words that networks put in place of a name or a number that is withheld, or not known.
HIDDEN = "anonymous|restricted|withheld|private"
NO_NUMBER = f"{HIDDEN}|unavailable|unknown|nobody"
#: A displayed name: letters of any alphabet (as bytes), digits and plain signs; digits alone are the number again. Its
#: length is looked at apart: a repeat of so many is compiled as so many copies.
NAME = (
    rf"^(?!\d+$|(?i:{NO_NUMBER})$)(?=.{{1,80}}$)"
    r"((?:[A-Za-z0-9 ._-]|[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2})+)$"
)
TEXT = rf"^(?!(?i:{NO_NUMBER})$)({forms.TEXT})$"
#: Where SIP says that a caller is withheld: Privacy, Remote-Party-ID, From's displayed name, From's address.
WITHHELD = (
    r"(?i)^[^@]*(?:id|user|full|critical|header|session)"
    r"|^[^@]*@.*;privacy=.?(?:full|uri|yes|number|ipaddr)"
    rf"|@(?:{HIDDEN})(?: (?:caller|call|number))?@[^@]*@[^@]*$"
    rf"|@(?:{HIDDEN}|unavailable)@[^@]*$|@anonymous\.invalid[^@]*$"
)
_BETWEEN = r"[ ().-]"
#: A number with RFC 3966's visual separators, in up to eight captures; parameters and `#` may stand behind.
_PIECES = 8
SPELT = r"^[ (]*(\+?\d+)" + rf"(?:{_BETWEEN}+(\d+))?" * (_PIECES - 1) + rf"{_BETWEEN}*#?(?:[;@].*)?"
#: `+380 (0)67 1234567`: the zero is dialled at home.
TRUNK_IN_BRACKETS = (
    rf"^(\+\d+){_BETWEEN}*\(0\){_BETWEEN}*(\d+)" + rf"(?:{_BETWEEN}+(\d+))?" * 5 + rf"{_BETWEEN}*(?:;.*)?$"
)
#: The number of an address in a header.
ADDRESSED = r"^[^<]*<?(?i:sips?|tel):" + SPELT[1:].removesuffix("#?(?:[;@].*)?") + "[;@>]"
#: Where a gateway's calls name the number, by the words of `number_in`.
PLACES = {
    "request": "${sip_req_user}",
    "to": "${sip_to_user}",
    "p-called-party-id": "${sip_h_P-Called-Party-ID}",
    "diversion": "${sip_h_Diversion}",
    "history-info": "${sip_history_info}",
}
#: The last address with a number: of several diversions the one before the carrier's own.
LAST_ADDRESSED = r"^.*<(?i:sips?|tel):" + ADDRESSED.partition("tel):")[2]
#: What is looked at in turn where neither the request line nor To has a number of ours: the words for it, where it
#: stands, what captures it.
HEADERS = (
    ("P-Called-Party-ID", PLACES["p-called-party-id"], ADDRESSED),
    ("Diversion", PLACES["diversion"], ADDRESSED),
    ("Diversion-last", PLACES["diversion"], LAST_ADDRESSED),
    ("History-Info", PLACES["history-info"], ADDRESSED),
    ("History-Info-last", PLACES["history-info"], LAST_ADDRESSED),
)
#: Places of `number_in` that hold addresses: what tells a number there, and where there may be several, the words of
#: `HEADERS` that are before it.
_ADDRESS_HEADERS = {
    "p-called-party-id": (ADDRESSED, ""),
    "diversion": (LAST_ADDRESSED, "P-Called-Party-ID"),
    "history-info": (LAST_ADDRESSED, "Diversion-last"),
}
#: Calls of one caller to one number at a time: diverted to it, diverted by somebody hidden, from a number of ours.
MOST_DIVERTED, MOST_HIDDEN, MOST_OWN = 1, 5, 3
_MOST_SHOWN = 20
#: Users of SIP addresses that may stand in an expression.
_USER = re.compile(r"[A-Za-z0-9+_.-]{1,64}$")
ENTRY_FILES = ("entry.xml", "unlimited.xml", "numbered.xml", "callers.xml", "transferred.xml")


def entry_dialplans(
    release_folder: str,
    country: str | None,
    number_in: str | None = None,
    accounts: Mapping[str, Sequence[str]] | None = None,
    ours: Sequence[str] = (),
) -> dict[str, str]:
    """File to text of the release's front doors: they name it, so that a call stays in it whatever is published.

    ``unlimited.xml`` takes the usual calls of nodes without flood limits, ``entry.xml`` every other; the rest is for
    what they send there. ``number_in``: where every gateway has the number, when they say so and all the same;
    ``accounts``: see `accounts`, where they differ. ``ours``: numbers that calls out show, E.164.
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
        "anonymous": [f"{name}={value}" for name, value in dialstring.WITHHELD.items()],
        "unknown": [f"{name}={value}" for name, value in dialstring.NOT_A_NUMBER.items()],
        "sure": [_Written(form) for form in forms.sure_forms(country)],
        "forms": [_Written(form) for form in (*forms.sure_forms(country), *forms.other_forms(country))],
    }
    return {name: render(f"release/{name}.j2", **facts) for name in ENTRY_FILES}


def number_in(folder: Folder) -> str | None:
    """Where all gateways say that the number stands, when they do and agree: their carriers may name no gateway."""
    places = {gateway.number_in for gateway in folder.gateways.values()}
    return places.pop() if len(places) == 1 else None


def accounts(folder: Folder) -> dict[str, list[str]]:
    """Place of the number to the users by which carriers call gateways that have it there: they may leave out the
    parameter by which FreeSWITCH tells a gateway. None where `number_in` holds for all."""
    found: dict[str, set[str]] = {}
    for gateway in folder.gateways.values():
        for user in (gateway.contact, gateway.username):
            if user and gateway.number_in and _USER.match(user) and not number_in(folder):
                found.setdefault(user, set()).add(gateway.number_in)
    users = [(next(iter(places)), user) for user, places in sorted(found.items()) if len(places) == 1]
    return {place: [user for where, user in users if where == place] for place in sorted({where for where, _ in users})}


def shown(folder: Folder) -> list[str]:
    """The company's numbers that calls out show: those of its gateways, the first ones where they are many."""
    every = [number for gateway in folder.gateways.values() for number in gateway.numbers]
    first = [gateway.numbers[0] for gateway in folder.gateways.values() if gateway.numbers]
    return sorted({*(every if len(every) <= _MOST_SHOWN else first)})[:_MOST_SHOWN]


def loops(ours: Sequence[str]) -> Iterator[tuple[str, str, str, int]]:
    """What tells a call that comes back, and how many of one caller to one number there may be at a time."""
    diverted = f"{PLACES['diversion']}@{PLACES['history-info']}"
    yield "diverted", diverted, "^((?!anonymous@)[^@]+)", MOST_DIVERTED
    yield "diverted_hidden", diverted, "^(anonymous)", MOST_HIDDEN
    if ours:
        yield "own", "", rf"^(\+(?:{'|'.join(number.removeprefix('+') for number in ours)}))", MOST_OWN


def _not_shown(ours: Sequence[str], country: str | None) -> str:
    """Holds where a caller is none of our numbers, in any form."""
    return f"(?!(?:{'|'.join(forms.own_forms(number, country) for number in ours)})@)" if ours else ""


def _in_turn() -> Iterator[tuple[str, str, str, str]]:
    """`HEADERS`, each with an expression for what has been tried before it."""
    before = ["", "absent", "request", "to"]
    for name, field, expression in HEADERS:
        yield name, field, expression, "|".join(before)
        before.append(name)


def _any(users: Sequence[str]) -> str:
    return "|".join(re.escape(user) for user in users)


def _unlike(users: Sequence[str]) -> str:
    """Holds where the number dialled is none of these users: of those alone that could be a number."""
    digits = [user for user in users if re.match(r"\+?\d{4,}$", user)]
    return f"(?!(?:{_any(digits)})@)" if digits else ""


@dataclass(frozen=True)
class _Written:
    """A form for templates, which may read what has no underscore."""

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
