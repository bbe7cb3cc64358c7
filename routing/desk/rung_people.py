"""Whom calls rang: of a missed call, who did not answer it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Engine, select

from routing.journal.schema import legs


def rung_people(engine: Engine, calls: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Call -> the people whose phones it rang, each once, the first one first; by the key of the legs."""
    if not calls:
        return {}
    query = select(legs.c.call, legs.c.person).where(legs.c.call.in_(calls), legs.c.person != "").order_by(legs.c.n)
    found: dict[str, dict[str, None]] = {}
    with engine.connect().execution_options(reads=True) as connection:
        for call, person in connection.execute(query):
            found.setdefault(call, {})[person] = None
    return {call: tuple(people) for call, people in found.items()}
