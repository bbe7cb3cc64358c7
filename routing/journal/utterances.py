"""The journal's rows of what callers said at speech menus: which are old, which are not encrypted, what became of
them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, and_, bindparam, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.journal.record import UtteranceRecord
from routing.journal.rows import INDEXED_LETTERS, row_of, storable
from routing.journal.schema import CLEAR_UTTERANCES, KEPT_UTTERANCES, utterances

#: So many tell where files are.
_LOOKED_AT = 100
COLUMNS = tuple(UtteranceRecord.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class KeptUtterance:
    """An utterance whose file was not deleted."""

    call: str
    until: float
    path: str


def rows_of(call: str, found: Sequence[UtteranceRecord]) -> list[Mapping[str, object]]:
    """Rows of a call's utterances."""
    return [row_of(each, COLUMNS) | {"call": call} for each in found]


def of_calls(connection: Connection, calls: Sequence[str]) -> dict[str, tuple[UtteranceRecord, ...]]:
    """The utterances of calls, in their order."""
    query = select(utterances).where(utterances.c.call.in_(calls)).order_by(utterances.c.heard_at, utterances.c.path)
    found = defaultdict(list)
    for row in connection.execute(query).mappings():
        found[row["call"]].append(UtteranceRecord(**{name: row[name] for name in COLUMNS}))
    return {call: tuple(each) for call, each in found.items()}


def kept_paths(connection: Connection, calls: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The paths of calls' utterances that nobody has deleted."""
    return {
        call: tuple(each.path for each in found if not each.gone) for call, found in of_calls(connection, calls).items()
    }


def due(engine: Engine, now: float, keep_s: float, after: tuple[float, str], most: int) -> list[KeptUtterance]:
    """Utterances that have to go, after a position in their order: (until, path). ``keep_s``: that of now, 0 for none;
    without one they go when it was said that they would."""
    is_due: ColumnElement[bool] = utterances.c.until < now
    if keep_s:
        is_due = or_(is_due, utterances.c.heard_at < now - keep_s)
    return _page(engine, KEPT_UTTERANCES, after, most, is_due)


def to_seal(engine: Engine, after: tuple[float, str], most: int) -> list[KeptUtterance]:
    """Utterances that are not encrypted, after a position in their order: (until, path)."""
    return _page(engine, CLEAR_UTTERANCES, after, most)


def _page(
    engine: Engine, condition: str, after: tuple[float, str], most: int, *others: ColumnElement[bool]
) -> list[KeptUtterance]:
    order = utterances.c.until, utterances.c.path
    place = or_(order[0] > after[0], and_(order[0] == after[0], order[1] > after[1]))
    query = select(utterances.c.call, *order).where(text(condition), place, *others).order_by(*order).limit(most)
    with engine.connect().execution_options(reads=True) as connection:
        return [KeptUtterance(*row) for row in connection.execute(query)]


def folders(engine: Engine) -> list[Path]:
    """The folders of utterances, by the newest ones: each node may have its own place."""
    query = select(utterances.c.path).order_by(utterances.c.until.desc()).limit(_LOOKED_AT)
    with engine.connect().execution_options(reads=True) as connection:
        return sorted({Path(path).parents[1] for path in connection.scalars(query)})


def known(engine: Engine, day: Path) -> set[str]:
    """The paths of a day's utterances."""
    begins, ends = f"{day}/", f"{day}0"  # the sign behind the slash
    query = select(utterances.c.path).where(utterances.c.path > begins, utterances.c.path < ends)
    with engine.connect().execution_options(reads=True) as connection:
        return {path for path in connection.scalars(query) if path.startswith(begins)}


def add(engine: Engine, found: Mapping[str, Sequence[UtteranceRecord]]) -> None:
    """Add utterances to recorded calls, by the calls' ids."""
    rows = [row for call, some in found.items() for row in rows_of(call, some)]
    if rows:
        with engine.begin() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            connection.execute(insert(utterances).on_conflict_do_nothing(), rows)


def count(engine: Engine) -> int:
    """How many there are whose file was not deleted."""
    query = select(func.count()).select_from(utterances).where(text(KEPT_UTTERANCES))
    with engine.connect().execution_options(reads=True) as connection:
        return connection.execute(query).scalar_one()


def note_sealed(engine: Engine, paths: Sequence[str]) -> None:
    """These are encrypted."""
    _note(engine, paths, {"sealed": True})


def note_gone(engine: Engine, paths: Sequence[str], now: float, why: str) -> None:
    """These are deleted, and what was heard in them is forgotten."""
    _note(engine, paths, {"gone": now, "gone_why": storable(why, INDEXED_LETTERS), "heard": ""})


def _note(engine: Engine, paths: Sequence[str], values: Mapping[str, object]) -> None:
    if paths:
        query = update(utterances).where(utterances.c.path == bindparam("one"), utterances.c.gone == 0).values(**values)
        with engine.begin() as connection:
            connection.execute(query, [{"one": each} for each in sorted(paths)])
