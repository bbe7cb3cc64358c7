"""Ports of decisions for a test: those that it gives, and a failure for every other that is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, NoReturn

from routing.decide.ports import Ports


class Unasked:
    """Stands where a test gives no port."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: object) -> NoReturn:
        raise AssertionError(f"the port {self._name} was asked")

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        return self


def given(**ports: Any) -> Ports:
    """Only these may be asked."""
    return Ports(**{field.name: ports.get(field.name) or Unasked(field.name) for field in fields(Ports)})
