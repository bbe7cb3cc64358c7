"""What a case wants remembered, and whose phones are there, for the engine's decisions on the offline switch."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from routing.decide.directory import Directory
from routing.model.memory import Load, Talk
from routing.offline.phones import ScriptedPhone
from routing.offline.published import PublishedRelease
from routing.offline.remembered import PersonState, Remembered
from routing.offline.world import World
from routing.offline.world_memory import WorldMemory

from .cases import Case
from .company import Company
from .memory import AGO_S, TALK_S

_OFF = ScriptedPhone("unreachable")


def office(case: Case, company: Company, world: World, noon: datetime) -> WorldMemory:
    """The memory of a case's calls; what they do to it themselves the journal would add later."""
    memory, now = case.memory, noon.timestamp()
    loads = {
        name: Load(int(load.get("calls", 1)), load.get("talk_s", 0), now - load.get("idle_s", AGO_S))
        for name, load in memory.get("loads", {}).items()
    }
    before = Remembered(
        states=_states(case, company),
        loads=loads,
        is_down=case.engine == "forgetful",
        rating_requested_s=memory.get("rating_requested_s"),
    )
    found = WorldMemory(world, before, ZoneInfo("Europe/Kyiv"))
    if person := memory.get("talk"):
        ended_s = now - memory.get("ago_s", AGO_S)
        found.remember(case.client, Talk(person, ended_s, TALK_S, memory.get("direction", "in")))
    return found


def _states(case: Case, company: Company) -> dict[str, PersonState]:
    """People who must not be disturbed, and those of whom no phone is there."""
    there = {
        account
        for target, account in company.accounts.items()
        if any(call.phones.get(target, _OFF).does != "unreachable" for call in case.calls())
    }
    directory = Directory.of(PublishedRelease(company.root).table, {})
    absent = {
        person: "absent"
        for person, accounts in directory.sip.items()
        if not directory.has_outside(person) and there.isdisjoint(accounts)
    }
    return {**absent, **dict.fromkeys(case.memory.get("away", ()), "dnd")}
