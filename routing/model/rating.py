"""The rating of a talk by its caller (step `rate`): names that the compiler, the switch and the journal share.

The step marks the caller's leg; when the person ends the talk, FreeSWITCH transfers that leg to the question.
"""

from __future__ import annotations

from typing import Protocol

#: Where the question stands, ``<path>@<scheme>``; it is the destination in the fixed dialplan's context.
WHERE = "routing_rate"
CONTEXT = "routing_rated"
#: FreeSWITCH's own: where a leg goes when its talk is over and the other party has hung up.
AFTER_TALK = "transfer_after_bridge"
#: FreeSWITCH's own, as a prefix: what a leg runs as a talk begins.
AS_TALK_BEGINS = "execute_on_pre_bridge_rate"
#: On the leg of a client whom a person has called back: the client's number.
CALLED_BACK = "routing_called_back"
#: The realm of FreeSWITCH's counter that tells how long a talk has lasted.
TALKS = "routing_rated_talk"
#: The uuid of the leg that the caller talked with, once the talk is over.
RATED_LEG = "routing_rated_leg"
#: ``true``: the talk was too short to ask.
TOO_SHORT = "routing_rate_short"
#: ``true``: the caller has been asked.
REQUESTED = "routing_rate_asked"
#: The score, 1 to 5; ``true`` when somebody is to be notified of it.
SCORE, LOW = "routing_rating", "routing_rating_low"
SCORES = range(1, 6)


class Ratings(Protocol):
    """Who has been asked for a rating."""

    def ask(self, project: str, caller: str, within_s: int, now_s: float) -> float | None:
        """Note that a caller is asked now. When they were asked within the last ``within_s``: that time, in seconds
        since the epoch, and nothing is noted. Raises Forgotten."""
