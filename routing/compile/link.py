"""What only shows when all schemes are together: names, numbers used twice, early answers, how long a call can last.

Works on the records of compiled schemes alone, so that one changed scheme does not need the others' text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from routing.compile.scheme import Place, Record
from routing.model.problem import Problem, did_you_mean
from routing.steps.base import LONGEST_JUMPS

LONGEST_CIRCLE = 50


def link(records: Sequence[Record], broken: Collection[str] = ()) -> list[Problem]:
    """Every problem between schemes; ``broken`` has the ids of schemes that are there but did not compile."""
    problems = list(_twice(records))
    schemes = {record.scheme: record for record in records}
    problems += (problem for problem in _unknown(records, schemes, broken))
    problems += _circles(schemes)
    problems += _early_answers(records, schemes)
    return problems


def _problem(record: Record, place: Place, message: str, hint: str = "") -> Problem:
    return Problem(record.file, *place, message, hint)


def _twice(records: Sequence[Record]) -> Iterator[Problem]:
    schemes: dict[str, Record] = {}
    numbers: dict[str, Record] = {}
    for record in records:
        first = schemes.setdefault(record.scheme, record)
        if first is not record:
            yield _problem(record, record.place, f"scheme `{record.scheme}` is defined twice; first in {first.file}")
        for number, _, place in record.numbers:
            if number in numbers:
                holder = numbers[number]
                where = "twice here" if holder is record else f"by scheme `{holder.scheme}` in {holder.file}"
                yield _problem(record, place, f"number {number} is used {where}", "a number leads to one scheme")
            numbers.setdefault(number, record)


def _unknown(records: Sequence[Record], schemes: Mapping[str, Record], broken: Collection[str]) -> Iterator[Problem]:
    for record in records:
        for target, _, place in record.jumps:
            if target != "*" and target not in schemes and target not in broken:
                yield _problem(record, place, f"no scheme is called `{target}`", did_you_mean(target, schemes))


def _circles(schemes: Mapping[str, Record]) -> Iterator[Problem]:
    """Schemes that do nothing but go to each other: no call in them ever reaches anybody."""
    onward = {name: record.jumps[0] for name, record in schemes.items() if _only_jumps(record)}
    for name, (_, _, place) in onward.items():
        way = [name]
        while way[-1] in onward and len(way) <= LONGEST_CIRCLE:
            way.append(onward[way[-1]][0])
            if way[-1] == name:
                message = f"goes round for ever: {' -> '.join(way)}"
                yield _problem(schemes[name], place, message, "one of these schemes must ring or answer first")
                break


def _only_jumps(record: Record) -> bool:
    return len(record.jumps) == 1 and record.jumps[0][2][2] == "steps[0].scheme"


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
                where = f"{found.file}:{place[0]}" if found is not record else f"line {place[0]}"
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


def answering(records: Sequence[Record]) -> set[str]:
    """Schemes that can answer a call before anybody was reached: by themselves, or by a scheme they go to."""
    sources: dict[str, list[str]] = {}
    for record in records:
        for target, _, _ in record.jumps:
            sources.setdefault(target, []).append(record.scheme)
    found = {record.scheme for record in records if record.answers}
    queue = list(found)
    while queue:
        fresh = set(sources.get(queue.pop(), ())) - found
        found |= fresh
        queue += fresh
    return found


def longest_times(records: Sequence[Record]) -> dict[str, float]:
    """Seconds from a scheme's start to the latest end of a call in it, at most ten jumps between schemes included.

    A webhook's ``*`` stands for whichever scheme takes longest. Every scheme that is jumped to is among the records.
    """
    times = {record.scheme: record.otherwise for record in records}
    ending = {record.scheme: record.longest for record in records if not record.jumps}
    jumping = [(record.scheme, record.longest, _latest(record)) for record in records if record.jumps]
    for _ in range(LONGEST_JUMPS):
        times["*"] = max(times.values(), default=0.0)
        longer = {
            scheme: max([longest] + [seconds + times[target] for target, seconds in jumps])
            for scheme, longest, jumps in jumping
        }
        times = ending | longer
    return times


def _latest(record: Record) -> list[tuple[str, float]]:
    """Every scheme that a scheme goes to, and when at the latest."""
    latest: dict[str, float] = {}
    for target, seconds, _ in record.jumps:
        latest[target] = max(seconds, latest.get(target, 0.0))
    return list(latest.items())
