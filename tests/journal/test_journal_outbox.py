"""The memory of talks gets every talk, counts each once, and delays nothing when it is away."""

import contextlib
from zoneinfo import ZoneInfo

import pytest

from routing.journal.outbox import Outbox, days_in
from routing.model.memory import Forgotten, Talk
from support.journal_bed import CDR, Fuse, Killed


class Remembering:
    """Behaves as the Redis memory: a call counts once; ``away`` is how many operations fail before it is back."""

    def __init__(self, away=0):
        self.away, self.loads, self.counted, self.talks = away, {}, set(), {}
        self.left = set()

    def remember(self, project, caller, talk: Talk):
        self._ask()
        self.talks.setdefault((project, caller), set()).add(talk)

    def count(self, project, person, call_id, day, talk_s, end, oldest):
        self._ask()
        if call_id in self.counted:
            return False
        self.counted.add(call_id)
        calls, seconds = self.loads.get((person, day), (0, 0.0))
        self.loads[person, day] = calls + 1, seconds + talk_s
        return True

    def leave(self, project, person, name, at_s):
        self._ask()
        self.left.add((project, person, name))

    def _ask(self):
        self.away -= 1
        if self.away >= 0:
            raise Forgotten("no answer from Redis")


ZONE = ZoneInfo("Europe/Kyiv")


def outbox(memory):
    return Outbox(memory, days_in(ZONE), "project")


def put_all(bed):
    cases = [path.name for path in CDR.iterdir()]
    bed.put(*cases)
    return cases


def test_talks_and_loads(bed):
    memory = Remembering()
    cases = put_all(bed)
    worker = bed.worker(outbox=outbox(memory))
    worker.work()
    assert worker.counts.remembered == len(cases)
    (talk,) = (talk for talks in memory.talks.values() for talk in talks if talk.direction == "out")
    assert (talk.person, talk.number) == ("ivan", "+380800330000") and 2 < talk.talk_s < 4
    assert ("bed", "+380501110003") in memory.talks
    assert sum(calls for calls, _ in memory.loads.values()) == len(memory.counted) > 10
    assert not any(caller == "" for _, caller in memory.talks)


def test_whoever_talked_last_is_remembered_for_the_client(bed):
    memory = Remembering()
    for file in (CDR.parent / "transferred" / "by_the_caller").iterdir():
        (bed.spool / file.name).write_bytes(file.read_bytes())
    bed.worker(outbox=outbox(memory)).work()
    ((client, talks),) = memory.talks.items()
    assert client[1] == "+380501120002" and [talk.person for talk in talks] == ["store"]


def test_the_memory_being_away_delays_nothing_and_catches_up(bed):
    memory = Remembering(away=3)
    cases = put_all(bed)
    worker = bed.worker(outbox=outbox(memory))
    worker.work()
    assert worker.counts.recorded == len(cases) and worker.counts.remembered < len(cases)
    assert [line[1] for line in bed.log] == ["memory does not answer"]
    for _ in range(5):
        bed.clock_s += 60
        worker.work()
    assert worker.counts.remembered == len(cases) and len(memory.counted) > 10


@pytest.mark.thorough
def test_killed_anywhere_counts_every_call_once(make_bed):
    expected = Remembering()
    first = make_bed()
    put_all(first)
    first.worker(outbox=outbox(expected)).work()
    for killed_at in range(60, 130, 9):
        bed, memory = make_bed(), Remembering()
        put_all(bed)
        with contextlib.suppress(Killed):
            bed.worker(Fuse(killed_at), outbox=outbox(memory)).work()
        bed.close()
        bed.clock_s = 200
        bed.worker(outbox=outbox(memory)).work()
        assert (memory.loads, memory.talks) == (expected.loads, expected.talks), killed_at


def test_a_persons_day_is_the_projects():
    assert days_in(ZONE)(1795298400) == "20261122"  # 22:00 UTC on the 21st


def test_a_voicemail_waits_for_whose_box_it_is(bed):
    memory = Remembering()
    put_all(bed)
    asked = []

    def people_of(schemes, box):
        asked.append((tuple(schemes), box))
        return ("ivan", "olena")

    bed.worker(outbox=Outbox(memory, days_in(ZONE), "project", people_of)).work()
    assert asked and all(box and schemes for schemes, box in asked)
    assert len(memory.left) == 2 * len(asked)
    assert {person for _, person, _ in memory.left} == {"ivan", "olena"}
    assert {name.partition("/")[0] for *_, name in memory.left} == {box for _, box in asked}
