"""What the keys for the client's card do (``project: {card_key: "*4"}``): an event for the engine, and a tone.

FreeSWITCH sends the event and goes on: no engine, a dead or a slow one disturbs no talk. The call gets a label, so that
the journal shows that the card was asked for, whatever came of it. The keys are bound to the client's leg, as all keys
of a talk are, for whom it talks with. They count where that is a phone of a person: a client who is called by way of a
scheme has none, nor has an outside number to which a client was sent on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from routing.load.nodes import Document
from routing.model.card_request import (
    CARD_BY,
    CARD_ENGINE,
    CARD_EVENT,
    CARD_PHONE,
    CARD_TARGET,
    FILE,
    LABEL,
    MOST_A_CALL,
    REQUESTS,
)
from routing.model.crm_settings import runtime
from routing.model.folder import Folder
from routing.model.problem import Problem
from routing.model.tags import TAGS
from routing.model.talk_keys import PHONE
from routing.steps.base import sound_path
from routing.steps.dialplan import Condition, Context

#: Whose keys they are: the phone that the client has reached, or the one that has called the client, until somebody
#: sends the client on.
_IS_PERSON = {
    "called": Condition("${routing_target}", f"^{PHONE}$"),
    "caller": Condition(f"${{{CARD_PHONE}}}@${{routing_target}}@${{{CARD_TARGET}}}", rf"^{PHONE}@([^@]+)@\1$"),
}
#: The person alone, who is the other leg, hears the tone.
_HEARS = "mr"
_TONE = "routing/one.wav"


def card_context(folder: Folder) -> Context:
    """The dialplan of the keys."""
    context = Context(FILE)
    seldom = Condition(f"${{{REQUESTS}}}", f"^x{{0,{MOST_A_CALL - 1}}}$")
    for by, is_person in _IS_PERSON.items():
        asks = context.extension("asks", is_person, seldom)
        asks.set(REQUESTS, f"${{{REQUESTS}}}x")
        asks.set(TAGS, f"${{{TAGS}}}{LABEL},")
        event = f"Event-Name=CUSTOM,Event-Subclass={CARD_EVENT},{CARD_BY}={by},{CARD_ENGINE}={folder.engine}"
        asks.do("event", event)
        asks.do("displace_session", f"{sound_path(_TONE)} {_HEARS}")
    return context


def card_settings(folder: Folder) -> dict[str, Any]:
    """For the release's table: the CRMs that have cards, as the engine asks them."""
    if not folder.project.card_key:
        return {}
    crms = [runtime(name, crm, folder.project.country) for name, crm in sorted(folder.crm.items())]
    return {"card_crms": crms} if crms else {}


def card_problems(folder: Folder, documents: Sequence[Document]) -> Iterator[Problem]:
    """Keys by which nobody could get anything."""
    project = folder.project
    if not project.card_key or project.pops or any("://" in each for each in project.notify):
        return
    if any(person.email for person in folder.people.values()):
        return
    document = next((each for each in documents if isinstance(each.data, dict) and "project" in each.data), None)
    if document is not None:
        hint = "write `email` of people, `pops`, or a web address under `notify`"
        yield document.problem(("project", "card_key"), "nobody could get a card", hint)
