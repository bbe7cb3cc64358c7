"""What is kept of a finished call: plain facts. Times are seconds since the epoch, 0.0 for what never happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.journal.result import StepResult


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step that the call took. ``took_s`` ends where the next step or the talk begins.

    ``result`` is what came of it. ``inputs`` says in words what the step went by, ``outcome`` what came of it: they are
    for people alone. ``decision`` is the engine's, as FreeSWITCH got it; ``asked_ms`` how long the engine held the call
    (-1: it was not asked), ``verdict`` its own words.
    """

    n: int
    scheme: str
    path: str
    kind: str
    started: float
    took_s: float
    inputs: str = ""
    outcome: str = ""
    decision: str = ""
    verdict: str = ""
    asked_ms: float = -1.0
    result: str = StepResult.DONE


@dataclass(frozen=True, slots=True)
class LegRecord:
    """One phone that was to ring. ``id`` is the leg's uuid, or ``-<step>.<target>`` when no leg could be made for it.

    ``rang_s``: until it was picked up or stopped. ``why`` says in words why this phone did not talk; "" when it did.
    """

    id: str
    step: str
    target: str
    person: str
    started: float
    rang_s: float
    picked_up: bool
    talk_s: float
    cause: str
    why: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A finished call. ``direction``: in, out (a phone to outside), internal, callback.

    ``caller`` is who dialled (E.164, ``anonymous``, or a phone's account), ``client`` the outside party's E.164 or "".
    ``number`` is the company's number, ``dialled`` what was dialled. ``person`` is who talked (in) or who called (out),
    ``target`` the phone that was talked with. ``wait_s`` lasts until the talk, else to the end. ``notify``: who gets
    the notice of the voicemail or the missed call: e-mail addresses, and names without one in the release. ``entities``
    and ``source`` are what the site states of its visitor, by name (`routing.model.entities`); ``tags`` are the labels
    of `tag` steps; ``node`` is FreeSWITCH's ``switchname`` (`routing node init --node`), "" where it is not known.
    Recordings and voicemails are files of that node.
    """

    id: str
    project: str
    direction: str
    number: str
    dialled: str
    caller: str
    client: str
    schemes: tuple[str, ...]
    release: str
    started: float
    answered: float
    bridged: float
    ended: float
    status: str
    cause: str
    ended_by: str
    person: str
    target: str
    wait_s: float
    talk_s: float
    recording: str
    voicemail: str
    box: str
    decision: str
    verdict: str
    asked_ms: float
    source: Mapping[str, str]
    entities: Mapping[str, str]
    notify: tuple[str, ...] = field(default=())
    tags: tuple[str, ...] = field(default=())
    node: str = ""
    steps: tuple[StepRecord, ...] = field(default=())
    legs: tuple[LegRecord, ...] = field(default=())

    @property
    def scheme(self) -> str:
        """The scheme that the number leads to."""
        return self.schemes[0] if self.schemes else ""
