"""What only shows when all schemes are together: names, numbers used twice, early answers, how long a call can last.

Works on the records of compiled schemes alone, so that one changed scheme does not need the others' text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routing.compile.scheme import Place, Record
from routing.model.problem import Problem, did_you_mean
from routing.steps.base import LONGEST_JUMPS


def link(records: Sequence[Record]) -> list[Problem]:
    """Every problem between schemes."""
    problems = list(_twice(records))
    schemes = {record.scheme: record for record in records}
    problems += _unknown(records, schemes)
    problems += _early_answers(records, schemes)
    return problems


def _problem(record: Record, place: Place, message: str, hint: str = "") -> Problem:
    return Problem(record.file, place.line, place.column, place.path, message, hint)


def _twice(records: Sequence[Record]) -> Iterator[Problem]:
    schemes: dict[str, Record] = {}
    numbers: dict[str, Record] = {}
    for record in records:
        first = schemes.setdefault(record.scheme, record)
        if first is not record:
            yield _problem(record, record.place, f"scheme `{record.scheme}` is defined twice; first in {first.file}")
        for number, _, place in record.numbers:
            holder = numbers.setdefault(number, record)
            if holder is not record or sum(other == number for other, _, _ in record.numbers) > 1:
                where = "twice here" if holder is record else f"by scheme `{holder.scheme}` in {holder.file}"
                yield _problem(record, place, f"number {number} is used {where}", "a number leads to one scheme")


def _unknown(records: Sequence[Record], schemes: Mapping[str, Record]) -> Iterator[Problem]:
    for record in records:
        for target, _, place in record.jumps:
            if target != "*" and target not in schemes:
                yield _problem(record, place, f"no scheme is called `{target}`", did_you_mean(target, schemes))


def _early_answers(records: Sequence[Record], schemes: Mapping[str, Record]) -> Iterator[Problem]:
    """Numbers whose owner pays, from which a step that answers can be reached before a person or voicemail.

    Webhooks can name any scheme: the engine refuses those that answer first, so they are no way here.
    """
    for record in records:
        paid = [(number, place) for number, caller_pays, place in record.numbers if not caller_pays]
        if not paid:
            continue
        for found in _reachable(record, schemes):
            for kind, place in found.answers:
                where = f"{found.file}:{place.line}" if found is not record else f"line {place.line}"
                message = f"`{kind}` ({where}) would answer before a person does, and the owner pays for {paid[0][0]}"
                yield _problem(record, paid[0][1], message, "ring or go to voicemail first, or set `caller_pays: true`")


def _reachable(record: Record, schemes: Mapping[str, Record]) -> list[Record]:
    found, queue = {record.scheme: record}, [record]
    while queue:
        for target, _, _ in queue.pop().jumps:
            if target in schemes and target not in found:
                found[target] = schemes[target]
                queue.append(schemes[target])
    return list(found.values())


def longest_times(records: Sequence[Record]) -> dict[str, float]:
    """Seconds from a scheme's start to the latest end of a call in it, at most ten jumps between schemes included.

    A webhook's ``*`` stands for whichever scheme takes longest.
    """
    times = {record.scheme: record.otherwise for record in records}
    for _ in range(LONGEST_JUMPS):
        anywhere = max(times.values(), default=0.0)
        times = {record.scheme: _longest(record, times, anywhere) for record in records}
    return times


def _longest(record: Record, times: Mapping[str, float], anywhere: float) -> float:
    after = (seconds + (anywhere if target == "*" else times.get(target, 0.0)) for target, seconds, _ in record.jumps)
    return max(record.longest, max(after, default=0.0))
