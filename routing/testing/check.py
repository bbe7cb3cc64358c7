"""Checks the names in tests against the release: an unknown one is a problem at its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from routing.model import numbers
from routing.model.problem import Loc, Problem, did_you_mean
from routing.testing.cases import CallCase
from routing.testing.form import moment
from routing.testing.kinds import ENGINE_KINDS, Expectation
from routing.testing.names import Names
from routing.testing.sample import LISTS
from routing.testing.vocabulary import ANSWERS, is_one, offered_answers, vocabulary

#: How a call to an unknown number ends.
NO_NUMBER = ("NO_ROUTE_DESTINATION", "UNALLOCATED_NUMBER")
#: Sounds that every release has.
OURS = "routing/"
MOST_LISTED = 12


def check(case: CallCase, names: Names) -> Iterator[Problem]:
    """Every name in a test that the release does not have."""
    yield from _call(case, names)
    if case.place in ((), ("calls", 0)):  # calls of one test share it
        yield from _world(case, names)
    for name in LISTS:
        for index, expectation in enumerate(getattr(case.sample, name)):
            yield from _expectation(case, names, (name, index), expectation)


def _call(case: CallCase, names: Names) -> Iterator[Problem]:
    call, published = case.sample.made_call, names.published
    try:
        if not case.after_s:  # the moment is checked at the first call
            moment(call.at, published.timezone)
    except ValueError as error:
        yield case.problem(("call", "at"), str(error))
    if call.callback and not published.calls_back:
        yield case.problem(("call", "callback"), "the project calls nobody back", "write `project: {callbacks: {}}`")
    if call.callback and (call.from_ in names.phones or call.from_ == "anonymous"):
        yield case.problem(("call", "from"), f"`{call.from_}` is not called back", "write the client's number")
        return
    if call.from_ in names.phones:
        if call.from_ in names.people:
            hint = ", ".join(sorted(phone for phone in names.phones if phone.startswith(f"{call.from_}.")))
            yield case.problem(("call", "from"), f"which phone of {call.from_} calls?", hint)
        elif call.from_ not in (*published.accounts, *published.accounts.values()):
            yield case.problem(("call", "from"), f"`{call.from_}` is an outside number", "write the number itself")
        if not names.dials(call.to):
            yield case.problem(("call", "to"), f"no phone can dial `{call.to}`", did_you_mean(call.to, names.dialled))
        return
    if case.sample.caller.transfers:
        hint = "only the project's phones do: write a phone as `from`, or what a phone does under `phones`"
        yield case.problem(("caller", "transfers"), f"`{call.from_}` transfers nobody", hint)
    if complaint := _complaint(numbers.caller, call.from_, published.country):
        yield case.problem(("call", "from"), complaint, did_you_mean(call.from_, names.phones))
    elif call.from_.isidentifier() and (hint := did_you_mean(call.from_, names.phones)):
        yield case.problem(("call", "from"), f"`{call.from_}` is no number and no phone", hint)
    if complaint := _complaint(numbers.called, call.to, published.country):
        yield case.problem(("call", "to"), complaint)
    elif not names.leads(number := numbers.called(call.to, published.country)) and not _ends_nowhere(case):
        hint = did_you_mean(number, names.numbers) or f"expect `end: {NO_NUMBER[0]}` if that is meant"
        yield case.problem(("call", "to"), f"`{number}` leads to no scheme", hint)


def _complaint(reading: Callable[[str, str | None], str], text: str, country: str | None) -> str:
    try:
        reading(text, country)
    except ValueError as error:
        return str(error)
    return ""


def _ends_nowhere(case: CallCase) -> bool:
    ends = [*case.sample.expect, *case.sample.exactly]
    return any(expectation.kind == "end" and expectation.values[0] in NO_NUMBER for expectation in ends)


def _world(case: CallCase, names: Names) -> Iterator[Problem]:
    sample = case.sample
    for phone in sample.phones:
        if phone == "others" and phone not in names.phones:
            hint = "write `others: busy` next to `phones:`, not in it"
            yield case.problem(("phones", phone), "`others` is no phone", hint, at_key=True)
            continue
        yield from _phone(case, names, ("phones", phone), phone, at_key=True)
    for key in ("states", "loads"):
        yield from _known(case, key, getattr(sample, key), names.people, "nobody is called")
    yield from _known(case, "hours", sample.hours, names.calendars, "no calendar is called")
    yield from _known(case, "entities", sample.entities, names.entities, "the project tracks no entity")
    yield from _known(case, "source", sample.source, names.sources, "a source has no")
    yield from _known(case, "webhooks", sample.webhooks, names.urls if sample.webhooks else (), "no step asks")
    yield from _known(case, "crms", sample.crms, names.crms if sample.crms else (), "no step asks the CRM")
    yield from _memory(case, names)


def _memory(case: CallCase, names: Names) -> Iterator[Problem]:
    """People in answers of CRMs and in what Redis remembers."""
    sample = case.sample
    answers: dict[Loc, str] = {("crm",): sample.crm} | {("crms", name): answer for name, answer in sample.crms.items()}
    for loc, answer in answers.items():
        owner = answer.partition(",")[0].split()[-1]
        if owner not in names.people and (hint := did_you_mean(owner, names.people)):
            yield case.problem(loc, f"nobody is called `{owner}`", hint)
    for index, name in enumerate(sample.turns):
        if name not in names.phones:
            yield _unknown(case, ("turns", index), name, names.phones, "nobody is called")
    for index, talk in enumerate(sample.sticky):
        side, who = ("in", talk.in_) if talk.in_ and talk.in_ not in names.people else ("out", talk.out)
        if who and who not in names.people:
            yield _unknown(case, ("sticky", index, side), who, names.people, "nobody is called")


def _known(case: CallCase, key: str, used: Collection[str], known: Collection[str], message: str) -> Iterator[Problem]:
    for name in used:
        if name not in known:
            yield _unknown(case, (key, name), name, known, message, at_key=True)


def _unknown(
    case: CallCase, loc: Loc, name: str, known: Collection[str], message: str, *, at_key: bool = False
) -> Problem:
    hint = did_you_mean(name, known)
    own = sorted(each for each in known if not each.startswith(OURS))
    if not hint and len(own) <= MOST_LISTED:
        hint = f"known here: {', '.join(own) or 'none'}"
    return case.problem(loc, f"{message} `{name}`", hint, at_key=at_key)


def _phone(case: CallCase, names: Names, loc: Loc, name: str, *, at_key: bool = False) -> Iterator[Problem]:
    if name.startswith("+"):
        if complaint := _complaint(numbers.normalise, name, None):
            yield case.problem(loc, complaint, at_key=at_key)
    elif name not in names.phones:
        yield _unknown(case, loc, name, names.phones, "nobody is called", at_key=at_key)


def _expectation(case: CallCase, names: Names, loc: Loc, expectation: Expectation) -> Iterator[Problem]:
    where: Loc = (*loc, expectation.kind)
    if expectation.kind in ("ring", "confirm", "talk"):
        for index, word in enumerate(expectation.values):
            yield from _phone(case, names, _word(case, where, expectation, index), word)
        return
    known, message = vocabulary(expectation.kind, names)
    if known is None:
        return
    for index, word in enumerate(expectation.values):
        if not is_one(expectation.kind, word, known, names):
            place = _word(case, where, expectation, index)
            if expectation.kind in ENGINE_KINDS and expectation.kind != "lookup":
                near = (f"told {place}={word.partition('=')[2]}" for place in names.sent_fields)
                hint = did_you_mean(word, (*known, *near, *offered_answers(names))) or ANSWERS
                yield case.problem(place, f"{message} `{word}`", hint)
            else:
                yield _unknown(case, place, word, known, message)


def _word(case: CallCase, where: Loc, expectation: Expectation, index: int) -> Loc:
    """The place of a value: in a list, a key of a mapping, or the value itself; missing parts are ignored."""
    return (*where, index, expectation.values[index])


def problems(cases: Sequence[CallCase], names: Names) -> list[Problem]:
    """What is wrong in all of them."""
    return [problem for case in cases for problem in check(case, names)]
