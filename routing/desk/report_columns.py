"""The columns of a report's tables: what each shows, and the calls of the journal that it counts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from routing.desk.alphabetical import alphabetical
from routing.desk.report import TABLES
from routing.desk.texts import Texts
from routing.journal.figures import NUMBER, PERSON, QUEUE, SCHEME, SOURCE, CallSums

COUNT, SHARE, SPAN, MEAN, SCORED = "count", "share", "span", "mean", "scored"
_ANY: Mapping[str, str] = {"direction": "in"}
_MISSED, _ANSWERED = {**_ANY, "status": "missed"}, {**_ANY, "status": "answered"}


@dataclass(frozen=True)
class ReportColumn:
    """A column. ``key``: its text is ``reports.column.<key>``; ``form``: how its values are written; ``journal``: the
    filter that finds its calls, None where the journal has none."""

    key: str
    form: str
    value: Callable[[CallSums], float]
    journal: Mapping[str, str] | None = field(default=None)

    def shown(self, sums: CallSums, texts: Texts) -> str:
        """The value as pages, mails and files show it; a mean or a share of nothing is a dash."""
        value = self.value(sums)
        if self.form == COUNT:
            return texts.number(value)
        if self.form in (MEAN, SCORED):
            return _rated(self.form, sums, texts)
        if not value and not self._has_calls(sums):
            return "–"
        return texts.percent(value) if self.form == SHARE else texts.span(value)

    def _has_calls(self, sums: CallSums) -> bool:
        if self.key == "reached_after":
            return bool(sums.reached)
        return bool(sums.incoming if self.key in ("missed_share", "in_time_of_all") else sums.answered)


def _rated(form: str, sums: CallSums, texts: Texts) -> str:
    """The mean score, or how many gave one and, from 1 to 5, which."""
    if not sums.rated:
        return "–"
    if form == MEAN:
        return texts.number(round(sums.mean_rating, 1))
    return f"{texts.number(sums.rated)} ({'/'.join(map(str, sums.scores.values()))})"


CALLS = ReportColumn("calls", COUNT, lambda sums: sums.incoming, _ANY)
ANSWERED = ReportColumn("answered", COUNT, lambda sums: sums.answered, _ANSWERED)
MISSED = ReportColumn("missed", COUNT, lambda sums: sums.missed, _MISSED)
MISSED_SHARE = ReportColumn("missed_share", SHARE, lambda sums: sums.missed_share)
IN_TIME = ReportColumn("in_time", SHARE, lambda sums: sums.in_time_share)
MEAN_WAIT = ReportColumn("mean_wait", SPAN, lambda sums: sums.mean_wait_s)
MEAN_TALK = ReportColumn("mean_talk", SPAN, lambda sums: sums.mean_talk_s)
NEVER = ReportColumn("never_reached", COUNT, lambda sums: sums.never_reached)
REACHED = ReportColumn("reached", COUNT, lambda sums: sums.reached)
LONGEST = ReportColumn("longest", SPAN, lambda sums: sums.longest_s)
OUTGOING = ReportColumn("outgoing", COUNT, lambda sums: sums.outgoing, {"direction": "out"})
RATING = ReportColumn("rating", MEAN, lambda sums: sums.mean_rating, {"rating": "rated"})
RATINGS = ReportColumn("ratings", SCORED, lambda sums: sums.rated, {"rating": "rated"})
#: Columns of ratings: without any rating in a report they are left out.
OF_RATINGS = (RATING, RATINGS)
#: Of each day: the chart's table.
DAY_COLUMNS = (CALLS, ANSWERED, MISSED, MISSED_SHARE, IN_TIME, MEAN_WAIT, MEAN_TALK, REACHED, NEVER, OUTGOING)
_ALIKE = (CALLS, ANSWERED, MISSED, MISSED_SHARE, IN_TIME, MEAN_WAIT, MEAN_TALK, REACHED, NEVER)
_ALIKE_RATED = (*_ALIKE, *OF_RATINGS)
_NO_LINKS = tuple(ReportColumn(each.key, each.form, each.value) for each in _ALIKE_RATED)
_UNLINKED = _NO_LINKS[-len(OF_RATINGS) :]
COLUMNS: Mapping[str, Sequence[ReportColumn]] = {
    PERSON: (
        ReportColumn("rang", COUNT, lambda sums: sums.incoming, _ANY),
        ReportColumn("talks", COUNT, lambda sums: sums.answered),
        ReportColumn("rang_missed", COUNT, lambda sums: sums.missed, _MISSED),
        IN_TIME, MEAN_WAIT, MEAN_TALK, LONGEST,
        ReportColumn("outgoing", COUNT, lambda sums: sums.outgoing),
        ReportColumn("they_reached", COUNT, lambda sums: sums.reached),
        ReportColumn("reached_after", SPAN, lambda sums: sums.mean_reached_s),
        *_UNLINKED,
    ),
    SCHEME: _ALIKE_RATED,
    NUMBER: _ALIKE_RATED,
    SOURCE: _NO_LINKS,
    QUEUE: (
        ReportColumn("waited", COUNT, lambda sums: sums.incoming, {}),
        ReportColumn("answered", COUNT, lambda sums: sums.answered),
        IN_TIME,
        ReportColumn("in_time_of_all", SHARE, lambda sums: sums.in_time_of_all),
        ReportColumn("abandoned", COUNT, lambda sums: sums.missed),
        ReportColumn("short", COUNT, lambda sums: sums.short),
        ReportColumn("went_on", COUNT, lambda sums: sums.went_on),
        MEAN_WAIT, LONGEST, *_UNLINKED,
    ),
}  # fmt: skip


def columns_of(kind: str, total: CallSums) -> Sequence[ReportColumn]:
    """The columns of a table of a report with this total."""
    keys = {each.key for each in OF_RATINGS} if not total.surveyed else set()
    return [each for each in COLUMNS[kind] if each.key not in keys]


#: How tables are sorted until a header is clicked: the busiest first.
USUAL_SORT = {kind: COLUMNS[kind][0].key for kind in TABLES}


@dataclass(frozen=True, slots=True)
class ReportSort:
    """By which column a table is sorted; ``name`` is by name."""

    table: str = ""
    column: str = ""
    rising: bool = False

    def of(self, table: str) -> tuple[str, bool]:
        """Column and direction of a table."""
        return (self.column, self.rising) if self.table == table else (USUAL_SORT[table], False)


def sort_of(given: str) -> ReportSort:
    """``person.missed``, ``person.missed.up`` as it stands in an address; anything else is the usual sort."""
    table, _, rest = given.partition(".")
    column, _, way = rest.partition(".")
    if table not in TABLES or column not in ("name", *(each.key for each in COLUMNS[table])):
        return ReportSort()
    return ReportSort(table, column, way == "up")


def sorted_names(table: str, rows: Mapping[str, CallSums], sort: ReportSort, shown: Callable[[str], str]) -> list[str]:
    """A table's names in order."""
    key, rising = sort.of(table)
    names = sorted(rows, key=lambda name: alphabetical(shown(name)))
    if key == "name":
        return names if rising else names[::-1]
    column = next(each for each in COLUMNS[table] if each.key == key)
    return sorted(names, key=lambda name: column.value(rows[name]), reverse=not rising)
