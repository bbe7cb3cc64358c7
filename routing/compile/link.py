"""Checks across schemes: unknown names, numbers used twice, circles, early answers.

They only use the records of compiled schemes, so that a change of one scheme does not need the others' text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from routing.compile.scheme import Place, SchemeRecord
from routing.model.problem import Problem, did_you_mean

LONGEST_CIRCLE = 50


def link(records: Sequence[SchemeRecord], broken: Collection[str] = ()) -> list[Problem]:
    """Every problem between schemes; ``broken``: ids of schemes that exist but did not compile, ``*`` for any."""
    problems = list(_twice(records))
    schemes = {record.scheme: record for record in records}
    problems += (problem for problem in _unknown(records, schemes, broken))
    problems += _circles(schemes)
    problems += _early_answers(records, schemes)
    problems += _secret_digits(records, unread=bool(broken))
    if not broken:
        problems += _unproven(records, schemes)
    return problems


def _problem(record: SchemeRecord, place: Place, message: str, hint: str = "") -> Problem:
    return Problem(record.file, *place, message, hint)


def _twice(records: Sequence[SchemeRecord]) -> Iterator[Problem]:
    schemes: dict[str, SchemeRecord] = {}
    numbers: dict[str, SchemeRecord] = {}
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


def _unknown(
    records: Sequence[SchemeRecord], schemes: Mapping[str, SchemeRecord], broken: Collection[str]
) -> Iterator[Problem]:
    for record in () if "*" in broken else records:
        for target, _, place in record.jumps:
            if target != "*" and target not in schemes and target not in broken:
                yield _problem(record, place, f"no scheme is called `{target}`", did_you_mean(target, schemes))


def _circles(schemes: Mapping[str, SchemeRecord]) -> Iterator[Problem]:
    """Schemes that only jump to each other in a circle: their calls never reach anybody."""
    onward = {name: record.jumps[0] for name, record in schemes.items() if _only_jumps(record)}
    for name, (_, _, place) in onward.items():
        way = [name]
        while way[-1] in onward and len(way) <= LONGEST_CIRCLE:
            way.append(onward[way[-1]][0])
            if way[-1] == name:
                message = f"endless circle: {' -> '.join(way)}"
                yield _problem(schemes[name], place, message, "one of these schemes must ring or answer first")
                break


def _secret_digits(records: Sequence[SchemeRecord], *, unread: bool) -> Iterator[Problem]:
    """Secret digits where no secret goes: in a URL, a text, a condition, a webhook. They are empty there.

    The step that asks may be in another scheme; ``unread``: there are schemes that could not be read, any may ask.
    """
    everywhere = {fact for record in records for fact in record.gives}
    for record in records:
        for fact, place in record.reads:
            kind, _, name = fact.partition(".")
            forms = {f"asked.{name}", f"secret.{name}"}
            filled = forms.intersection(record.gives) or (set() if unread else forms & everywhere)
            if kind == "asked" and filled == {f"secret.{name}"}:
                yield _problem(record, place, f"`{name}` is secret: it is empty here", _IN_A_BODY.format(name, name))


_IN_A_BODY = 'only the body of a `lookup` may send it: `method: POST, send: {{{}: "{{{{{}}}}}"}}`'


def _unproven(records: Sequence[SchemeRecord], schemes: Mapping[str, SchemeRecord]) -> Iterator[Problem]:
    """Steps that ring by who calls, where no caller can have proven it."""
    entered = {scheme for record in records for scheme in record.proven_jumps}
    reached = [each for scheme in entered & schemes.keys() for each in _reachable(schemes[scheme], schemes)]
    if "*" in entered or any(target == "*" for each in reached for target, _, _ in each.jumps):
        return
    proven = {each.scheme for each in reached}
    for record in records:
        if record.scheme not in proven:
            yield from (_problem(record, place, _UNPROVEN, _PROOF) for place in record.unproven)


_UNPROVEN = "no caller can have proven here who they are: a caller's number can be forged"
_PROOF = (
    'put it into `found` of a `lookup` with `method: POST, send: {caller: "{{caller}}", pin: "{{pin}}"}`, '
    "after `ask: {into: pin, secret: true, ...}`"
)


def _only_jumps(record: SchemeRecord) -> bool:
    return len(record.jumps) == 1 and record.jumps[0][2][2] == "steps[0].scheme"


def _early_answers(records: Sequence[SchemeRecord], schemes: Mapping[str, SchemeRecord]) -> Iterator[Problem]:
    """Numbers whose owner pays, and whose calls may be answered before they reach a person or voicemail.

    Webhooks can name any scheme, but the engine refuses those that answer first, so they are not followed.
    """
    for record in records:
        paid = {number: place for number, caller_pays, place in record.numbers if not caller_pays}
        if not paid:
            continue
        reported: set[tuple[str, Place]] = set()
        for number in _unlike(paid, _reachable(record, schemes)):
            for found in _reachable(record, schemes, number):
                for kind, place in found.answers:
                    if _comes(found, place, number) and (found.file, place) not in reported:
                        reported.add((found.file, place))
                        where = f"{found.file}:{place[0]}" if found is not record else f"line {place[0]}"
                        yield _problem(record, paid[number], _ANSWERS.format(kind, where, number), _RING_FIRST)


_ANSWERS = "`{}` ({}) would answer before a person does, and the owner pays for {}"
_RING_FIRST = "leave the step out for this number (`match: {when: {number: ...}}`), or set `caller_pays: true`"


def _unlike(numbers: Iterable[str], records: Iterable[SchemeRecord]) -> list[str]:
    """The numbers that some `match` names, and one of the others, which all take the same path."""
    named = {
        number for record in records for only, never in record.called.values() for number in (*(only or ()), *never)
    }
    rest = next((number for number in numbers if number not in named), "")
    return [number for number in numbers if number in named or number == rest]


def _comes(record: SchemeRecord, place: Place, number: str) -> bool:
    """Whether a call to a number can reach a step of a scheme."""
    only, never = record.called.get(place[2], (None, ()))
    return number not in never and (only is None or number in only)


def _reachable(record: SchemeRecord, schemes: Mapping[str, SchemeRecord], number: str = "") -> list[SchemeRecord]:
    """The schemes that a call can reach from one scheme; by any number, or by this one."""
    found, queue = {record.scheme: record}, [record]
    while queue:
        one = queue.pop()
        for target, _, place in one.jumps:
            if target in schemes and target not in found and (not number or _comes(one, place, number)):
                found[target] = schemes[target]
                queue.append(schemes[target])
    return list(found.values())


def answering(records: Sequence[SchemeRecord]) -> set[str]:
    """Schemes that can answer a call before a person does: themselves, or in a scheme to which they jump."""
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
