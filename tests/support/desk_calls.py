"""Calls in the desk's journal: those that FreeSWITCH wrote, and calls with chosen facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from routing.journal import store
from routing.journal.record import CallRecord, LegRecord, StepRecord
from support.desk_bed import NOW, DeskBed
from support.journal_bed import CDR, whole

PLAIN = CallRecord(
    id="call", project="shop", direction="in", number="+380441230001", dialled="+380441230001", caller="+380671234567",
    client="+380671234567", schemes=("kyiv",), release="r1", started=NOW - 60, answered=0.0, bridged=0.0,
    ended=NOW - 30,
    status="no answer", cause="NO_ANSWER", ended_by="caller", person="", target="", wait_s=30.0, talk_s=0.0,
    recording="", voicemail="", box="", decision="", verdict="", asked_ms=-1.0, source={}, entities={}, node="n1",
)  # fmt: skip


def call(id_: str, **facts: Any) -> CallRecord:
    """A missed call with other facts. ``rang``: people whose desk phones rang."""
    rang = facts.pop("rang", ())
    found = replace(PLAIN, id=id_, **facts)
    legs = tuple(
        LegRecord(
            f"{id_}-{n}", "1", f"{name}.desk", name, found.started, 20.0, False, 0.0, "NO_ANSWER", "did not answer"
        )
        for n, name in enumerate(rang)
    )
    step = StepRecord(1, "kyiv", "1", "ring", found.started, 30.0, "", "nobody talked", result="no_talk")
    return replace(found, legs=found.legs or legs, steps=found.steps or (step,))


def talk(id_: str, person: str, **facts: Any) -> CallRecord:
    """An answered call."""
    began = facts.get("started", PLAIN.started)
    leg = LegRecord(f"{id_}-0", "1", f"{person}.desk", person, began, 5.0, True, 60.0, "NORMAL_CLEARING", "")
    own = {"status": "answered", "person": person, "target": f"{person}.desk", "bridged": began + 5, "talk_s": 60.0}
    return call(id_, **(own | {"legs": (leg,), "wait_s": 5.0, "ended": began + 65} | facts))


def record(bed: DeskBed, *calls: CallRecord) -> None:
    """Write calls into the journal."""
    store.record(bed.database, calls)


def real_calls() -> list[CallRecord]:
    """Calls that a FreeSWITCH carried, as calls of the bed's project."""
    return [replace(whole(case.name), project="shop") for case in sorted(CDR.iterdir())]
