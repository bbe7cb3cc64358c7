"""How many nodes a load needs, from what a call, a talk, a waiting minute, a decision and a journal row cost.

    python tools/scale.py [--calls 1000] [--talk 120] [--wait 10] [--decisions 1] [--cores 32] [--cost talk=4.6]

``--calls``: a second, in the busy hour; ``--talk``, ``--wait``: seconds of each call; ``--decisions``: of each call by
the engine. Costs were measured on one core of our machine by the benches that ``COSTS`` names: measure them on yours
and give them by ``--cost``. One node more than needed is counted, so that one may die.
"""

from __future__ import annotations

import argparse
import math

#: Name -> CPU in ms, of what, and the bench that measures it.
COSTS = {
    "call": (9.0, "FreeSWITCH: a call, from INVITE to its end, without sound", "bench_switch.py"),
    "talk": (4.6, "FreeSWITCH: a second of a talk, two legs, one codec", "bench_media.py"),
    "wait": (2.7, "FreeSWITCH: a second of waiting with music", "bench_queue.py"),
    "decision": (0.44, "engine: a decision", "bench_decision.py"),
    "turn": (0.73, "engine: a turn of a waiting caller, one in 30 s", "bench_queue.py"),
    "row": (0.57, "journal: a call's row with its steps and legs", "bench_journal.py"),
}
TURN_SECONDS = 30.0
#: Of each core, how much is used at the busiest; MB that a talk and a waiting caller hold in FreeSWITCH.
MOST_USED, TALK_MB, WAITING_MB = 0.7, 1.0, 0.6
NODE_MB = 400


def cores(calls: float, talk_s: float, wait_s: float, decisions: float, costs: dict[str, float]) -> dict[str, float]:
    """Cores that each program keeps busy."""
    switch = costs["call"] + talk_s * costs["talk"] + wait_s * costs["wait"]
    engine = decisions * costs["decision"] + wait_s / TURN_SECONDS * costs["turn"]
    return {
        "FreeSWITCH": calls * switch / 1000,
        "engine": calls * engine / 1000,
        "journal": calls * costs["row"] / 1000,
    }


def main() -> None:
    """Print the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=float, default=1000)
    parser.add_argument("--talk", type=float, default=120)
    parser.add_argument("--wait", type=float, default=10)
    parser.add_argument("--decisions", type=float, default=1)
    parser.add_argument("--cores", type=int, default=32, help="Of a node.")
    parser.add_argument("--cost", action="append", default=[], metavar="NAME=MS", help=f"Of {', '.join(COSTS)}.")
    options = parser.parse_args()
    costs = {name: ms for name, (ms, _, _) in COSTS.items()}
    for given in options.cost:
        name, _, ms = given.partition("=")
        if name not in costs:
            parser.error(f"no cost is called `{name}`: {', '.join(costs)}")
        costs[name] = float(ms)
    busy = cores(options.calls, options.talk, options.wait, options.decisions, costs)
    nodes = math.ceil(sum(busy.values()) / MOST_USED / options.cores) + 1
    for name, (_, what, bench) in COSTS.items():
        print(f"{what:<60}{costs[name]:>7.2f} ms  tools/{bench}")
    talks, waiting = options.calls * options.talk, options.calls * options.wait
    print(f"\n{options.calls:g} calls a second: {talks:,.0f} talks at a time, {waiting:,.0f} callers wait")
    for name, count in busy.items():
        print(f"  {name:<12}{count:>9.1f} cores")
    memory_mb = (talks * TALK_MB + waiting * WAITING_MB) / (nodes - 1) + NODE_MB
    print(f"nodes of {options.cores} cores, {MOST_USED:.0%} used, one of which may die: {nodes}")
    print(f"memory of a node: {memory_mb / 1024:.1f} GB")


if __name__ == "__main__":
    main()
