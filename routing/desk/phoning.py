"""Calls that users of the desk begin: which of their phones can ring, and the command to the node where it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.desk.plan import User
from routing.desk.services import Services
from routing.esl.client import SwitchFault
from routing.model import numbers
from routing.model.callback_call import NotDiallable
from routing.model.desk_call import ClickedCall, JoiningCall, announcing


class NotPhoned(Exception):
    """No phone rings; ``reason``: a key of the texts, below ``phone.``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class OwnPhone:
    """A registered phone of a user: its label, its account, the node that it is registered at."""

    label: str
    account: str
    node: str


def own_phones(services: Services, user: User, node: str = "") -> Sequence[OwnPhone]:
    """A user's phones that are registered, at any node or at one."""
    person = services.plan.people.get(user.name)
    accounts = [] if person is None else [each for each in person.phones.items() if not each[1].startswith("+")]
    return [
        OwnPhone(label, account, name)
        for label, account in accounts
        for name, known in list(services.hub.board.nodes.items())
        if account in known.registered and node in ("", name)
    ]


def chosen_phone(phones: Sequence[OwnPhone], label: str) -> OwnPhone:
    """The phone with a label, the first one without a label. Raises NotPhoned."""
    found = next((phone for phone in phones if label in ("", phone.label)), None)
    if found is None:
        raise NotPhoned("none")
    return found


def dialled_number(services: Services, text: str) -> str:
    """A number as somebody typed it, in E.164. Raises NotPhoned outside the project's `destinations`."""
    plan = services.plan
    try:
        number = numbers.normalise(text[:40], plan.country or None)
    except ValueError:
        raise NotPhoned("number") from None
    if not numbers.may_be_dialled(number, plan.destinations):
        raise NotPhoned("destination")
    return number


def begin(services: Services, node: str, call: ClickedCall | JoiningCall) -> None:
    """Ask a node for a call. Raises NotPhoned."""
    switch = services.switches.get(node)
    if switch is None:
        raise NotPhoned("switch")
    try:
        mark = switch("global_getvar routing_leg").strip()
        answer = switch(call.originate(mark))
    except (SwitchFault, NotDiallable) as problem:
        services.fault(problem)
        raise NotPhoned("switch") from None
    if not answer.startswith("+OK"):
        raise NotPhoned("switch")


def announce(services: Services, node: str, leg: str) -> None:
    """Play the release's announcement to both who talk. Raises NotPhoned: nobody listens unannounced."""
    file = services.plan.announcement
    if not file:
        return
    try:
        answer = services.switches[node](announcing(leg, live_folder(services), file))
    except (KeyError, SwitchFault, NotDiallable) as problem:
        services.fault(problem)
        raise NotPhoned("switch") from None
    if not answer.startswith("+OK"):
        raise NotPhoned("over")


def live_folder(services: Services) -> str:
    """The live release's folder, which the call runs in."""
    return str((services.root / "current").resolve())
