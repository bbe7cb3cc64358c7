"""Connects the ports of decisions: releases, HTTP handlers, CRMs, Redis, the states of people.

A missing service is a normal case: without Redis nothing is remembered, without FreeSWITCH's events everybody is free.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from routing.crm.systems import Systems
from routing.decide.crm_lookup import visitor_facts
from routing.decide.ports import CallbackOrders, Ports, Step, step_seconds
from routing.decide.responsible import Responsible
from routing.engine.callbacks import StoredCallbacks
from routing.engine.handlers import Handlers
from routing.engine.states import States
from routing.model.decision import Call
from routing.model.lookup import KINDS, Failed, Outcome
from routing.model.memory import Memory, Presence
from routing.model.visitors import Leases
from routing.process.memory import NoMemory
from routing.process.visitors import NoLeases
from routing.release.tables import Releases


def ports_of(
    releases: Releases,
    handlers: Handlers,
    systems: Systems | None = None,
    memory: Memory | None = None,
    leases: Leases | None = None,
    presence: Callable[[str], Presence] | None = None,
    callbacks: CallbackOrders | None = None,
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
        presence=presence or States().presence_of,
        callbacks=callbacks or StoredCallbacks(releases, ""),
        now=now,
        chance=chance,
    )


def look_up(systems: Systems) -> Callable[[Step, Call, Responsible], Outcome]:
    """The port ``crm``: each CRM has its own cache, breaker and rate limit (routing.crm)."""

    def outcome(step: Step, call: Call, people: Responsible) -> Outcome:
        order = step.get("order") or KINDS
        visitor = visitor_facts(step, call)
        return systems.lookup(step["crm"], call.lookup_number, order, people.knows, step_seconds(step), visitor)

    return outcome


def _no_crm(step: Step, call: Call, people: Responsible) -> Outcome:
    return Failed("this engine has no connection to CRMs")
