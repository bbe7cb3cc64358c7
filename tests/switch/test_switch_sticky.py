"""Regular customers on the real switch: a remembered talk spares the greeting and chooses the branch."""

import time

import pytest

from routing.model.memory import Talk
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.embedded import url
from routing.store.memory import RedisMemory
from support.redis_needed import needs_redis
from support.switchbed.bed import until
from support.switchbed.cases import Case, parse_phone

pytestmark = needs_redis

NUMBER = "+380800330114"
#: When danylo has talked with the caller (days ago), whether the greeting is heard, who takes the call.
CALLERS = {
    "+380671580001": (None, True, None),
    "+380671580002": (2, False, None),
    "+380671580003": (0.5, False, "danylo.desk"),
}


@pytest.fixture
def memory(bed):
    """What the engine remembers."""
    store = RedisStore(parse(url(bed.company.root)), budget_s=2.0)
    yield RedisMemory(store)
    store.close()


@pytest.mark.parametrize("caller", CALLERS)
def test_who_has_talked_before_hears_no_greeting(caller, bed, memory, switch):
    days, greeted, talked = CALLERS[caller]
    if days is not None:
        memory.remember("bed", caller, Talk("danylo", time.time() - days * 86_400, 60, "out"))
    with bed.ringing("danylo.desk", parse_phone("answers after 100ms, talks 300ms")):
        outcome = bed.run(Case(f"regular {caller}", NUMBER, caller))
    assert ("playback_ms" in outcome.call) == greeted
    assert outcome.talked == talked
    assert until(lambda: switch.channels() == 0)
