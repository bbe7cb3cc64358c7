"""Attacks among the calls of a busy company, through the judge of floods: what each costs before it is refused, and how
many customers are refused with it.

``python tools/bench_floods.py``: a month of simulated calls of the example company (`routing sample --only-fill`), the
busiest hour of its paid number made busier by an advertisement of 600 strangers an hour, of whom half are answered and
talk; then 600 calls of an attack, one a second, each answered after 3 s. Prints a row for each kind of attack.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from routing.journal.database import opened_database
from routing.journal.flood_history import DAY_SECONDS, NumberHistory, PastCall, read_calls, read_talked
from routing.journal.release import LiveProject
from routing.model.flood import HIDDEN, plan_of
from routing.recorder.flood_replay import Replayed, replay

CALLS, RINGING_S, ADVERTISED, TALKS_S = 600, 3.0, 600, (20.0, 300.0)
COUNTRIES = ("44", "371", "252", "1", "33", "49", "39", "34", "351", "30", "31", "46", "47", "45", "43", "41", "61")
#: kind -> (the caller of the nth call, for how long each is answered).
ATTACKS: dict[str, tuple[Callable[[random.Random, int], str], float]] = {
    "one caller": (lambda rng, n: "+380671112233", 5.0),
    "two callers": (lambda rng, n: f"+38067111223{n % 2}", 5.0),
    "24 callers in turn, who talk": (lambda rng, n: f"+3806711{n % 24:02}{(n % 24) * 137 % 1000:03}", 30.0),
    "one block": (lambda rng, n: f"+380671112{n % 1000:03}", 5.0),
    "two blocks": (lambda rng, n: f"+380{(67111222, 50222333)[n % 2] // 100}{rng.randrange(1000):03}", 5.0),
    "three countries": (lambda rng, n: f"+{COUNTRIES[n % 3]}{rng.randrange(10**8):08}", 5.0),
    "seventeen countries": (lambda rng, n: f"+{COUNTRIES[n % 17]}{rng.randrange(10**8):08}", 5.0),
    "no number": (lambda rng, n: HIDDEN, 5.0),
    "from everywhere, 4 s each": (lambda rng, n: stranger(rng), 4.0),
    "from everywhere, 15 s each": (lambda rng, n: stranger(rng), 15.0),
    "none": (lambda rng, n: "", 0.0),
}
#: Nobody can tell these callers from those of the advertisement.
FROM_EVERYWHERE = ("from everywhere, 4 s each", "from everywhere, 15 s each")


def stranger(rng: random.Random) -> str:
    """Somebody's mobile in Ukraine."""
    return f"+380{rng.choice(('67', '50', '63', '93'))}{rng.randrange(10**7):07}"


def advertisement(rng: random.Random, number: str, begins_s: float) -> Iterator[PastCall]:
    """An hour of strangers of whom half hang up while it rings."""
    for at in range(ADVERTISED):
        came = begins_s + at * 3600 / ADVERTISED
        answered = came + rng.uniform(3, 20) if rng.random() < 0.5 else 0.0
        talk = rng.uniform(*TALKS_S)
        yield PastCall(number, stranger(rng), came, answered, (answered or came) + talk, talk if answered else 0.0)


def attack(kind: str, number: str, begins_s: float) -> list[PastCall]:
    """The calls of an attack, one a second."""
    rng, (caller, lasts_s) = random.Random(2), ATTACKS[kind]
    if not lasts_s:
        return []
    starts = (begins_s + at for at in range(CALLS))
    return [
        PastCall(number, caller(rng, at), start, start + RINGING_S, start + RINGING_S + lasts_s, lasts_s)
        for at, start in enumerate(starts)
    ]


def busiest(past: Sequence[PastCall], numbers: frozenset[str], until_s: float) -> tuple[str, float]:
    """The number with the most calls, and the beginning of its busiest hour of the last week."""
    number = Counter(call.number for call in past if call.number in numbers).most_common(1)[0][0]
    recent = (call for call in past if call.number == number and call.started > until_s - 7 * DAY_SECONDS)
    return number, max(Counter(call.started // 3600 for call in recent).items(), key=lambda each: each[1])[0] * 3600


def replayed(kind: str, past: Sequence[PastCall], history: NumberHistory, number: str, hour_s: float) -> Replayed:
    """What becomes of an attack in the middle of the busy hour."""
    calls = attack(kind, number, hour_s + 1200)
    return replay(past, calls, history, 0, hour_s - DAY_SECONDS)


def main() -> None:
    """Fill the journal and measure."""
    with TemporaryDirectory() as folder:
        root = Path(folder, "root")
        fill = [sys.executable, "-m", "routing", "sample", "--only-fill", "--root", str(root)]
        subprocess.run(fill, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sys.exit(measure(root))


def measure(root: Path) -> int:
    """Print the rows; 1 where a customer was refused with an attack that is not from everywhere, 0 otherwise."""
    plan = plan_of(json.loads((root / "current" / "floods.json").read_text()))
    live, now = LiveProject(root.resolve()), time.time()
    refused = 0
    with opened_database(f"sqlite:///{root / 'journal.db'}") as engine:
        past = list(read_calls(engine, plan.numbers, now - 60 * DAY_SECONDS, now))
        number, hour_s = busiest(past, plan.numbers, now)
        busy = sorted([*past, *advertisement(random.Random(1), number, hour_s)], key=lambda call: call.started)
        print(f"{len(past)} calls of the journal to {len(plan.numbers)} paid numbers, {ADVERTISED} of an advertisement")
        print(f"{'attack':32} {'refused':>9} {'paid before':>12} {'customers refused':>18}")
        for kind in ATTACKS:
            history = NumberHistory(live.zone, "380", read_talked(engine, now))
            found = replayed(kind, busy, history, number, hour_s)
            customers = len(found.refused) - found.attacks_refused
            refused += customers if kind not in FROM_EVERYWHERE else 0
            part = f"{found.attacks_refused}/{found.attacks}"
            print(f"{kind:32} {part:>9} {found.spent_s:>10.0f} s {customers:>12} of {found.calls}")
    return int(refused > 0)


if __name__ == "__main__":
    main()
