"""Ways in which a leg leaves a talk for a dialplan of its own, or for a talk with another leg. Only what they carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from routing.offline.argument import separate
from routing.offline.leg import CalledLeg
from routing.offline.line import Interrupted, Transfer


class HandedOver(Interrupted):
    """A phone connects its consultation call to the party that it holds; ``left_ms`` of the talk are left."""

    def __init__(self, leg: CalledLeg, left_ms: int | None) -> None:
        super().__init__(leg.target)
        self.leg = leg
        self.left_ms = left_ms


class BothLegs(Transfer):
    """``transfer -both``: this leg and whoever it talks with go to an extension, each by itself."""


class CancelKey(Interrupted):
    """The key that ends the ringing (``origination_cancel_key``)."""


class Joined(Interrupted):
    """``intercept``: from now on this leg talks with ``leg``, whose own dialplan rests meanwhile."""

    def __init__(self, leg: CalledLeg) -> None:
        super().__init__(leg.target)
        self.leg = leg


class Rests(Interrupted):
    """``intercept``: the leg that talks with this one from now on runs the talk."""


class LastLegEnded(Interrupted):
    """No other leg of the call is left."""


def way(data: str, why: str = "") -> Transfer | None:
    """Where ``transfer [-both] extension [dialplan] [context]`` leads; None without an extension."""
    kind, arguments = Transfer, separate(data, " ", 5)
    if arguments[:1] == ["-both"]:
        kind, arguments = BothLegs, arguments[1:]
    extension, dialplan, context = [*arguments, "", "", ""][:3]
    return kind(extension, dialplan, context, why) if extension else None


@dataclass(frozen=True)
class TalkKey:
    """A bound key: the extension that it runs; ``leg``: whose keys count, ``self`` (the calling leg) or ``peer``.

    ``own``: it runs on the leg that has pressed it, else on the calling leg.
    """

    extension: str
    leg: str
    own: bool = False


@dataclass
class LegState:
    """A leg's place in its call. ``parent`` has dialled it, as ``leg``; ``kin``: legs that it has dialled and that have
    a dialplan of their own; ``rests``: another leg runs its talk; ``over``: it has ended.
    """

    parent: Any = None
    leg: CalledLeg | None = None
    kin: list[Any] = field(default_factory=list)
    rests: bool = False
    over: bool = False
