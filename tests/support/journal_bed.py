"""A spool, a database and workers on them, which can be killed at any operation on files or SQL."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, event, text

from routing.journal import cdr, parse
from routing.journal.database import open_database
from routing.journal.gather import Gatherer
from routing.journal.spool import Spool
from routing.journal.worker import JournalWorker

CDR = Path(__file__).parents[1] / "journal" / "cdr"
#: Past every time that a file waits for others.
LATER_S = 200.0


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Fuse:
    """Burns down by one with every operation and kills at zero, every operation from then on; never when negative."""

    left: int = -1
    used: int = 0

    def burn(self) -> None:
        self.used += 1
        if self.left == 0:
            raise Killed
        self.left -= 1


@dataclass(frozen=True)
class MortalSpool(Spool):
    """A spool whose operations burn the fuse before they are done."""

    fuse: Fuse = field(default_factory=Fuse)

    def listing(self):
        self.fuse.burn()
        return super().listing()

    def read(self, name):
        self.fuse.burn()
        return super().read(name)

    def remove(self, names):
        stay = []
        for name in names:
            self.fuse.burn()
            stay += super().remove([name])
        return stay

    def put_aside(self, name):
        self.fuse.burn()
        super().put_aside(name)


def mortal(engine: Engine, fuse: Fuse) -> Engine:
    """The engine, burning the fuse before each statement and around each commit."""
    event.listen(engine, "before_cursor_execute", lambda *_: fuse.burn())
    event.listen(engine, "commit", lambda *_: fuse.burn())
    return engine


class Bed:
    """``log`` collects the log lines as (level, event, facts); ``clock_s`` is added to the machine's time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.spool = folder, folder / "spool"
        self.database = str(folder / "journal.db")
        self.log: list[tuple[str, str, dict]] = []
        self.clock_s = 0.0
        self.engines: list[Engine] = []

    def now(self) -> float:
        return time.time() + self.clock_s

    def worker(self, fuse: Fuse | None = None, size_of=lambda path: 100, **words) -> JournalWorker:
        fuse = fuse or Fuse()
        engine = open_database(self.database, migrate=False)
        self.engines.append(engine)
        place = parse.ParseContext(size_of, lambda release: "bed")
        gatherer = Gatherer(MortalSpool(self.spool, fuse), place, self.write, self.now)
        return JournalWorker(mortal(engine, fuse), gatherer, self.write, self.now, **words)

    def write(self, level, event, **facts):
        self.log.append((level, event, facts))

    def put(self, *cases: str, cut: int | None = None) -> list[str]:
        """FreeSWITCH writes the files of cases (of one case a whole folder); returns their names."""
        names = []
        for case in cases:
            for file in sorted((CDR / case).iterdir()):
                (self.spool / file.name).write_bytes(file.read_bytes()[:cut])
                names.append(file.name)
        return names

    def left(self) -> list[str]:
        """Files in the spool."""
        return sorted(path.name for path in self.spool.iterdir() if path.is_file())

    def rows(self, table: str) -> list[tuple]:
        """Everything in a table, in a fixed order."""
        engine = open_database(self.database, migrate=False)
        with engine.connect() as connection:
            rows = sorted(tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}")))
        engine.dispose()
        return rows

    def journal(self) -> dict[str, list[tuple]]:
        """Everything recorded."""
        return {table: self.rows(table) for table in ("calls", "steps", "legs")}

    def close(self) -> None:
        for engine in self.engines:
            engine.dispose()


def whole(case: str, size_of=lambda path: 100, **words):
    """The record of a case's call, parsed without any disk but its files."""
    legs = {name[0]: cdr.read((CDR / case / file).read_bytes()) for file, name in _files(case).items() if not name[1]}
    (a_leg,) = (cdr.read((CDR / case / file).read_bytes()) for file, name in _files(case).items() if name[1])
    place = parse.ParseContext(size_of, lambda release: "bed", **words)
    return parse.call(a_leg, legs, place)


def _files(case: str):
    return {file.name: cdr.leg_of(file.name) for file in (CDR / case).iterdir()}
