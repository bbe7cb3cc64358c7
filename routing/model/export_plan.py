"""What a release exports of finished calls: its ``exports.json``.

The recorder chooses a call's exports by the release that carried it, and sends by the live one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from routing.model.consent import is_allowed
from routing.model.exports import ANSWERED, KINDS_OF_ANSWERED, MISSED

#: The table's file in a release.
TABLE = "exports.json"
#: How names of exports begin: `ga4.site`, `webhooks.warehouse`.
GA4, WEBHOOKS = "ga4.", "webhooks."


class EndedCall(Protocol):
    """A finished call (`routing.journal.record.CallRecord`)."""

    @property
    def direction(self) -> str:
        """in, out, internal or callback."""

    @property
    def status(self) -> str:
        """How it ended."""

    @property
    def schemes(self) -> Sequence[str]:
        """Those that it passed through."""

    @property
    def source(self) -> Mapping[str, str]:
        """Where the site's visitor came from."""


@dataclass(frozen=True)
class CallChoice:
    """Which calls: empty schemes and statuses are all."""

    directions: frozenset[str]
    schemes: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()

    def fits(self, call: EndedCall, is_missed: bool) -> bool:
        """Whether a call is one of them. Which kind of `answered` it is may not be known yet."""
        if call.direction not in self.directions:
            return False
        if self.schemes and self.schemes.isdisjoint(call.schemes):
            return False
        return not self.statuses or not self.statuses.isdisjoint(names_of(call.status, is_missed))


def names_of(status: str, is_missed: bool, kind: str | None = None) -> Sequence[str]:
    """The names that choose a call with a status, the closest first. ``kind``: of an answered call, "" for neither;
    None while it is not known: then either may be."""
    if status == ANSWERED:
        return (*(KINDS_OF_ANSWERED if kind is None else filter(None, [kind])), ANSWERED)
    return (status, MISSED) if is_missed else (status,)


@dataclass(frozen=True)
class Ga4Stream:
    """A data stream; ``events``: names by status; ``secret``: the name of its API secret."""

    choice: CallChoice
    measurement_id: str
    secret: str
    events: Mapping[str, str]
    needs_agreement: bool
    endpoint: str

    def fits(self, call: EndedCall, is_missed: bool) -> bool:
        """Whether a call is sent: the visitor is known, has not refused, and was counted by this stream."""
        stream = call.source.get("ga_stream", "")
        is_known = bool(call.source.get("ga_client_id")) and stream in ("", self.measurement_id)
        return is_known and is_allowed(call.source, self.needs_agreement) and self.choice.fits(call, is_missed)

    def event_of(self, status: str, is_missed: bool, kind: str) -> str:
        """The name of the event of a call; "" for a call that is not sent."""
        return next((self.events[name] for name in names_of(status, is_missed, kind) if name in self.events), "")


@dataclass(frozen=True)
class CallHook:
    """A web server; ``secret``: the name of the key that signs."""

    choice: CallChoice
    url: str
    secret: str

    def fits(self, call: EndedCall, is_missed: bool) -> bool:
        """Whether a call is sent."""
        return self.choice.fits(call, is_missed)


@dataclass(frozen=True)
class ExportPlan:
    """The exports of a project by name."""

    project: str = ""
    exports: Mapping[str, Ga4Stream | CallHook] = field(default_factory=dict)

    def names_for(self, call: EndedCall, is_missed: bool) -> Iterator[str]:
        """The exports of a call."""
        return (name for name, export in self.exports.items() if export.fits(call, is_missed))


def plan_of(table: Mapping[str, Any]) -> ExportPlan:
    """The plan of an ``exports.json``. Raises KeyError, TypeError, ValueError or AttributeError on another shape."""
    streams = {f"{GA4}{name}": _stream(of) for name, of in table["ga4"].items()}
    hooks = {
        f"{WEBHOOKS}{name}": CallHook(_choice(of, of["statuses"]), of["url"], of["secret"])
        for name, of in table["webhooks"].items()
    }
    return ExportPlan(table["project"], {**streams, **hooks})


def _stream(of: Mapping[str, Any]) -> Ga4Stream:
    return Ga4Stream(
        _choice(of, of["events"]),
        of["measurement_id"],
        of["api_secret"],
        dict(of["events"]),
        of["consent"] == "granted",
        of["endpoint"],
    )


def _choice(of: Mapping[str, Any], statuses: Any) -> CallChoice:
    return CallChoice(frozenset(of["directions"]), frozenset(of["schemes"]), frozenset(statuses))
