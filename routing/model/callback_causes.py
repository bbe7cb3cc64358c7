"""What the end of an attempt to call a client back means: whether the client rang, and when the next attempt is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from routing.model.causes import BUSY

#: The client pressed the key for no calls, or their phone rejected the call as unwanted (607, RFC 8197).
UNWANTED = "UNWANTED"
#: An attempt whose result nobody will learn: the process that dialled it died, and the switch does not know its uuid.
UNKNOWN = "UNKNOWN"
#: Nobody of the company took the call, or the person refused it: the client was not rung.
NOBODY = "NOBODY"
#: Seconds until the next attempt: after a busy client, after nobody of the company, after a fault on the way (twice as
#: long after each further one, up to a bound), otherwise.
BUSY_S, NOBODY_S, FAULT_S, LONGEST_FAULT_S, NO_ANSWER_S = 180.0, 300.0, 180.0, 3600.0, 600.0
#: The number does not exist, or the client does not want calls: no attempt will do better.
HOPELESS = frozenset({
    "UNALLOCATED_NUMBER", "NO_ROUTE_DESTINATION", "INVALID_NUMBER_FORMAT", "NUMBER_CHANGED", "DOES_NOT_EXIST_ANYWHERE",
    "OUTGOING_CALL_BARRED", UNWANTED,
})  # fmt: skip
#: The client's phone has not rung: the carrier or the gateway failed. An outage spends none of the tries.
FAULTS = frozenset({
    "NORMAL_CIRCUIT_CONGESTION", "NETWORK_OUT_OF_ORDER", "NORMAL_TEMPORARY_FAILURE", "SWITCH_CONGESTION",
    "SERVICE_UNAVAILABLE", "GATEWAY_DOWN", "RECOVERY_ON_TIMER_EXPIRE", "PROGRESS_TIMEOUT", "REQUESTED_CHAN_UNAVAIL",
})  # fmt: skip


def delay_after(causes: Sequence[str]) -> float | None:
    """Seconds from the end of an attempt to the next one, by the hangup causes of all so far; None: never."""
    cause = causes[-1]
    if cause in HOPELESS:
        return None
    if cause in BUSY:
        return BUSY_S
    if cause in FAULTS:
        in_a_row = sum(1 for _ in takewhile(FAULTS.__contains__, reversed(causes)))
        return min(FAULT_S * float(2 ** (in_a_row - 1)), LONGEST_FAULT_S)
    return NOBODY_S if cause == NOBODY else NO_ANSWER_S
