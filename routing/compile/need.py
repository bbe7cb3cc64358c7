"""A secret that a folder names: location, purpose, and problems. Pure; messages never contain values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from routing.model.problem import Problem
from routing.model.secret import PASSWORD, SENT, SIGNS, Purpose, is_of_the_machine, unfit

#: FreeSWITCH's preprocessor works on the file's text: it would interpret these, or end the line.
_UNFIT = re.compile(r"\$[${]|X-PRE-PROCESS|<!--|<\?|</?include|[\x00-\x1f\x7f]", re.IGNORECASE)
#: Fields of CRMs that are sent in a body, where any character is allowed.
_IN_BODIES = frozenset({"client_id", "client_secret", "refresh_token", "login", "password"})


#: What to do with a generated secret that another party needs too.
CARRIERS = "replace it by the carrier's"
CRMS = "give it to the CRM on this machine"
HANDLERS = "give it to the handler, which checks signatures with it"
HOOKS = "give it to the server, which checks signatures with it"
#: What `routing secrets` cannot make, because it has two halves for two machines.
OF_RECORDINGS = "a public key of age: `routing recordings key {}` prints it, and the private one for the desk"
#: What another party issues.
OF_STREAMS = "the stream's API secret (Google Analytics: Admin > Data streams > Measurement Protocol API secrets)"


@dataclass(frozen=True)
class Need:
    """A secret's name and the location that names it (``place``, a problem without a message).

    ``account``: the SIP account or ``gateway NAME`` whose password it is. ``foreign``: what a secret is, and where to
    get it, if another party issues it; others can be generated. ``shared``: what to do with a generated one that
    another party needs too. ``purpose``: its use; ``field``: the setting that names it.
    """

    name: str
    place: Problem
    account: str = ""
    foreign: str = ""
    shared: str = ""
    purpose: Purpose = PASSWORD
    field: str = ""

    def missing(self, more: int) -> Problem:
        """The problem that it is not set; ``more`` locations name it too."""
        also = f" (named in {more} more place{'s' if more > 1 else ''})" if more else ""
        if self.purpose != PASSWORD and is_of_the_machine(self.name):
            message = f"{self.name} is an environment variable of the machine, not a secret of this company{also}"
            return replace(
                self.place, message=message, hint="choose another name, or keep secrets in a file of their own"
            )
        where = f"set {self.name} in the environment or the secrets file"
        hint = f"{self.foreign}: {where}" if self.foreign else f"{where}; `routing secrets` generates one"
        return replace(self.place, message=f"the secret {self.name} is missing{also}", hint=hint)

    def generated(self) -> Problem:
        """The reminder to hand over a generated secret."""
        return replace(self.place, message=f"the secret {self.name} was generated", hint=self.shared)

    def unfit(self, value: str) -> Problem | None:
        """The problem of its value; None for a valid one."""
        if self.account and (found := _UNFIT.search(value)):
            fault = f"contains {_named(found[0])}, which FreeSWITCH would interpret"
            hint = "choose another password; `routing secrets` generates valid ones"
        else:
            is_header = self.purpose.startswith(SENT) and self.field not in _IN_BODIES
            fault, hint = unfit(self.purpose, value, is_header), ""
            if self.purpose == SIGNS and fault:
                hint = "`routing secrets` generates valid ones"
            if not fault and self.field == "webhook" and urlsplit(value).scheme not in ("http", "https"):
                fault = "is not the address of an inbound webhook"
        return replace(self.place, message=f"the secret {self.name} {fault}", hint=hint) if fault else None


def pin_account(secret: str) -> str:
    """Where the PIN of a room stands among the passwords that the compiler gets, by its secret's name."""
    return f"pin {secret}"


def _named(found: str) -> str:
    return f"`{found}`" if found.isprintable() else "a control character"
