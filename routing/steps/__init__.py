"""The registry of step kinds. A new kind is one module, one line here and one test file."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, create_model, model_validator

from routing.model.fields import refuse, shown
from routing.model.problem import did_you_mean
from routing.steps.ask import AskStep
from routing.steps.ask_number import AskNumberStep
from routing.steps.base import Step, StepItem
from routing.steps.callback import CallbackStep
from routing.steps.camp_on import CampOnCode
from routing.steps.conference import ConferenceStep
from routing.steps.crm import CrmStep
from routing.steps.dnd import DndCode
from routing.steps.duty import DutyCode
from routing.steps.dynamic import DynamicStep
from routing.steps.hangup import HangupStep
from routing.steps.hours import HoursStep
from routing.steps.known import KnownLookup
from routing.steps.language import LanguageStep
from routing.steps.listen import ListenStep
from routing.steps.listen_fields import ListenOption
from routing.steps.lookup import LookupStep
from routing.steps.match import MatchCase, MatchStep
from routing.steps.menu import MenuStep
from routing.steps.messages import MessagesCode
from routing.steps.open_branch import OpenBranchStep
from routing.steps.play import PlayStep
from routing.steps.queue import QueueStep
from routing.steps.rate import RateStep
from routing.steps.ring import RingStep
from routing.steps.say import SayStep
from routing.steps.scheme import SchemeStep
from routing.steps.speaking import SpeakRequest
from routing.steps.sticky import StickyStep
from routing.steps.tag import TagStep
from routing.steps.visitor import VisitorStep
from routing.steps.voicemail import VoicemailStep
from routing.steps.webhook import WebhookStep

KINDS: dict[str, type[Step]] = {
    "ring": RingStep,
    "queue": QueueStep,
    "play": PlayStep,
    "say": SayStep,
    "menu": MenuStep,
    "listen": ListenStep,
    "ask": AskStep,
    "ask_number": AskNumberStep,
    "hours": HoursStep,
    "match": MatchStep,
    "open_branch": OpenBranchStep,
    "visitor": VisitorStep,
    "sticky": StickyStep,
    "crm": CrmStep,
    "webhook": WebhookStep,
    "lookup": LookupStep,
    "callback": CallbackStep,
    "conference": ConferenceStep,
    "voicemail": VoicemailStep,
    "language": LanguageStep,
    "rate": RateStep,
    "tag": TagStep,
    "scheme": SchemeStep,
    "hangup": HangupStep,
}
#: What the engine decides, by kind: dynamic steps, and lookups that other steps make.
DECIDED: dict[str, type[DynamicStep]] = {
    **{kind: step for kind, step in KINDS.items() if issubclass(step, DynamicStep)},
    **{
        question.kind: question for question in (KnownLookup, SpeakRequest, DndCode, DutyCode, CampOnCode, MessagesCode)
    },
}
#: What asks the engine, by kind: what it decides, and queues, whose calls wait for it.
ASKING: dict[str, type[Step]] = {**DECIDED, "queue": QueueStep}


_TALK_KEYS = "a person does it by keys during a talk: `project: {talk_keys: true}`, `routing reference project`"
#: Words of other systems that are no steps here: what does it instead.
_ELSEWHERE = {
    "hold": _TALK_KEYS,
    "transfer": f"`scheme` and `ring` lead the call elsewhere; {_TALK_KEYS}",
    "park": "a person parks a client by keys during a talk: `project: {talk_keys: true, parking: {}}`",
    "record": "`record: both` is a setting of the scheme, above its `steps`",
    "answer": "steps answer by themselves when they have something to say: leave it out",
    "goto": "`scheme: NAME` goes to another scheme",
    "dial": "`ring` does it",
    "ivr": "`menu` does it",
}


class _OneKind(StepItem):
    """Turns an item of a list of steps into ``{kind: settings}``."""

    model_config = ConfigDict(
        json_schema_extra={"minProperties": 1, "maxProperties": 1, "description": "One step: `kind: settings`."}
    )

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = {value: {}}
        if not isinstance(value, dict) or len(value) != 1:
            raise refuse("a step is one word or one `kind: settings`", "start each step with its own `-`")
        ((kind, settings),) = value.items()
        if kind not in KINDS:
            hint = _ELSEWHERE.get(str(kind).lower()) or did_you_mean(kind, KINDS) or f"steps: {', '.join(KINDS)}"
            raise refuse(f"there is no step {shown(kind)}", hint)
        return {kind: {} if settings is None else settings}


_STEPS = {kind: (step | None, Field(None, description=step.__doc__)) for kind, step in KINDS.items()}
AnyStep = create_model("AnyStep", __base__=_OneKind, **_STEPS)  # type: ignore[call-overload]

_NESTING = (CallbackStep, ConferenceStep, MatchCase, HoursStep, ListenOption, ListenStep, LookupStep, MatchStep,
            MenuStep, QueueStep, AnyStep)  # fmt: skip
for _model in _NESTING:
    _model.model_rebuild(force=True, _types_namespace={"AnyStep": AnyStep})
