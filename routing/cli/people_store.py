"""What commands share that change a setting of a person in the engine's Redis."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from routing.cli.errors import UserError
from routing.model.decision import ID
from routing.model.memory import Forgotten
from routing.model.problem import did_you_mean
from routing.store.address import BadAddress, parse
from routing.store.client import RedisStore
from routing.store.embedded import url

TIMEOUT_SECONDS = 2.0


def must_be_known(person: str, people: Collection[str]) -> None:
    """Raises UserError for a name that is nobody's."""
    if not ID.fullmatch(person) or person not in people:
        hint = did_you_mean(person, people) or "names are those of `people:`, as in `ivan`"
        raise UserError(f"nobody is called `{person}` ({hint})")


@contextmanager
def people_store(root: Path, redis: str) -> Iterator[RedisStore]:
    """The engine's Redis: ``redis``, or that of the root. Raises UserError, also for what fails inside (Forgotten)."""
    try:
        store = RedisStore(parse(redis or url(root)), budget_s=TIMEOUT_SECONDS)
    except BadAddress as problem:
        raise UserError(f"--redis: {problem}") from None
    try:
        yield store
    except Forgotten as problem:
        hint = "" if redis else " (hint: it is that of `routing serve`, which must run; or use --redis)"
        raise UserError(f"{problem}{hint}") from None
    finally:
        store.close()
