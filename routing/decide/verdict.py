"""The answer of an outside handler, and the engine's verdict on it: both ends of every dynamic step.

Facts only. Knows nothing of sockets, files, clocks or transport.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from routing.model.decision import Continue, Decision
from routing.model.pop import Card

#: decided: the handler's answer is obeyed; continued: it chose to continue; refused: its answer is wrong or not
#: allowed; failed: there was no answer. The last three continue with the scheme.
Outcome = Literal["decided", "continued", "refused", "failed"]


@dataclass(frozen=True)
class HandlerReply:
    """An HTTP answer: status code, ``Content-Type`` as sent ("" when absent), at most 64 kB of body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class HandlerFailure:
    """Why there is no answer, as text for the log: ``no answer within 2 s``, ``connection refused``."""

    reason: str


@dataclass(frozen=True)
class Verdict:
    """A decision with its outcome; ``reason``: text for the log."""

    decision: Decision
    outcome: Outcome
    reason: str = ""
    #: Channel variables that FreeSWITCH sets along with the decision, in the format of `model.entities`.
    variables: Mapping[str, str] = field(default_factory=dict)
    #: The caller's record in the CRM that was asked.
    card: Card | None = None


class AnswerRefused(Exception):
    """An answer that must not be obeyed; the text names the wrong part and why."""


def failed(reason: str) -> Verdict:
    """Continue with the scheme because nobody answered."""
    return Verdict(Continue(), "failed", reason)


def refused(reason: str) -> Verdict:
    """Continue with the scheme because the answer is wrong."""
    return Verdict(Continue(), "refused", reason)


LONGEST_VERDICT = 120
#: Removed from text that FreeSWITCH carries, because FreeSWITCH could act on it.
_UNSAFE_SIGNS = re.compile(r"[^\w .,:/()-]")


def verdict_text(verdict: Verdict) -> str:
    """Outcome and reason for the call record."""
    safe = _UNSAFE_SIGNS.sub(" ", f"{verdict.outcome} {verdict.reason}")
    return " ".join(safe.split())[:LONGEST_VERDICT]
