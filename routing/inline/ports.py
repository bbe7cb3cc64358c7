"""The ports of decisions that need Redis and the release alone. Every other port refuses: its kinds ask the engine."""

from __future__ import annotations

import random
import time
from typing import Any, NoReturn

from routing.decide.ports import Ports
from routing.process.memory import duties_in, memory_in
from routing.release.tables import Releases
from routing.store.client import RedisStore

#: The ports that a decision inside FreeSWITCH has.
HAS = frozenset({"directory", "memory", "duties", "now", "chance"})


class NotInline(Exception):
    """A step that needs more than Redis was decided inside FreeSWITCH: its release is of another version."""


def _refuses(*_: Any) -> NoReturn:
    raise NotInline("this step is decided by the engine")


class _Refusing:
    def __getattr__(self, name: str) -> NoReturn:
        _refuses()


def ports_of(releases: Releases, redis: RedisStore | None) -> Ports:
    """The ports over one Redis; without one each lookup fails."""
    refusing: Any = _Refusing()
    return Ports(
        directory=releases.directory,
        responsible=_refuses,
        webhook=_refuses,
        crm=_refuses,
        holder=_refuses,
        memory=memory_in(redis),
        duties=duties_in(redis),
        presence=_refuses,
        callbacks=refusing,
        guesses=refusing,
        ratings=refusing,
        voice=refusing,
        recognisers=refusing,
        now=time.time,
        chance=random.random,
    )
