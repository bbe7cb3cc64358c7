"""Who works in queues, in a real Redis."""

from __future__ import annotations

from routing.model.queue import DutyRecord
from routing.store.duties import RedisDuties
from routing.store.memory import RedisMemory


def test_what_people_set_is_read_together(store):
    duties = RedisDuties(store)
    duties.sign("company", "ivan", is_in=True, queue="sales")
    duties.sign("company", "ivan", is_in=False)
    duties.sign("company", "olena", is_in=False, queue="sales")
    duties.pause("company", "olena", 1000.0)
    RedisMemory(store).disturb("company", "petro", may_disturb=False)
    assert duties.records("company") == {
        "ivan": DutyRecord({"*": False}),
        "olena": DutyRecord({"sales": False}, is_on_break=True),
        "petro": DutyRecord(is_away=True),
    }
    assert duties.paused("company") == {"olena": 1000.0}
    duties.ready("company", "olena", 1001.5)
    assert duties.records("company")["olena"] == DutyRecord({"sales": False}, ready_ms=1_001_500)
    assert duties.paused("company") == {}
