"""The call of a callback: names that the engine, a release and the journal share, and the command for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.model.entities import ENCODED, ENTITY, SOURCE

#: The file of a release, its context, and the context that dials clients.
FILE, CONTEXT, DIAL = "callbacks.xml", "callbacks", "callbacks_dial"
#: Set on a leg of nobody: no step plays anything or waits for a key.
UNHEARD = "routing_unheard"
#: The limit by which FreeSWITCH refuses a second call of an attempt, and for how long.
ONCE, ONCE_SECONDS = "routing_callback", 86400
#: On the leg of a client whom a person has called: the uuid of nobody's leg, which is the call's.
CALL_OF = "routing_call_of"
#: The place in a queue that the client keeps: `CallbackCall.place_ms`.
PLACE = "routing_place"
#: Set on a leg of nobody that a colleague's order begins: who ordered, and whom they await.
COLLEAGUE, AWAITS = "routing_colleague", "routing_awaits"
#: A call's direction.
CALLBACK = "callback"
ID = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_FORMS = {
    "uuid": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII),
    "first": re.compile("person|client"),
    "client": _NUMBER,
    "number": _NUMBER,
    "scheme": ID,
    "release": re.compile(r"/[\w./+-]{1,400}", re.ASCII),
    "person": ID,
    "awaits": ID,
}
_VARIABLE = re.compile(rf"(?:{ENTITY}|{SOURCE})[a-z][a-z0-9_]{{0,31}}", re.ASCII)


class NotDiallable(ValueError):
    """A fact of an order that must not stand in a command to FreeSWITCH; the text says which."""


@dataclass(frozen=True, slots=True)
class CallbackCall:
    """One attempt as FreeSWITCH is asked for it. ``first``: ``person`` or ``client``; ``client``, ``number``: E.164,
    the client's and the one that they called; ``release``: its folder; ``variables``: the visitor's facts, encoded."""

    uuid: str
    first: str
    client: str
    number: str
    scheme: str
    release: str
    variables: Mapping[str, str] = field(default_factory=dict)
    #: When the client came to the queue in which they keep their place, in ms since the epoch; 0: in none.
    place_ms: int = 0

    def check(self) -> None:
        """Raises NotDiallable unless everything is a number, an id or an encoded fact."""
        _check(self, "uuid", "first", "client", "number", "scheme", "release")
        for name, value in self.variables.items():
            if not _VARIABLE.fullmatch(name) or not ENCODED.fullmatch(value):
                raise NotDiallable(f"{name[:80]!a} {value[:80]!a}")

    def originate(self, leg_mark: str) -> str:
        """The command that begins the call: a leg of nobody in the release. ``leg_mark``: the node's variable
        without which no leg is dialled. Raises NotDiallable."""
        self.check()
        shown = {"origination_caller_id_number": self.client, "origination_caller_id_name": self.client}
        place = {PLACE: str(self.place_ms)} if self.place_ms else {}
        return _originate(self, leg_mark, {**shown, **self.variables, **place})

    @property
    def destination(self) -> str:
        """Where nobody's leg begins in the dialplan of callbacks."""
        return f"{self.first}@{self.uuid}@{self.client}@{self.number}@{self.scheme}@{self.release}"

    @property
    def dialplan(self) -> str:
        """The release's dialplan of callbacks."""
        return f"XML:{self.release}/{FILE}"


@dataclass(frozen=True, slots=True)
class ColleagueCall:
    """One attempt to connect a colleague, ``person``, with the one they await. ``release``: its folder."""

    uuid: str
    person: str
    awaits: str
    release: str

    def check(self) -> None:
        """Raises NotDiallable unless everything is an id."""
        _check(self, "uuid", "person", "awaits", "release")

    def originate(self, leg_mark: str) -> str:
        """See CallbackCall."""
        self.check()
        return _originate(self, leg_mark, {})

    @property
    def destination(self) -> str:
        """See CallbackCall."""
        return f"colleague@{self.uuid}@{self.person}@{self.awaits}@{self.release}"

    @property
    def dialplan(self) -> str:
        """See CallbackCall."""
        return f"XML:{self.release}/{FILE}"


def _check(call: CallbackCall | ColleagueCall, *names: str) -> None:
    for name in names:
        if not _FORMS[name].fullmatch(value := getattr(call, name)):
            raise NotDiallable(f"{name} {value[:80]!a}")


def _originate(call: CallbackCall | ColleagueCall, leg_mark: str, more: Mapping[str, str]) -> str:
    if not ID.fullmatch(leg_mark):
        raise NotDiallable(f"the mark of legs {leg_mark[:80]!a}")
    facts = {"origination_uuid": call.uuid, leg_mark: "9", "null_enable_auto_answer": "true", **more}
    inside = ",".join(f"{name}={value}" for name, value in facts.items())
    return f"originate {{{inside}}}null/callback {call.destination} {call.dialplan} {CONTEXT}"


def begun(uuid: str) -> str:
    """The question to FreeSWITCH whether an attempt has begun on it within a day; see `was_begun`."""
    return f"limit_usage hash {ONCE} {uuid} rate"


def was_begun(reply: str) -> bool:
    """FreeSWITCH's answer: ``calls now/calls in the interval``."""
    return re.fullmatch(r"\d+/[1-9]\d*", reply.strip(), re.ASCII) is not None
