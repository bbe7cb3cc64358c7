"""What an outside handler said, and what the engine makes of it: the two ends of every dynamic step.

Facts only. Knows nothing of sockets, files, clocks or how an answer travelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from routing.model.decision import Continue, Decision
from routing.model.pop import Card

#: decided: the handler's wish is obeyed; continued: it asked to go on; refused: its answer is wrong or not
#: allowed; failed: there was no answer. The last three all go on with the scheme.
Outcome = Literal["decided", "continued", "refused", "failed"]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: status code, ``Content-Type`` as sent ("" when absent), at most 64 kB of body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Failure:
    """No answer, and why, in words for the log: ``no answer within 2 s``, ``connection refused``."""

    reason: str


@dataclass(frozen=True)
class Verdict:
    """A decision with its outcome and, unless it is plainly obeyed, the reason in words for the log."""

    decision: Decision
    outcome: Outcome
    reason: str = ""
    #: Channel variables that go with the decision: strictly of the form of `model.entities`.
    variables: Mapping[str, str] = field(default_factory=dict)
    #: The caller's record in the CRM that was asked.
    card: Card | None = None


class Refused(Exception):
    """An answer that must not be obeyed; the text says why and names the offending part."""


def failed(reason: str) -> Verdict:
    """Go on with the scheme because nobody answered."""
    return Verdict(Continue(), "failed", reason)


def refused(reason: str) -> Verdict:
    """Go on with the scheme because the answer is wrong."""
    return Verdict(Continue(), "refused", reason)
