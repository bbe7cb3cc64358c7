"""By what floods of calls are recognised: the ways in which strangers' calls can be alike, and whom each refuses. Pure.

A table (`FLOOD_SIGNS`): the narrowest first. Each looks at the calls of its window once they are many times the usual
number. An advertisement brings many calls too, from everywhere in the company's country, and its callers talk: no sign
may hold for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Protocol

from routing.model.flood import ABROAD, HIDDEN, MOST_STARTS, RARE, FloodSign, country_of

#: Of the calls in a window, how many must be alike.
MOST_PART = 0.6
#: Fewer calls of strangers are never a flood; nor is less than so many times the usual number.
LEAST_CALLS, TIMES_USUAL = 8, 3.0
#: The windows: of what shows at once, and of what repeats itself.
WINDOW_SECONDS, LONG_WINDOW_SECONDS = 120.0, 600.0
#: So many callers or blocks are a few.
FEW = 20
#: So many countries at once are many: all are refused that rarely call.
MANY = 4
#: The last digits by which the numbers of one block differ.
BLOCK_DIGITS = 3
#: An answered call that ends within so many seconds is short; so many of them must have ended.
SHORT_SECONDS, LEAST_ENDED = 8.0, 6
#: Among them, so many of a caller or block are no chance.
LEAST_SHORT = 3
#: Who was answered so often within the long window does not call to talk.
OFTEN_ANSWERED = 3
#: Seconds and calls within them that no caller or block dials, and none who rarely call: less than this part of all.
BURSTS, MOST_RARE = ((30.0, 8), (WINDOW_SECONDS, 16)), 0.05
#: A spike: so many calls, so many times the usual number, of which so many are answered; most of them end within so
#: many seconds, and within this part of what is usual.
SPIKE_CALLS, SPIKE_TIMES, SPIKE_ANSWERED, SPIKE_SECONDS, SPIKE_PART = 40, 10.0, 0.8, 20.0, 0.25


class UsualCalls(Protocol):
    """What the journal knows of a number's past weeks (`routing.journal.flood_history.NumberHistory`)."""

    def is_known(self, caller: str, at_s: float) -> bool:
        """Whether a caller has talked with the company before that day."""

    def per_minute(self, number: str, at_s: float) -> float:
        """Calls of strangers a minute at this hour of the week; of `ALL_NUMBERS` too."""

    def share_of(self, number: str, country: str) -> float:
        """Which part of the number's calls came from a country (its calling code, `HIDDEN`, or `ABROAD` for all but the
        project's), 0 to 1; of `ALL_NUMBERS` too."""

    def countries(self, number: str) -> Collection[str]:
        """The countries from which at least `RARE` of the number's calls come, with the project's."""

    def answered_s(self, number: str) -> float:
        """For how many seconds strangers' calls are answered, the middle one; 0 when too few are known."""


@dataclass(slots=True)
class WatchedCall:
    """A call of somebody who is not known. ``answered_s``: for how long, once it has ended; ``was_refused``: a refusal
    held for it as it came."""

    number: str
    caller: str
    at_s: float
    answered_s: float | None = None
    was_refused: bool = False


Calls = Sequence[WatchedCall]
#: How the refused callers' numbers begin, by what the flood was recognised, and why, for people.
Found = tuple[tuple[str, ...], FloodSign, str]
NOTHING: Found = ((), FloodSign.CALLER, "")


@dataclass(frozen=True, slots=True)
class SignRule:
    """A sign: it looks at the calls of a number's last ``window_s``, once there are so many."""

    alike: Callable[[Calls, str, UsualCalls], Found]
    window_s: float = WINDOW_SECONDS
    least_calls: int = LEAST_CALLS
    times_usual: float = TIMES_USUAL


def _one_caller(calls: Calls, number: str, usual: UsualCalls, least: int = LEAST_CALLS // 2) -> Found:
    callers = Counter(call.caller for call in calls if call.caller != HIDDEN)
    return _most(callers, len(calls), least, FloodSign.CALLER, "from one caller")


def _one_block(calls: Calls, number: str, usual: UsualCalls, least: int = LEAST_CALLS // 2) -> Found:
    """Numbers that differ in their last digits only."""
    blocks = Counter(call.caller[:-BLOCK_DIGITS] for call in calls if call.caller != HIDDEN)
    return _most(blocks, len(calls), least, FloodSign.BLOCK, "from one block of numbers")


def _foreign(calls: Calls, number: str, usual: UsualCalls) -> Found:
    """Countries, or hidden numbers, of which the number's own callers are rarely."""
    countries = Counter(country_of(call.caller) for call in calls)
    shares = {country: usual.share_of(number, country) for country in countries}
    abroad = 4 * usual.share_of(number, ABROAD) + 0.1
    if (many := _many_countries(countries, shares, abroad))[0]:
        return others(usual.countries(number)) or many[0], *many[1:]
    least = 1 if abroad < MOST_PART else 2  # who is called from everywhere gets a call of any country
    unusual = {
        country: count for country, count in countries.items()
        if count >= least and count / len(calls) > 4 * shares[country] + 0.1 and shares[country] < MOST_PART / 2
    }  # fmt: skip
    if sum(unusual.values()) < MOST_PART * len(calls):
        return NOTHING
    if set(unusual) == {HIDDEN}:
        return (HIDDEN,), FloodSign.HIDDEN, "without a number"
    return tuple(sorted(unusual)), FloodSign.COUNTRIES, "from countries that rarely call"


def _many_countries(countries: Counter[str], shares: Mapping[str, float], abroad: float) -> Found:
    """Few calls of each, and together far more than ever come from abroad."""
    rare = Counter({each: count for each, count in countries.items() if shares[each] < RARE and each != HIDDEN})
    part = rare.total() / countries.total()
    if len(rare) < MANY or part < MOST_PART or part <= abroad:
        return NOTHING
    most = tuple(country for country, _ in rare.most_common(MOST_STARTS))
    return most, FloodSign.COUNTRIES, "from many countries that rarely call"


def others(codes: Collection[str]) -> tuple[str, ...]:
    """The beginnings of all numbers but those of some countries; none when they were too many for a refusal."""

    def below(start: str) -> Iterator[str]:
        for digit in "0123456789" if start else "123456789":
            longer = start + digit
            if longer not in codes:
                yield from below(longer) if any(code.startswith(longer) for code in codes) else (longer,)

    found = tuple(below("")) if codes else ()
    return found if len(found) <= MOST_STARTS else ()


def _short(calls: Calls, number: str, usual: UsualCalls) -> Found:
    """Answered, and over at once. Where those are alike in another way too, the others are not refused."""
    ended = [call for call in calls if call.answered_s]
    short = [call for call in ended if (call.answered_s or 0.0) <= SHORT_SECONDS]
    if len(short) < max(LEAST_ENDED, MOST_PART * len(ended)):
        return NOTHING
    for narrower in (partial(_one_caller, least=LEAST_SHORT), partial(_one_block, least=LEAST_SHORT), _foreign):
        if (found := narrower(short, number, usual))[0]:
            return found
    return ("",), FloodSign.SHORT, f"that end within {SHORT_SECONDS:.0f} s of the answer"


def _burst(calls: Calls, number: str, usual: UsualCalls, least: int) -> Found:
    """So many at once of one caller, one block, or of those who rarely call, whatever others call meanwhile: nobody
    dials so fast, and an advertisement brings none of them."""
    callers = Counter(call.caller for call in calls if call.caller != HIDDEN)
    blocks = Counter(caller[:-BLOCK_DIGITS] for caller in callers.elements())
    for counted, each, sign, why in (
        (callers, least, FloodSign.CALLER, "from one caller"),
        (blocks, least // 2, FloodSign.BLOCK, "from one block of numbers"),
    ):
        many = Counter({start: count for start, count in counted.items() if count >= each})
        if many.total() >= least:
            starts = tuple(start.removeprefix("+") for start, _ in many.most_common(MOST_STARTS))
            return starts, sign, f"of which {many.total()} {why}"
    rare = [call for call in calls if usual.share_of(number, country_of(call.caller)) < MOST_RARE]
    found = _foreign(rare, number, usual) if len(rare) >= least else NOTHING
    return found if not found[0] else (*found[:2], f"of which {len(rare)} {found[2]}")


def _in_turn(calls: Calls, number: str, usual: UsualCalls) -> Found:
    """Some callers who take turns: each was answered, and calls again, and again."""
    answered = Counter(call.caller for call in calls if call.answered_s and call.caller != HIDDEN)
    again = Counter({caller: count for caller, count in answered.items() if count >= OFTEN_ANSWERED})
    if again.total() < max(LEAST_CALLS, MOST_PART * answered.total()):
        return NOTHING
    most = tuple(caller.removeprefix("+") for caller, _ in again.most_common(MOST_STARTS))
    return most, FloodSign.TURNS, "by callers who were answered and call again and again"


def _spike(calls: Calls, number: str, usual: UsualCalls) -> Found:
    """Far more calls than usual, from anywhere, answered and far shorter than this number's talks. An advertisement's
    callers talk, or are not answered."""
    ended = [call.answered_s for call in calls if call.answered_s is not None]
    answered = [each for each in ended if each]
    longest = min(SPIKE_SECONDS, SPIKE_PART * usual.answered_s(number))
    if len(answered) < max(SPIKE_CALLS / 2, SPIKE_ANSWERED * len(ended)) or median(answered) > longest:
        return NOTHING
    return ("",), FloodSign.SPIKE, f"that last {median(answered):.0f} s, and {usual.answered_s(number):.0f} s are usual"


FLOOD_SIGNS = (
    SignRule(_one_caller),
    SignRule(_one_block),
    SignRule(_foreign),
    *(SignRule(partial(_burst, least=least), window_s, least) for window_s, least in BURSTS),
    SignRule(_short),
    SignRule(_in_turn, LONG_WINDOW_SECONDS),
    SignRule(_spike, LONG_WINDOW_SECONDS, SPIKE_CALLS, SPIKE_TIMES),
)


def _most(counted: Mapping[str, int], among: int, least: int, sign: FloodSign, why: str) -> Found:
    """Those that make up most of the calls together, ``least`` each; a few at the most."""
    starts = tuple(start for start, count in counted.items() if count >= max(least, among / FEW))
    if sum(counted[start] for start in starts) < MOST_PART * among:
        return NOTHING
    return tuple(start.removeprefix("+") for start in starts), sign, why
