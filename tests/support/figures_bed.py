"""Calls for reports: made in a line each, and counted again from the raw rows by another way than the product's."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from routing.journal import store
from routing.journal.figures import FigureView
from routing.journal.figures_schema import hours
from routing.journal.figures_store import FigureBook
from routing.journal.query import computed_status
from routing.journal.record import CallRecord, LegRecord, StepRecord
from routing.journal.schema import calls, legs
from routing.journal.status import MISSED
from support.desk_bed import DeskBed

_NUMBERS = itertools.count()
EMPTY: dict[str, Any] = {
    "dialled": "", "caller": "", "release": "", "answered": 0.0, "cause": "", "ended_by": "", "target": "",
    "recording": "", "voicemail": "", "box": "", "decision": "", "verdict": "", "asked_ms": -1.0, "entities": {},
}  # fmt: skip


def made_call(
    at_s: float,
    status: str = "answered",
    *,
    client: str = "+380671110000",
    person: str = "",
    rang: Sequence[str] = (),
    wait_s: float = 10.0,
    talk_s: float = 60.0,
    direction: str = "in",
    schemes: Sequence[str] = ("shop",),
    number: str = "+380441230002",
    source: dict[str, str] | None = None,
    queue: tuple[str, str] | None = None,
    id_: str = "",
    project: str = "shop",
) -> CallRecord:
    """A call; ``person`` talked, the phones of ``rang`` rang; ``queue``: its name and how the wait ended."""
    talked = status == "answered" or (status == "unfinished" and talk_s > 0 and bool(person))
    steps = [StepRecord(0, schemes[0], "1", "queue", at_s, wait_s, f"{queue[0]} / 1", result=queue[1])] if queue else []
    id_ = id_ or f"call-{next(_NUMBERS)}"
    return CallRecord(
        id=id_, project=project, direction=direction, number=number, client=client, schemes=tuple(schemes),
        started=at_s, bridged=at_s + wait_s if talked else 0.0, ended=at_s + wait_s + (talk_s if talked else 0.0),
        status=status, person=person, wait_s=wait_s, talk_s=talk_s if talked else 0.0, source=source or {},
        steps=tuple(steps),
        legs=tuple(
            LegRecord(f"{id_}-{name}", "1", f"{name}.desk", name, at_s, wait_s, name == person, 0.0, "", "")
            for name in dict.fromkeys((*rang, *filter(None, [person])))
        ),
        **EMPTY,
    )  # fmt: skip


def kept(engine: Engine, table: Any = hours, view: str = "") -> dict[tuple[str, int, str], dict[str, float]]:
    """The prepared sums: (kind, begin, name) -> sums that are not 0."""
    with engine.connect() as connection:
        rows = connection.execute(select(table).where(table.c.view == view)).mappings().all()
    keys = ("project", "view", "kind", "at", "name")
    return {
        (row["kind"], row["at"], row["name"]): {
            name: round(value, 3) for name, value in row.items() if name not in keys and value
        }
        for row in rows
    }


def recount(engine: Engine, zone: ZoneInfo, view: FigureView) -> dict[tuple[str, int, str], dict[str, float]]:
    """The same by day from the raw rows, straight from what each figure means."""
    with engine.connect() as connection:
        found = connection.execute(select(calls, computed_status().label("shown"))).mappings().all()
        ringing = connection.execute(select(legs.c.call, legs.c.person)).all()
    sums: dict[tuple[str, int, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for call in found:
        rang = {person for id_, person in ringing if id_ == call["id"]}
        people = {*rang, call["person"]} - {""}
        schemes = call["schemes"].split()
        if (view.people and not view.people & people) or (view.schemes and not view.schemes & set(schemes)):
            continue
        moment = datetime.fromtimestamp(call["started"], zone)
        day = int(moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp())
        is_in, missed = call["direction"] == "in", call["direction"] == "in" and call["status"] in MISSED
        reached = _reached(call, found) if missed else None
        mine = {"incoming": is_in, "missed": missed}
        if is_in and call["status"] == "answered":
            mine |= {"answered": 1, "in_time": call["wait_s"] <= 20, "wait_s": call["wait_s"],
                     "talk_s": call["talk_s"], "repeats": call["shown"] == "repeat call",
                     "proper": call["shown"] == "proper"}  # fmt: skip
        elif call["direction"] in ("out", "callback"):
            talked = call["bridged"] > 0
            mine |= {"outgoing": 1, "connected": talked, "out_talk_s": call["talk_s"] * talked}
        if reached:
            mine |= {"reached": 1, "reached_s": reached[1]}
        keys = [("all", ""), ("number", call["number"]), *(("scheme", scheme) for scheme in set(schemes))]
        keys += [("status", call["status"])] if is_in else []
        for kind, name in keys:
            _add(sums[kind, day, name], mine)
        if reached and reached[0] and (not view.people or reached[0] in view.people):
            _add(sums["person", day, reached[0]], {"reached": 1, "reached_s": reached[1]})
        for person in people & view.people if view.people else people:
            talks = {**mine} if person == call["person"] and not missed else {"incoming": is_in and person in rang}
            _add(sums["person", day, person], talks | {"missed": missed and person in rang})
    plain = {key: {name: round(value, 3) for name, value in each.items() if value} for key, each in sums.items()}
    return {key: each for key, each in plain.items() if each}


def _reached(call: Any, found: Sequence[Any]) -> tuple[str, float] | None:
    later = [
        other
        for other in found
        if call["client"] and other["client"] == call["client"]
        and call["started"] < other["bridged"] <= call["ended"] + 86400
    ]  # fmt: skip
    talk = min(later, key=lambda other: (other["bridged"], other["id"]), default=None)
    return (talk["person"], max(talk["bridged"] - call["ended"], 0.0)) if talk else None


def _add(sums: dict[str, float], more: dict[str, Any]) -> None:
    for name, value in more.items():
        sums[name] += value


def record_two_weeks(bed: DeskBed, now: float) -> None:
    """Twenty calls of this week and ten of the week before: 10 % and 40 % missed. Maria is no salesperson."""
    search = {"utm_source": "google", "utm_medium": "cpc"}
    calls = [
        made_call(now - 3600 - number * 300, person=["ivan", "petro", "maria"][number % 3],
                  client=f"+38067000{number:04}", schemes=("kyiv",) if number % 2 else ("shop",), source=search)
        for number in range(18)
    ]  # fmt: skip
    calls += [
        made_call(now - 3600, "no answer", client="+380670000001", rang=["ivan", "petro"], queue=("orders", "left"),
                  wait_s=40.0),
        made_call(now - 2 * 3600, "busy", client="+380679999999", rang=["maria"]),
    ]  # fmt: skip
    before = now - 7 * 86400
    calls += [made_call(before - number * 60, person="ivan", client=f"+38068000{number:04}") for number in range(6)]
    calls += [made_call(before - number * 60, "no answer", client=f"+38069000{number:04}") for number in range(4)]
    store.record(bed.database, calls)
    prepare(bed)


def prepare(bed: DeskBed) -> None:
    """Prepare the figures of all calls."""
    zone, sales = bed.services.plan.zone, FigureView(people=frozenset({"olena", "ivan", "petro"}))
    book = FigureBook(bed.database, lambda: "shop", lambda: 0.0, lambda: zone, lambda: [sales])
    while not book.is_current:
        book.work()
