"""A call as decisions see it: facts from strictly checked channel variables. Knows no sockets and no FreeSWITCH."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.model.typed_digits import TypedDigits


@dataclass(frozen=True)
class Call:
    """A call as the engine sees it: strictly checked channel variables, times in seconds since the epoch."""

    uuid: str
    release: str
    scheme: str
    step: str
    number: str
    caller: str
    caller_pays: bool = True
    #: E.164: the number that a hidden caller gives as theirs (`model.stated_number`). Never trusted; "" for none.
    stated_number: str = ""
    started: float = 0.0
    #: The person whose registered phone calls; empty for calls from outside.
    person: str = ""
    #: A `lookup` step has found whose secret digits the caller has typed (`model.proof`).
    proven: bool = False
    #: The colleague's extension that was dialled with a code.
    extension: str = ""
    #: When the call came to the last queue in which it waited, in seconds since the epoch; 0 for none.
    queued_s: float = 0.0
    #: Chosen by a `language` step, or "".
    language: str = ""
    #: Facts of the site's visitor (`model.entities`).
    entities: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    #: What the caller has typed at `ask` steps.
    typed: TypedDigits = field(default_factory=TypedDigits)
    #: The fields of `lookup` answers.
    found: Mapping[str, str] = field(default_factory=dict)
    #: The file with what the caller says at a `listen` step.
    audio: str = ""
    #: Labels of `tag` steps.
    tags: tuple[str, ...] = ()
    #: The count of decision requests, repeated in the answer; empty in releases without it.
    question: str = ""
    #: Since when FreeSWITCH waits for the answer, in monotonic seconds; None if it just started.
    waits_since: float | None = None

    @property
    def lookup_number(self) -> str:
        """The number by which to look the caller up: the one they dialled for themselves, otherwise the one shown."""
        return self.stated_number or self.caller
