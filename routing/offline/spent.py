"""The ports of one decision that take time, each over answers that a test gives; how long they took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from routing.decide.ports import Step, Voice
from routing.decide.responsible import Responsible
from routing.decide.verdict import HandlerFailure
from routing.decide.verdict import HandlerReply as Http
from routing.model.call import Call
from routing.model.lookup import Outcome
from routing.model.spoken import Phrase, VoiceFault
from routing.offline.crm_answers import Crm, sent_fields

#: A step's settings and the call's facts -> the handler's answer, and after how many milliseconds it comes.
Handler = Callable[[Mapping[str, Any], Call], tuple[Http | HandlerFailure, int]]

#: How long a decision takes that needs no request to another server.
LOCAL_MS = 1


@dataclass
class Spent:
    """The virtual time that one decision took, and notes that its reason does not hold."""

    ms: int = LOCAL_MS
    notes: list[str] = field(default_factory=list)
    #: What a voice has spoken, by the file's name.
    speech: dict[str, Phrase] = field(default_factory=dict)
    #: The call's channel variables.
    variables: Mapping[str, str] = field(default_factory=dict)

    def over(self, handler: Handler) -> Callable[[Step, Call], Http | HandlerFailure]:
        """The port ``webhook``."""

        def ask(step: Step, call: Call) -> Http | HandlerFailure:
            answer, self.ms = handler(step, call)
            return answer

        return ask

    def voice(self, is_down: bool) -> Voice:
        """The port ``voice``: one that speaks at once, or fails at once."""

        def speak(phrase: Phrase, command: str, deadline_s: float) -> str:
            if is_down or deadline_s <= 0:
                raise VoiceFault(phrase, "it is down" if is_down else "no time was left")
            name = sha256(repr(phrase).encode()).hexdigest()[:32]
            self.speech[name] = phrase
            return name

        return speak

    def crm(self, crm: Crm) -> Callable[[Step, Call, Responsible], Outcome]:
        """The port ``crm``."""

        def ask(step: Step, call: Call, people: Responsible) -> Outcome:
            outcome, self.ms = crm(step, call, people)
            self.notes += sent_fields(step, call)
            return outcome

        return ask
