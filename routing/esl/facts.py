"""The connect reply's channel variables -> the facts of a call, each strictly checked.

A call with a wrong variable of its step cannot be decided. A malformed fact about the caller becomes the safe default
(anonymous, does not pay). Knows nothing of releases on disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from routing.esl.protocol import Message
from routing.model import camp_on
from routing.model.call import Call
from routing.model.decision import CALLER, E164, EXTENSION, ID, QUESTION, STEP_PATH
from routing.model.entities import ENTITY, SOURCE, visitor_of
from routing.model.proof import PROVEN
from routing.model.question import ANSWER, found_in
from routing.model.queue import ARRIVED
from routing.model.recognition import AUDIO, AUDIO_FOLDER, ENDING
from routing.model.spoken import CODE, LANGUAGE
from routing.model.stated_number import STATED_NUMBER
from routing.model.tags import TAGS, tags_of
from routing.model.typed_digits import SECRET, TYPED, typed_digits_in

UUID = re.compile(r"[0-9a-zA-Z_-]{8,64}")
RELEASE = re.compile(r"/[\w./ @+-]{0,500}", re.ASCII)
#: A file of what a caller says: its name is the call's.
_AUDIO = re.compile(rf"/[\w./@+-]{{0,500}}/{AUDIO_FOLDER}/{UUID.pattern}\.{ENDING}", re.ASCII)
MICROSECONDS = re.compile(r"[0-9]{1,17}", re.ASCII)
ANONYMOUS = "anonymous"
#: Prefixes of the lines of a connect reply that are read, here or by other readers.
HEADERS = (
    b"Content-",
    b"Reply-Text: ",
    b"Unique-ID: ",
    b"Caller-Channel-Created-Time: ",
    b"variable_routing_",
    b"variable_secret_ask_",
)
#: Variables whose names the scheme and the site choose.
_NAMED = re.compile(
    rf"\nvariable_((?:{ENTITY}|{SOURCE}|{TYPED}|{SECRET}|{ANSWER})[a-z0-9_]{{1,32}}): ([^\r\n]{{1,2400}})".encode()
)


class NotACall(Exception):
    """The connect reply names no call and step of a release; the text says which variable is wrong."""


def call_of(reply: Message, waits_since: float | None = None) -> Call:
    """The call of a connect reply; ``waits_since``: since when it waits, in monotonic seconds. Raises NotACall."""
    named = dict(_named_variables(reply))
    visitor = visitor_of(named)
    caller = _may(reply, "variable_routing_caller", CALLER, ANONYMOUS)
    return Call(
        uuid=_must(reply, "Unique-ID", UUID),
        release=_must(reply, "variable_routing_release", RELEASE),
        scheme=_must(reply, "variable_routing_scheme", ID),
        step=_must(reply, "variable_routing_step", STEP_PATH),
        number=_may(reply, "variable_routing_number", E164, ""),
        caller=caller,
        stated_number=_may(reply, f"variable_{STATED_NUMBER}", E164, "") if caller == ANONYMOUS else "",
        caller_pays=(reply.get("variable_routing_caller_pays") or "true") == "true",
        person=_may(reply, "variable_routing_person", ID, ""),
        proven=reply.get(f"variable_{PROVEN}") == "true",
        extension=_may(reply, f"variable_{camp_on.EXTENSION}", EXTENSION, ""),
        started=int(_may(reply, "Caller-Channel-Created-Time", MICROSECONDS, "0")) / 1_000_000,
        queued_s=int(_may(reply, f"variable_{ARRIVED}", MICROSECONDS, "0")) / 1000,
        language=_may(reply, f"variable_{LANGUAGE}", CODE, ""),
        entities=visitor.entities,
        source=visitor.source,
        typed=typed_digits_in(named),
        found=found_in(named),
        audio=_may(reply, f"variable_{AUDIO}", _AUDIO, ""),
        tags=tags_of(reply.get(f"variable_{TAGS}") or ""),
        question=_may(reply, "variable_routing_asked", QUESTION, ""),
        waits_since=waits_since,
    )


def facts_of_caller(event: Message, client: str | None = None, uuid: str = "Unique-ID") -> Call:
    """The call of an event that asks nothing of a step; ``client``: of a call that a person makes; ``uuid``: the line
    with the call's uuid. Raises NotACall."""
    visitor = visitor_of(named := dict(_named_variables(event)))
    caller = _may(event, "variable_routing_caller", CALLER, ANONYMOUS) if client is None else client
    return Call(
        uuid=_must(event, uuid, UUID),
        release=_must(event, "variable_routing_release", RELEASE),
        scheme=_may(event, "variable_routing_scheme", ID, ""),
        step="",
        number=_may(event, "variable_routing_number", E164, ""),
        caller=caller,
        stated_number=_may(event, f"variable_{STATED_NUMBER}", E164, "") if caller == ANONYMOUS else "",
        entities=visitor.entities,
        source=visitor.source,
        typed=typed_digits_in(named),
        tags=tags_of(event.get(f"variable_{TAGS}") or ""),
    )


def _named_variables(reply: Message) -> Iterator[tuple[str, str]]:
    """The channel variables of the visitor's facts, of what the caller has typed and a server has answered."""
    for name, value in _NAMED.findall(reply.head):
        yield name.decode(), unquote_to_bytes(value).decode("utf-8", "replace")


def _must(reply: Message, name: str, form: re.Pattern[str]) -> str:
    value = reply.get(name)
    if value is None:
        raise NotACall(f"{name} is missing")
    if not form.fullmatch(value):
        raise NotACall(f"{name} is {value[:80]!a}")
    return value


def _may(reply: Message, name: str, form: re.Pattern[str], otherwise: str) -> str:
    value = reply.get(name)
    return value if value is not None and form.fullmatch(value) else otherwise
