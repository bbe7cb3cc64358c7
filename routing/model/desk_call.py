"""Calls that the desk begins: a person's phone rings, then they call a client or join a call. Pure.

A leg of nobody (`null` of mod_loopback) is originated into the release's ``desk.xml``, as for callbacks: dial strings
are built there. Whatever stands in the command is an id, a number or a uuid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from routing.model.callback_call import NotDiallable

#: The file of a release, and its context.
FILE, CONTEXT = "desk.xml", "desk"
LISTEN, WHISPER, TAKE_OVER = "listen", "whisper", "take_over"
#: Channel variables: how a leg joins a call, and that call's leg; the number that a leg will dial; the person.
JOINS, JOINED, DIALS, BY = "routing_desk_joins", "routing_desk_call", "routing_desk_dials", "routing_desk_by"
ID = "[a-z][a-z0-9_]{0,63}"
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NUMBER = r"\+[1-9][0-9]{6,14}"
RELEASE = r"/[\w./+-]{1,400}"


@dataclass(frozen=True, slots=True)
class ClickedCall:
    """A person (``ivan``, on their phone ``desk``) calls a number (E.164). ``release``: its folder."""

    person: str
    phone: str
    number: str
    release: str

    def originate(self, leg_mark: str) -> str:
        """The command. ``leg_mark``: the node's variable without which no leg is dialled. Raises NotDiallable."""
        _must(ID, self.person, self.phone)
        _must(NUMBER, self.number)
        _must(RELEASE, self.release)
        place = f"dial@{self.person}.{self.phone}@{self.number}@{self.release}"
        return _originate(leg_mark, place, self.release, {DIALS: self.number, BY: self.person})


@dataclass(frozen=True, slots=True)
class JoiningCall:
    """Somebody joins a call on their phone: ``leg`` (uuid) is the colleague's whom they hear, or the client's whom they
    take over; ``how``: `LISTEN`, `WHISPER`, `TAKE_OVER`."""

    person: str
    phone: str
    how: str
    leg: str
    release: str

    def originate(self, leg_mark: str) -> str:
        """See ClickedCall."""
        _must(ID, self.person, self.phone)
        _must(f"{LISTEN}|{WHISPER}|{TAKE_OVER}", self.how)
        _must(UUID, self.leg)
        _must(RELEASE, self.release)
        place = f"join@{self.person}.{self.phone}@{self.how}@{self.leg}@{self.release}"
        return _originate(leg_mark, place, self.release, {JOINS: self.how, JOINED: self.leg, BY: self.person})


def announcing(leg: str, release: str, file: str) -> str:
    """The command that plays a file of the release to a leg and to whom it talks with. Raises NotDiallable."""
    _must(UUID, leg)
    _must(RELEASE, f"{release}/{file}")
    return f"uuid_broadcast {leg} {release}/{file} both"


def _must(pattern: str, *texts: str) -> None:
    for text in texts:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise NotDiallable(f"{text[:80]!a} may not stand in a command")


def _originate(leg_mark: str, place: str, release: str, facts: dict[str, str]) -> str:
    _must(ID, leg_mark)
    variables = {leg_mark: "9", "null_enable_auto_answer": "true", **facts}
    inside = ",".join(f"{name}={value}" for name, value in variables.items())
    return f"originate {{{inside}}}null/desk {place} XML:{release}/{FILE} {CONTEXT}"
