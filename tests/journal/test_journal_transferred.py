"""A call that a phone sends on is one call, with every talk: by whoever sends it, alone or after having asked."""

import pytest

from routing.journal import query
from routing.journal.explain import explain
from support.journal_bed import CDR, LATER_S, Bed

TRANSFERRED = CDR.parent / "transferred"


def put(bed: Bed, case: str, *names: str) -> None:
    for file in sorted((TRANSFERRED / case).iterdir()):
        if not names or file.name.startswith(names):
            (bed.spool / file.name).write_bytes(file.read_bytes())


def talked(bed: Bed) -> list[tuple[str, str]]:
    """(beginning of a call's id, target) of every leg that talked."""
    columns = [(row[0][:8], row[4], row[9]) for row in bed.rows("legs")]
    return sorted((call, target) for call, target, talk_s in columns if talk_s)


ONE_CALL = [("d1ca9101", "+380501120002"), ("d1ca9101", "store.desk")]


def test_an_outside_party_that_the_caller_sent_on(bed):
    put(bed, "by_the_caller")
    worker = bed.worker()
    assert worker.work() == 1 and bed.left() == [] and bed.log == []
    assert talked(bed) == ONE_CALL
    (call,) = bed.rows("calls")
    assert "out" in call and "answered" in call and "+380501120002" in call


@pytest.mark.parametrize("first", ["a_d1ca9101", "a_b87bcb36"])
def test_whichever_file_is_there_first(bed, first):
    put(bed, "by_the_caller", first)
    worker = bed.worker()
    worker.work()
    put(bed, "by_the_caller")
    worker.work()
    bed.clock_s = 20
    worker.work()
    assert len(bed.rows("calls")) == 1 and talked(bed) == ONE_CALL and bed.left() == []
    before = bed.journal()
    put(bed, "by_the_caller")  # killed before the files were removed
    bed.clock_s = LATER_S
    worker.work()
    assert bed.journal() == before and bed.left() == []


def test_a_leg_whose_call_is_lost_is_a_call_of_its_own(bed):
    put(bed, "by_the_caller", "a_b87bcb36", "8937ea4f")
    worker = bed.worker()
    assert worker.work() == 0 and worker.counts.waiting == 1
    bed.clock_s = LATER_S
    assert worker.work() == 1 and bed.left() == []


def test_a_caller_handed_over_after_the_colleague_was_asked(bed):
    put(bed, "attended")
    assert bed.worker().work() == 2 and bed.left() == []
    assert talked(bed) == [("3602d119", "store.desk"), ("a1c721d9", "store.desk"), ("a1c721d9", "support.desk")]


def test_who_sent_whom_where_is_told_of_a_colleague_too(bed):
    put(bed, "a_colleague")
    worker = bed.worker()
    assert worker.work() == 1 and bed.left() == []
    (call,) = query.call(bed.engines[0], "4003e94c")
    lines = [line.strip() for line in explain(call, lambda at: "then")]
    (line,) = [line for line in lines if "transferred" in line]
    assert line.endswith("by ivan.desk to 102: olena.desk busy, ivan.desk talked")
    assert call.direction == "internal" and call.status == "answered"
