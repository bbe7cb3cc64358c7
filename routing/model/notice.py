"""Notices of a voicemail, a missed call, a low rating, a phone in a new network, a person whom missed offers have
paused, a flood of calls, a client's card or an order to call back, and their failures; between the journal, which
stores them, and e-mail or webhooks.

Facts only; times are seconds since the epoch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from routing.model.memory import Forgotten


@dataclass(frozen=True, slots=True)
class Notice:
    """A call (its uuid) without a talk, or one whose caller has rated it low (``rating``, of ``person``). ``to``:
    e-mail addresses; ``recording``: the voicemail's sound file, "" without one; ``status``: the journal's status of
    the call; ``wait_s``: how long the caller waited; ``tags``: the labels of `tag` steps; ``node``: the node that
    has the recording.
    """

    call: str
    project: str
    number: str
    scheme: str
    caller: str
    box: str
    started: float
    ended: float
    recording: str
    to: tuple[str, ...]
    status: str = "voicemail"
    wait_s: float = 0.0
    tags: tuple[str, ...] = ()
    node: str = ""
    rating: int = 0
    person: str = ""
    talk_s: float = 0.0

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return self.call


@dataclass(frozen=True, slots=True)
class NewNetwork:
    """A SIP account has registered from a new ``network``: its owner travels, or somebody else has the password.
    ``phone``: ``ivan.desk``, "" for an unknown account; ``agent``: its user agent; ``node``: where it registers.
    """

    project: str
    account: str
    phone: str
    network: str
    address: str
    agent: str
    at: float
    to: tuple[str, ...] = ()
    node: str = ""

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return f"network-{self.account}-{self.network}-{self.at:.0f}"


@dataclass(frozen=True, slots=True)
class MissedOut:
    """A person is paused because they did not answer the offers of a queue, from ``at`` until ``until``."""

    project: str
    queue: str
    person: str
    at: float
    until: float
    to: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same pause."""
        return f"missed_out-{self.person}-{self.until:.0f}"


@dataclass(frozen=True, slots=True)
class FloodNotice:
    """A flood of calls to a number. ``starts``: how the callers' numbers begin (`routing.model.flood.FloodRefusal`);
    ``refused``: whether they are refused ``until`` then, or only watched."""

    project: str
    number: str
    starts: tuple[str, ...]
    why: str
    at: float
    until: float
    refused: bool
    to: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same flood."""
        return f"flood-{self.number}-{self.at:.0f}"


@dataclass(frozen=True, slots=True)
class CardNotice:
    """The card of the client with whom a person talks, who has asked for it: the ``n``-th time in the call. ``client``:
    E.164 or ``anonymous``; ``stated``: the number that a hidden caller gives as theirs; ``card``: ``system``, ``kind``,
    ``id`` and ``url`` in the CRM, empty when none knows the client; ``typed``: what the client has typed, no
    secrets.
    """

    project: str
    call: str
    n: int
    person: str
    phone: str
    client: str
    stated: str
    number: str
    scheme: str
    at: float
    name: str = ""
    card: Mapping[str, str] = field(default_factory=dict)
    entities: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    to: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return f"card-{self.call}-{self.n}"


@dataclass(frozen=True, slots=True)
class CallbackNotice:
    """An order to call a client back took a status: its ``n``-th event. ``facts``: the order as others get it
    (`routing.callbacks.facts`)."""

    project: str
    order: str
    n: int
    status: str
    at: float
    number: str
    scheme: str
    facts: Mapping[str, Any]
    to: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same notice."""
        return f"callback-{self.order}-{self.n}"


#: Those that wait in a queue of the project, not in the journal.
QueuedNotice = NewNetwork | MissedOut | FloodNotice | CardNotice
AnyNotice = Notice | QueuedNotice | CallbackNotice


_QUEUED: Mapping[str, type[QueuedNotice]] = {
    "new_network": NewNetwork,
    "missed_out": MissedOut,
    "flood": FloodNotice,
    "card": CardNotice,
}


def for_queue(notice: QueuedNotice) -> str:
    """A notice as it stands in the queue."""
    kind = next(name for name, each in _QUEUED.items() if isinstance(notice, each))
    return json.dumps({"kind": kind, **asdict(notice)})


def put_in_queue(notice: QueuedNotice, put: Callable[[str, str, str], None] | None, log: Callable[..., None]) -> None:
    """Queue a notice for the journal to send; where that is not possible, the log says so. ``put``: queues a text once
    (project, its name, the text), raises Forgotten; None without Redis."""
    try:
        if put is None:
            raise Forgotten("there is no Redis")
        put(notice.project, notice.id, for_queue(notice))
    except Forgotten as problem:
        log("warning", "notice lost", notice=notice.id, problem=str(problem))


def from_queue(text: str) -> QueuedNotice:
    """The notice of `for_queue`, to nobody yet. Raises ValueError, TypeError or KeyError for what is none."""
    facts = {**json.loads(text), "to": ()}
    return _QUEUED[facts.pop("kind", "new_network")](**facts)


class Later(Exception):
    """The notice was not delivered; try again.

    ``is_away``: the server itself is unavailable, whatever the notice; ``after_s``: nothing was sent, and may be after
    this many seconds.
    """

    def __init__(self, reason: str, after_s: float = 0.0, is_away: bool = False) -> None:
        super().__init__(reason)
        self.after_s, self.is_away = after_s, is_away


class NoticeRefused(Exception):
    """The mail server or the webhook rejects this notice for good."""


class Mail(Protocol):
    """Sends notices. The same notice sent twice is the same message, with the same Message-ID."""

    def send(self, notice: AnyNotice) -> Mapping[str, str]:
        """Send one; return the rejected recipients with reasons. Raises Later and NoticeRefused."""


class Hooks(Protocol):
    """Sends notices to webhooks. The same notice sent twice has the same id."""

    def tell(self, notice: AnyNotice, url: str) -> None:
        """Send one. Raises Later and NoticeRefused."""
