"""Connects the ports of decisions: releases, HTTP handlers, CRMs, Redis, the states of people.

A missing service is a normal case: without Redis nothing is remembered, without FreeSWITCH's events everybody is free.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from routing.crm.systems import Systems
from routing.decide.crm_lookup import visitor_facts
from routing.decide.distribution import MissedOutCall
from routing.decide.ports import CallbackOrders, Ports, Step, Voice, step_seconds
from routing.decide.queue_turn import QueuePorts
from routing.decide.queueing import Queueing
from routing.decide.responsible import Responsible
from routing.engine.callbacks import StoredCallbacks
from routing.engine.handlers import Handlers
from routing.engine.recogniser import NodeRecognisers
from routing.engine.states import States
from routing.model.call import Call
from routing.model.lookup import KINDS, Failed, Outcome
from routing.model.memory import Forgotten, Memory, Presence, State
from routing.model.question import Guessing
from routing.model.queue import Duties, DutyRecord, QueueMember
from routing.model.rating import Ratings
from routing.model.recognition import Recognisers
from routing.model.spoken import Phrase, VoiceFault
from routing.model.visitors import Leases
from routing.process.guesses import guesses_in
from routing.process.memory import NoDuties, NoMemory, duties_in, memory_in
from routing.process.visitors import NoLeases, leases_in
from routing.release.tables import Releases
from routing.store.client import RedisStore
from routing.store.duties import RedisDuties
from routing.store.queues import RedisQueues
from routing.store.ratings import NoRatings, ratings_in


def ports_of(
    releases: Releases,
    handlers: Handlers,
    systems: Systems | None = None,
    memory: Memory | None = None,
    leases: Leases | None = None,
    presence: Callable[[str], Presence] | None = None,
    callbacks: CallbackOrders | None = None,
    duties: Duties | None = None,
    guesses: Guessing | None = None,
    ratings: Ratings | None = None,
    voice: Voice | None = None,
    recognisers: Recognisers | None = None,
    now: Callable[[], float] = time.time,
    chance: Callable[[], float] = random.random,
) -> Ports:
    """The ports of an engine. ``now``: seconds since the epoch; ``chance``: 0 <= x < 1."""
    return Ports(
        directory=releases.directory,
        responsible=releases.responsible,
        webhook=handlers,
        crm=look_up(systems) if systems else _no_crm,
        holder=(leases or NoLeases()).holder,
        memory=memory or NoMemory(),
        duties=duties or NoDuties(),
        presence=presence or States().presence_of,
        callbacks=callbacks or StoredCallbacks(releases, ""),
        guesses=guesses or guesses_in(None),
        ratings=ratings or NoRatings(),
        voice=voice or _no_voice,
        recognisers=recognisers or NodeRecognisers({}, lambda *_: None),
        now=now,
        chance=chance,
    )


class Stored(TypedDict):
    """The ports that one Redis serves."""

    memory: Memory
    leases: Leases
    duties: Duties
    guesses: Guessing
    ratings: Ratings


def stored_in(redis: RedisStore | None) -> Stored:
    """The ports of a Redis; without one each fails, or counts for this process alone."""
    return Stored(
        memory=memory_in(redis),
        leases=leases_in(redis),
        duties=duties_in(redis),
        guesses=guesses_in(redis),
        ratings=ratings_in(redis),
    )


def look_up(systems: Systems) -> Callable[[Step, Call, Responsible], Outcome]:
    """The port ``crm``: each CRM has its own cache, breaker and rate limit (routing.crm)."""

    def outcome(step: Step, call: Call, people: Responsible) -> Outcome:
        order = step.get("order") or KINDS
        visitor = visitor_facts(step, call)
        return systems.lookup(step["crm"], call.lookup_number, order, people.knows, step_seconds(step), visitor)

    return outcome


def _no_voice(phrase: Phrase, command: str, deadline_s: float) -> str:
    raise VoiceFault(phrase, "this engine has no voices")


def _no_crm(step: Step, call: Call, people: Responsible) -> Outcome:
    return Failed("this engine has no connection to CRMs")


def duty_records(redis: RedisStore | None) -> Callable[[str], Mapping[str, DutyRecord]]:
    """What the people of a project have set. Raises Forgotten."""

    def records(project: str) -> Mapping[str, DutyRecord]:
        if redis is None:
            raise Forgotten("there is no Redis")
        return RedisDuties(redis).records(project)

    return records


def queueing(states: States, redis: RedisStore | None, missed_out: MissedOutCall) -> Queueing:
    """The queues of a node, over the states of people and Redis. ``missed_out``: see Distribution."""

    def state(member: QueueMember) -> State:
        if not states.is_known:  # the caller has music: whoever talks is not rung to find out
            return "busy"
        return states.state(member.person, member.sip, member.outside)

    def day(zone: str) -> str:
        return datetime.now(ZoneInfo(zone)).strftime("%Y%m%d")

    facts = RedisQueues(redis) if redis else None
    ports = QueuePorts(state, memory_in(redis), duty_records(redis), random.random, day, facts)
    return Queueing(ports, missed_out)
