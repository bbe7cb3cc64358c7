"""The confirm and reject keys that a ``ring`` sets for outside phones without keys of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from routing.model.people import key_clash
from routing.model.problem import Loc
from routing.steps.base import Complaint
from routing.steps.targets import Leg


class Keys(Protocol):
    """A step's keys and the prompt for them."""

    @property
    def confirm(self) -> str | None: ...
    @property
    def confirm_prompt(self) -> str | None: ...
    @property
    def reject(self) -> str | None: ...


def keyed(legs: tuple[Leg, ...], step: Keys) -> tuple[Leg, ...]:
    """The legs with the step's keys on outside phones that have none."""
    if not (step.confirm or step.confirm_prompt or step.reject):
        return legs
    return tuple(_with_keys(leg, step) if leg.phone.number else leg for leg in legs)


def _with_keys(leg: Leg, step: Keys) -> Leg:
    prompt = step.confirm_prompt or leg.phone.confirm_prompt
    confirm, reject = leg.phone.confirm or step.confirm, leg.phone.reject or step.reject
    update = {"confirm": confirm, "confirm_prompt": prompt, "reject": reject}
    return replace(leg, phone=leg.phone.model_copy(update=update))


def clashes(legs: Iterable[Leg], step: Keys, loc: Loc) -> Iterator[Complaint]:
    """Complaints about the step's keys on one of the legs, which `keyed` has merged."""
    if not step.reject and not step.confirm:
        return
    key = "reject" if step.reject else "confirm"
    for leg in legs:
        if leg.phone.number and (wrong := key_clash(leg.phone.confirm, leg.phone.reject)):
            yield (*loc, key), f"{wrong[0]} (`{leg.target}`)", wrong[1]
            return
