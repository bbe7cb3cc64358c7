"""A call's path as lines: its events, and at their places the expected ones that are missing, as a diff. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from routing.offline.events import TOGETHER, Event
from routing.offline.ladder import ladder
from routing.testing.kinds import Expectation, describe, engine_answer, is_kind
from routing.testing.run import CaseResult

#: Kinds that a ladder omits; they are shown where a test names them.
_QUIET = ("notify", "hears", "step")


@dataclass(frozen=True)
class PathLine:
    """One line: `` `` as expected or without an expectation, ``-`` missing, ``+`` instead of it or not allowed.

    ``kind`` is the event's, for colours; ``line`` is that of the expectation in its file, 0 where there is none.
    """

    sign: str
    at_ms: int | None
    place: str
    kind: str
    word: str
    text: str
    line: int = 0


def path(result: CaseResult) -> list[PathLine]:
    """The events of a case's call and the missing ones, in order."""
    missing = [failure for failure in result.failures if failure.before is not None]
    wrong = {index for failure in result.failures for index in failure.wrong}
    quiet = _named(result)
    lines: list[PathLine] = []
    for index, event in enumerate(result.events):
        lines += [_missing(each.expectation) for each in missing if each.before == index and each.expectation]
        lines += _happened(event, "+" if index in wrong else " ", quiet, always=index in wrong)
    return list(_gathered(lines))


def plain(lines: Sequence[PathLine], file: str = "") -> Iterator[str]:
    """The lines as text; ``file`` names the file of the expectations."""
    for line in lines:
        at = "" if line.at_ms is None else f"{line.at_ms / 1000:.1f}"
        where = f"   <- {file}:{line.line}" if file and line.line else ""
        yield f"{line.sign} {at:>6}  {line.place:<18} {line.word:<9} {line.text}{where}".rstrip()


def _named(result: CaseResult) -> set[str]:
    """Quiet kinds that the test names."""
    expected = result.case.sample.expected
    every = [*expected.expect, *expected.exactly, *expected.never]
    return {expectation.kind for expectation in every if expectation.kind in _QUIET}


def _missing(expectation: Expectation) -> PathLine:
    kind, _, what = str(expectation).partition(": ")
    return PathLine("-", None, "", kind, kind, what, expectation.line)


def _happened(event: Event, sign: str, quiet: set[str], *, always: bool) -> Iterator[PathLine]:
    place = "/".join(part for part in (event.scheme, event.step) if part)
    line = PathLine(sign, event.at_ms, place, event.kind, event.kind, "")
    kind = next((kind for kind in _QUIET if is_kind(event, kind)), "")
    if kind:
        if always or kind in quiet:
            yield replace(line, word=kind, text=describe(event, kind).replace(" ", ", "))
    elif event.kind in ("decision", "fallback"):
        reason = event.detail.partition(" (")[2].removesuffix(")") if event.kind == "decision" else event.detail
        word = "engine" if ":" in event.subject else event.subject
        yield replace(line, word=word, text=f"{engine_answer(event)}  ({reason})" if reason else engine_answer(event))
    elif event.kind == "voicemail":
        yield replace(line, text=f"{describe(event, 'voicemail')} ({event.lasted_ms / 1000:.1f} s)")
    elif event.kind != "record":
        for row in ladder([event]):
            yield replace(line, word=row.word, text=row.text)


def _gathered(lines: Sequence[PathLine]) -> Iterator[PathLine]:
    """Phones that begin to ring at the same moment share a line; so do labels of one step."""
    kept: PathLine | None = None
    for line in lines:
        alike = kept is not None and _where(kept) == _where(line)
        if kept and alike and line.kind in TOGETHER and line.sign != "-":
            kept = replace(kept, text=f"{kept.text}, {line.text}")
            continue
        if kept:
            yield kept
        kept = line
    if kept:
        yield kept


def _where(line: PathLine) -> tuple[str, str, int | None, str]:
    return line.kind, line.sign, line.at_ms, line.place
