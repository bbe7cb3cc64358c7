"""The coverage of scheme tests as text, and as a marked listing of the schemes' files. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.testing.cover import Cover, Item
from routing.testing.places import Places

_LABELS = {"step": "step {}", "branch": "branch {}", "answer": "answer to {}", "fallback": "fallback of {}"}
_PLURALS = {"step": "steps", "branch": "branches", "answer": "answers", "fallback": "fallbacks"}
_NOTES = {"answer": "no test's call gets an answer", "fallback": "no test's call takes the fallback"}
#: Branches that have no line, by the end of their path; others are schemes of an `open_branch`.
_UNWRITTEN = {
    "otherwise": "no test's call matches none of these",
    "extension": "no test's caller dials an extension",
    "open": "no test's call comes in opening hours",
    "closed": "no test's call comes outside opening hours",
    "none": "no test's call comes while all are closed",
}


def total(cover: Cover) -> str:
    """One line: ``cover 89 %: 22 of 23 steps, 6 of 8 branches, ...``."""
    totals = ((word, cover.counts(kind)) for kind, word in _PLURALS.items())  # type: ignore[arg-type]
    counts = [f"{seen} of {count} {word}" for word, (seen, count) in totals if count]
    return f"cover {_percent(cover)} %: {', '.join(counts)}"


def _percent(cover: Cover) -> int:
    """Rounded down: 100 means everything."""
    return int(cover.percent)


def gaps(cover: Cover, places: Mapping[str, Places]) -> Iterator[str]:
    """Schemes with missed items, one line for each item.

    ``kharkiv 5 of 7, never visited:`` and ``  schemes/kharkiv.yaml:14: step 3 (ring)``.
    """
    for scheme, items in cover.schemes.items():
        missed, where = cover.missed(scheme), places.get(scheme)
        if len(missed) == len(items):
            yield f"{scheme} 0 of {len(items)}: no test's call enters it"
        elif missed:
            yield f"{scheme} {len(items) - len(missed)} of {len(items)}, never visited:"
            yield from (f"  {_named(item, where)}" for item in _outermost(missed))


def _outermost(missed: Sequence[Item]) -> Iterator[Item]:
    """The missed items that are not inside another missed step or branch."""
    paths: list[str] = []
    for item in missed:
        if not any(item.path == path or item.path.startswith(f"{path}.") for path in paths):
            yield item
        if item.kind in ("step", "branch"):
            paths.append(item.path)


def _named(item: Item, where: Places | None) -> str:
    name = _LABELS[item.kind].format(item.path)
    if where is None:
        return name
    holder = item.path if item.path in where.lines else item.path.rpartition(".")[0]
    place = f"{where.file}:{where.lines[holder][0]}: " if holder in where.lines else ""
    kind = where.kinds.get(item.path)
    return f"{place}{name} ({kind})" if kind else f"{place}{name}"


@dataclass(frozen=True)
class ListingRow:
    """A line of a scheme's file: its number of calls (None: nothing to visit), whether a part is missed, notes."""

    number: int
    text: str
    visits: int | None
    partly: bool = False
    notes: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """``visited``, ``partly``, ``missed``, or nothing."""
        if self.visits is None:
            return ""
        return "missed" if not self.visits else "partly" if self.partly else "visited"


def rows(cover: Cover, scheme: str, where: Places) -> list[ListingRow]:
    """The lines of a scheme's file with their visits."""
    visits = {item.path: count for item, count in cover.visits.items() if _is_place(item, scheme)}
    owners = _owners(where)
    notes = _notes(cover, scheme, where)
    found = []
    for number, text in enumerate(where.text.splitlines(), 1):
        counts = [visits[path] for path in owners.get(number, ()) if path in visits]
        if not text.strip() or text.lstrip().startswith("#"):
            counts = []
        partly = bool(counts) and min(counts) == 0 < max(counts)
        line_notes = tuple(notes.get(number, ()))
        found.append(ListingRow(number, text, max(counts) if counts else None, partly or bool(line_notes), line_notes))
    return found


def _is_place(item: Item, scheme: str) -> bool:
    return item.scheme == scheme and item.kind in ("step", "branch")


def _owners(where: Places) -> dict[int, list[str]]:
    """Line -> the innermost steps and branches on it; several can share a line."""
    owners: dict[int, list[str]] = {}
    for path, (first, last) in where.lines.items():
        for line in range(first, last + 1):
            shared = [other for other in owners.get(line, ()) if where.lines[other] == (first, last)]
            within = [other for other in owners.get(line, ()) if where.lines[other] == (line, line) and first == last]
            owners[line] = [*dict.fromkeys([*shared, *within]), path]
    return owners


def _notes(cover: Cover, scheme: str, where: Places) -> dict[int, list[str]]:
    """Notes for missed items without a line, at the first line of their step."""
    notes: dict[int, list[str]] = {}
    visits = cover.visits
    for item in cover.missed(scheme):
        step = item.path.rpartition(".")[0] if item.kind == "branch" else item.path
        reached = visits.get(Item(scheme, "step", step), 0)
        if item.kind == "step" or not reached or (item.kind == "branch" and item.path in where.lines):
            continue
        branch = item.path.rpartition(".")[2]
        note = _NOTES.get(item.kind) or _UNWRITTEN.get(branch) or f"no test's call goes to {branch}"
        if step in where.lines:
            notes.setdefault(where.lines[step][0], []).append(note)
    return notes


def listing(cover: Cover, places: Mapping[str, Places]) -> str:
    """Every scheme's file with the number of calls at each line; ``-----`` for none."""
    parts = [f"{total(cover)}\n"]
    for scheme in cover.schemes:
        if where := places.get(scheme):
            parts.append(f"\n{where.file}\n")
            parts += [_text(row) for row in rows(cover, scheme, where)]
    return "".join(parts)


def _text(row: ListingRow) -> str:
    gutter = {"missed": "-----", "": ""}.get(row.state, str(row.visits))
    notes = f"    <- {'; '.join(row.notes)}" if row.notes else ""
    return f"{gutter:>6} {row.number:>4}  {row.text}{notes}".rstrip() + "\n"


_STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; color: #1a1a1a; background: #fff }
h2 { font-size: 1rem; margin: 2rem 0 .4rem } h2 small { color: #666; font-weight: normal }
table { border-collapse: collapse; font: 13px/1.5 ui-monospace, monospace; width: 100% }
td { padding: 0 .6rem; white-space: pre-wrap } td.n { color: #666; text-align: right; width: 3rem; user-select: none }
.visited td.n { background: #c8ecd0 } .partly td { background: #fff3c4 } .missed td { background: #ffdad6 }
em { color: #8a5a00; font-style: normal; padding-left: 1.5rem } .missed em { color: #a3140b }
""".strip()


def page(cover: Cover, places: Mapping[str, Places]) -> str:
    """The listing as one self-contained HTML page; the schemes with most missed items first."""
    schemes = sorted(cover.schemes, key=lambda scheme: (-len(cover.missed(scheme)), scheme))
    body = "".join(_section(cover, scheme, places[scheme]) for scheme in schemes if scheme in places)
    title = html.escape(total(cover))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en">{head}\n<h1>{title}</h1>\n{body}</html>\n'


def _section(cover: Cover, scheme: str, where: Places) -> str:
    count = len(cover.schemes[scheme])
    seen = count - len(cover.missed(scheme))
    lines = "".join(_line(row) for row in rows(cover, scheme, where))
    head = f"<h2>{html.escape(scheme)} <small>{html.escape(where.file)}, {seen} of {count}</small></h2>"
    return f"{head}\n<table>\n{lines}</table>\n"


def _line(row: ListingRow) -> str:
    visits = "" if row.visits is None else str(row.visits)
    notes = "".join(f"<em>{html.escape(note)}</em>" for note in row.notes)
    text = f"{html.escape(row.text)}{notes}"
    return f'<tr class="{row.state}"><td class="n">{visits}<td class="n">{row.number}<td>{text}\n'
