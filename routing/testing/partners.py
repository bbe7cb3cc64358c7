"""The engine of a test and its partners: handlers, CRMs, Redis, the visitor, with the answers that the test gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from routing.decide.responsible import Responsible
from routing.model import memory
from routing.model.call import Call
from routing.model.entities import Visitor, clean
from routing.model.lookup import Outcome
from routing.offline.answering import InProcess, by_url, canned
from routing.offline.crm_answers import Crm, answers
from routing.offline.decider import Decider, EngineSilent, Reply, refused
from routing.offline.files import Files
from routing.offline.past import Past
from routing.offline.queues import OfflineQueues
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall
from routing.testing.sample import Sample


def engine(
    sample: Sample, files: Files, call: OfflineCall, past: Past | None = None, queues: OfflineQueues | None = None
) -> Decider:
    """The decider of a test's call: the production decisions over canned answers, or none.

    ``past``, ``queues``: the memory and the queues that several calls share.
    """
    if sample.engine == "killed":
        return refused
    if sample.engine == "frozen":
        return _silent
    handler = sample.webhook or canned("refused")
    if sample.handler == "frozen":
        handler = canned("timeout")
    elif sample.webhooks:
        handler = by_url(sample.webhooks, handler)
    return InProcess(
        files, handler, visitor(sample), past or remembered(sample, call), _crm(sample), queues, sample.voice == "down"
    )


def _silent(address: str, variables: Mapping[str, str], timeout_ms: int) -> Reply:
    return EngineSilent()


def visitor(sample: Sample) -> Visitor | None:
    """The visitor of a test, if it has one."""
    if not (sample.entities or sample.source):
        return None
    return Visitor(_cleaned(sample.entities), _cleaned(sample.source))


def _cleaned(values: Mapping[str, str]) -> dict[str, str]:
    return {name: clean(value) for name, value in values.items()}


def _crm(sample: Sample) -> Crm:
    others, named = answers(sample.crm), {system: answers(text) for system, text in sample.crms.items()}

    def answer(step: Mapping[str, Any], call: Call, people: Responsible) -> tuple[Outcome, int]:
        return named.get(str(step["crm"]["system"]), others)(step, call, people)

    return answer


def remembered(sample: Sample, call: OfflineCall) -> Remembered:
    """The memory that a test gives for the time before its call."""
    started = call.at.timestamp()
    loads = {
        person: memory.Load(load.calls, float(load.talked or 0), started - load.ended if load.ended else 0.0)
        for person, load in sample.loads.items()
    }
    return Remembered(
        history=_history(sample, started),
        states=sample.states,
        loads=loads,
        turns={person: number for number, person in enumerate(sample.turns, 1)},
        is_down=sample.redis == "down",
        rating_requested_s=sample.surveyed,
    )


def _history(sample: Sample, started: float) -> Sequence[memory.Talk]:
    return [
        memory.Talk(person, started - talk.ago, float(talk.talked), direction, client=talk.with_ or "")
        for talk in sample.sticky
        for person, direction in _sides(talk.in_, talk.out)
    ]


def _sides(came: str | None, went: str | None) -> list[tuple[str, memory.Direction]]:
    sides: list[tuple[str, memory.Direction]] = []
    if came:
        sides.append((came, "in"))
    if went:
        sides.append((went, "out"))
    return sides
