"""The record of a finished call. Times are seconds since the epoch, 0.0 for what never happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.journal.result import StepResult


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step that the call executed. ``took_s`` ends where the next step or the talk begins.

    ``result``: a `StepResult`. ``inputs`` and ``outcome``: text for people, about what the step used and what happened.
    ``decision``: the engine's, as FreeSWITCH got it; ``asked_ms``: how long the engine took for it (-1: no decision was
    requested), ``verdict``: its reason.
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
    """One phone that should ring. ``id``: the leg's uuid, or ``-<step>.<target>`` when no leg could be created.

    ``rang_s``: until it was picked up or stopped. ``why``: text, why there was no talk on this phone; "" when there
    was.
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
class UtteranceRecord:
    """What the caller said at a speech menu, where the project keeps it (`routing.model.utterance`). ``path``: of the
    file in the clear; ``gone``: when it was deleted, and ``gone_why``; ``heard`` is empty then."""

    path: str
    heard_at: float
    until: float
    heard: str = ""
    confidence: float = 0.0
    option: str = ""
    recogniser: str = ""
    language: str = ""
    scheme: str = ""
    step: str = ""
    gone: float = 0.0
    gone_why: str = ""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A finished call. ``direction``: in, out (a phone to outside), internal, callback.

    ``caller``: who dialled (E.164, ``anonymous``, or a phone's account); ``client``: the outside party's E.164 or "";
    ``number``: the company's number; ``dialled``: what was dialled; ``person``: who talked (in) or who called (out);
    ``target``: the phone of the talk; ``wait_s``: until the talk, else to the end; ``notify``: the addressees of the
    notice of a voicemail or missed call: e-mail addresses, and names without one in the release; ``entities`` and
    ``source``: the facts of the site's visitor, by name (`routing.model.entities`); ``tags``: the labels of `tag`
    steps; ``client_name``: what a webhook or CRM called the client, as phones showed it; ``node``: FreeSWITCH's
    ``switchname`` (`routing node init --node`), "" when unknown. Recordings and voicemails are files of that node.
    ``announced``: when the announcement of the recording had been heard; ``masked``: when the recording holds silence,
    in seconds from its beginning (`routing.journal.masked`); ``recording_gone``, ``voicemail_gone``: when that sound
    was deleted while the call was kept, and ``gone_why``; ``rating``: 1 to 5, 0 for none; ``rating_requested``: when
    the caller was asked; ``rated_person``: the last who talked, whom the rating is about.
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
    client_name: str = ""
    node: str = ""
    announced: float = 0.0
    masked: str = ""
    recording_gone: float = 0.0
    voicemail_gone: float = 0.0
    gone_why: str = ""
    rating: int = 0
    rating_requested: float = 0.0
    rated_person: str = ""
    steps: tuple[StepRecord, ...] = field(default=())
    legs: tuple[LegRecord, ...] = field(default=())
    utterances: tuple[UtteranceRecord, ...] = field(default=())

    @property
    def scheme(self) -> str:
        """The scheme that the number leads to."""
        return self.schemes[0] if self.schemes else ""
