"""A secret that a folder names: where, for what, and what is wrong with it. Pure; no value is ever in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from routing.model.problem import Problem
from routing.model.secret import ACCOUNT, GATEWAY, PASSWORD, SENT, SIGNS, Purpose, is_of_the_machine, unfit

#: FreeSWITCH's preprocessor works on the file's text: these would be acted upon, or end the line.
_UNFIT = re.compile(r"\$[${]|X-PRE-PROCESS|<!--|<\?|</?include|[\x00-\x1f\x7f]", re.IGNORECASE)
#: Fields of CRMs that are sent in a body, where any letter may stand.
_IN_BODIES = frozenset({"client_id", "client_secret", "refresh_token", "login", "password"})


#: What to do with invented secrets that somebody else holds too.
CARRIERS = "write what the carrier gave you in its place"
CRMS = "give it to the CRM on this machine"
HANDLERS = "give it to the handler: it checks signatures with it"


@dataclass(frozen=True)
class Need:
    """A secret's name and the place that asks for it, a problem without words.

    ``account``: whose password FreeSWITCH is told, a SIP account or ``gateway NAME``. ``foreign``: of a secret that
    somebody else gives out, what it is and where to get it; any other can be invented. ``shared``: what to do with an
    invented one that somebody else holds too. ``purpose``: what it does; ``field``: the setting that names it.
    """

    name: str
    place: Problem
    account: str = ""
    foreign: str = ""
    shared: str = ""
    purpose: Purpose = PASSWORD
    field: str = ""

    def missing(self, more: int) -> Problem:
        """That it is not set; ``more`` places name it too."""
        also = f" (named in {more} more place{'s' if more > 1 else ''})" if more else ""
        if self.purpose != PASSWORD and is_of_the_machine(self.name):
            message = f"{self.name} is a variable of the machine, not a secret of this company's{also}"
            return replace(
                self.place, message=message, hint="choose another name, or keep secrets in a file of their own"
            )
        where = f"set {self.name} in the environment or the secrets file"
        hint = f"{self.foreign}: {where}" if self.foreign else f"{where}; `routing secrets` makes one"
        return replace(self.place, message=f"the secret {self.name} is missing{also}", hint=hint)

    def was_invented(self) -> Problem:
        """That it is random, and what to do with it."""
        return replace(self.place, message=f"the secret {self.name} was invented", hint=self.shared)

    def unfit(self, value: str) -> Problem | None:
        """What is wrong with its value."""
        if self.account and (found := _UNFIT.search(value)):
            fault = f"holds {_named(found[0])}, which FreeSWITCH would not read as it is"
            hint = "choose another password; `routing secrets` makes good ones"
        else:
            is_header = self.purpose.startswith(SENT) and self.field not in _IN_BODIES
            fault, hint = unfit(self.purpose, value, is_header), ""
            if self.purpose == SIGNS and fault:
                hint = "`routing secrets` makes good ones"
            if not fault and self.field == "webhook" and urlsplit(value).scheme not in ("http", "https"):
                fault = "is not the address of an inbound webhook"
        return replace(self.place, message=f"the secret {self.name} {fault}", hint=hint) if fault else None


def password_name(account: str) -> str:
    """Name of the secret that holds a SIP account's password: ``SIP_PASSWORD_1001``."""
    return ACCOUNT + re.sub(r"\W", "_", account).upper()


def gateway_name(gateway: str) -> str:
    """Name of the secret that holds a gateway's password: ``GATEWAY_PASSWORD_MAIN``."""
    return GATEWAY + gateway.upper()


def _named(found: str) -> str:
    return f"`{found}`" if found.isprintable() else "a control character"
