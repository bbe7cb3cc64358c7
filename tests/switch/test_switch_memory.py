"""Redis stops, hangs, is killed, fails over while a hundred calls come in: none is lost, and memory works afterwards.

Every call asks three times: to whom its number is lent, whom the caller has talked with, who is idle the longest.
"""

import contextlib
import signal
import time
from collections import Counter

import pytest

from routing.model.entities import Visitor
from routing.model.memory import Talk
from routing.model.visitors import Lending
from routing.store.leases import RedisLeases
from routing.store.memory import RedisMemory
from support.switchbed import redises, sip
from support.switchbed.bed import until
from support.switchbed.cases import Case, parse_phone
from support.switchbed.engines import serving

LENT = "+380800330121"
CALLS, A_SECOND, AT_ONCE = 100, 14, 14
#: So many calls are decided before the fault and after Redis is back.
BEFORE, AFTER = 20, 20
STEPS = {"visitor", "sticky", "ring"}
#: The budget of each of these steps. A machine that stands still is no fault: one decision in twenty may be late.
STEP_MS, IN_TIME = 500, 0.95
PEOPLE = ("nina", "lev", "zoya", "danylo")


@pytest.fixture(scope="module")
def phones(bed):
    """Everybody is there and takes any number of calls."""
    with contextlib.ExitStack() as stack:
        takes = parse_phone("answers after 50ms, talks 200ms")
        yield {who: stack.enter_context(bed.ringing(f"{who}.desk", takes)) for who in PEOPLE}


@pytest.fixture
def decided(bed, engine):
    """Begin to have calls decided by another engine; the bed's own is back afterwards."""

    @contextlib.contextmanager
    def by(redis):
        with serving(bed.company, "--redis", redis) as asking:
            bed.company.publish(asking.address)
            try:
                yield asking
            finally:
                bed.company.publish(engine)

    return by


class Load:
    """A hundred calls under way from as many callers, and what the engine has decided for them."""

    def __init__(self, bed, engine, name):
        self.bed, self.engine = bed, engine
        self.before = len(list(engine.lines("decision")))
        scenario = sip.caller(to=LENT, sender="+48601[call_number]00")
        options = ("-r", str(A_SECOND), "-l", str(AT_ONCE), "-m", str(CALLS))
        remote = f"127.0.0.1:{bed.switch.settings.external_port}"
        self.sipp = sip.Sipp(scenario, bed.folder / name, remote, options)

    def decisions(self):
        return list(self.engine.lines("decision"))[self.before :]

    def reach(self, calls):
        """Wait until so many calls have begun to be decided."""
        assert until(lambda: sum(line["kind"] == "visitor" for line in self.decisions()) >= calls, 60)

    def end(self):
        """All calls are over: each had its talk."""
        assert self.sipp.wait(90) == 0
        finals = Counter(each.start for each in self.sipp.messages() if each.received and each.is_final_of("INVITE"))
        assert finals == {"200": CALLS}
        decisions = self.decisions()
        assert Counter(line["kind"] for line in decisions) == dict.fromkeys(STEPS, CALLS)
        assert list(self.engine.lines("undecided")) == []
        assert sorted(line["ms"] for line in decisions)[int(IN_TIME * len(decisions))] < STEP_MS
        return decisions


@pytest.fixture
def load(bed, switch, phones):
    """Begin the calls."""
    running = []

    def begin(engine, name):
        running.append(Load(bed, engine, name))
        return running[-1]

    yield begin
    for each in running:
        each.sipp.stop()
    assert until(lambda: switch.channels() == 0)


def remember(url, caller):
    """What the engine finds in its memory: the number is lent, and the caller has talked with zoya."""
    store = redises.store_at(url)
    try:
        lending = Lending("bed", "memory", [LENT], 600, 600)
        assert RedisLeases(store).lend(lending, "visitor-1", Visitor({"region": "521"}), {}, time.time()) == LENT
        RedisMemory(store).remember("bed", caller, Talk("zoya", time.time(), 60, "in"))
    finally:
        store.close()


def works(bed, engine, url, caller):
    """Memory decides again: the visitor is known and the caller's person rings."""
    remember(url, caller)
    before = len(list(engine.lines("decision")))
    outcome = bed.run(Case(f"memory {caller}", LENT, caller))
    verdicts = {line["kind"]: line["verdict"] for line in list(engine.lines("decision"))[before:]}
    assert outcome.talked == "zoya.desk"
    assert outcome.call["routing_entity_region"] == "521"
    assert verdicts == {"visitor": "decided", "sticky": "decided"}


def terminate(server):
    server.process.terminate()
    server.process.wait(10)


FAULTS = {
    "stopped": (terminate, lambda server: server.start()),
    "paused": (lambda server: server.pause(), lambda server: server.go_on()),
    "killed": (lambda server: server.stop(), lambda server: server.start()),
}


def is_back(engine):
    """Whether the engine has found Redis again as often as it has lost it."""
    words = [line["words"].partition(":")[0] for line in engine.lines("redis")]
    return words.count("breaker open") == words.count("answers again") > 0


@pytest.mark.parametrize("fault", FAULTS)
def test_redis_fails_under_load(fault, bed, decided, load, tmp_path):
    fail, mend = FAULTS[fault]
    with redises.alone(tmp_path) as redis, decided(redis.url) as engine:
        remember(redis.url, "+380670000001")
        calls = load(engine, f"redis {fault}")
        calls.reach(BEFORE)
        fail(redis)
        calls.reach(CALLS - AFTER - AT_ONCE)
        mend(redis)
        verdicts = Counter(line["verdict"] for line in calls.end())
        assert verdicts["failed"] > CALLS
        assert verdicts["decided"] >= BEFORE
        assert until(lambda: is_back(engine), 20)
        works(bed, engine, redis.url, "+380670000002")


def test_a_replica_takes_over_under_load(bed, decided, load, tmp_path):
    with redises.replicated(tmp_path) as (master, url), decided(url) as engine:
        remember(url, "+380670000003")
        calls = load(engine, "redis failover")
        calls.reach(BEFORE)
        master.process.send_signal(signal.SIGSTOP)
        verdicts = Counter(line["verdict"] for line in calls.end())
        assert verdicts["failed"] > 0
        assert until(lambda: is_back(engine), 20)
        works(bed, engine, url, "+380670000004")
