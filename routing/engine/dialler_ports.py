"""What the dialler of callbacks works with: the orders, its node's FreeSWITCH, the other nodes, the live release."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.model.callback import CallbackOrder
from routing.model.callback_call import CallbackCall
from routing.model.callback_plan import CallbackPlan


class OrderBook(Protocol):
    """The orders, as `routing.callbacks.store.CallbackStore` and its leases keep them. Raises OrdersDown."""

    def take(self, project: str, owner: str, now: float, for_s: float) -> int | None: ...
    def release(self, project: str, token: int) -> None: ...
    def due(self, project: str, now: float, limit: int) -> Sequence[CallbackOrder]: ...
    def start(self, order_id: str, uuid: str, token: int | None, now: float) -> bool: ...
    def finish(self, uuid: str, cause: str, talked_s: float, now: float) -> CallbackOrder | None: ...
    def put_off(self, order_id: str, until_s: float, why: str = "") -> bool: ...
    def hold(self, order_id: str, why: str) -> bool: ...
    def expire(self, project: str, now: float) -> Sequence[CallbackOrder]: ...
    def unfinished(self, project: str, before_s: float) -> Sequence[CallbackOrder]: ...
    def under_way(self, project: str) -> Sequence[CallbackOrder]: ...
    def talked_since(self, project: str, since_s: float) -> float: ...


class CallbackSwitch(Protocol):
    """This node's FreeSWITCH. Raises SwitchFault."""

    def name(self) -> str:
        """Its name (`switchname`), by which its attempts are known."""

    def numbers(self) -> Collection[str]:
        """The digits of all numbers on its channels, as they came."""

    def originate(self, call: CallbackCall) -> None:
        """Ask for a call, once; does not wait for it."""

    def has_begun(self, uuid: str) -> bool:
        """Whether an attempt is or was a call of it."""


@dataclass(frozen=True)
class LiveRelease:
    """The folder of the live release, and how it calls clients back."""

    folder: str
    plan: CallbackPlan


class OtherNodes(Protocol):
    """`routing.store.calling.RedisCalling`."""

    def exchange(self, project: str, node: str, numbers: Collection[str] | None) -> Collection[str] | None:
        """Tell the other nodes that this one is there, and whose numbers are on its channels; returns those of all
        others, None while one has not said so lately. ``numbers`` None: nobody needs to know now."""
