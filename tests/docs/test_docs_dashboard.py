"""The Grafana dashboard asks for metrics that processes really have, by labels that they have, and misses none."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import combinations
from types import SimpleNamespace

import pytest

from routing.engine import metrics
from routing.journal import metrics as journal_metrics
from routing.journal.counts import Counts
from routing.public import pops
from support.documents import DOCS, HOME

DASHBOARD = json.loads((DOCS / "grafana/routing.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
#: Labels that Prometheus itself adds.
OF_PROMETHEUS = {"le", "instance"}
#: The journal's counters of what needs no eye: they say how its work is done.
UNSEEN = {
    "routing_journal_known_already_total", "routing_journal_late_legs_total", "routing_journal_remembered_total",
    "routing_journal_forgotten_total", "routing_guesses_refused_total",
    "routing_recogniser_up", "routing_recognition_seconds",
}  # fmt: skip
_KINDS = {"Counter": "counter", "Gauge": "gauge", "Histogram": "histogram"}


def _declared() -> Iterator[tuple[str, str, set[str]]]:
    """Every metric that the code declares: its name as Prometheus knows it, its type, its labels."""
    for file in sorted((HOME / "routing").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = getattr(getattr(node, "func", None), "id", "") if isinstance(node, ast.Call) else ""
            if called in _KINDS and node.args and isinstance(node.args[0], ast.Constant):
                name = str(node.args[0].value) + ("_total" if called == "Counter" else "")
                listed = node.args[2] if len(node.args) > 2 else ast.List(elts=[])
                labels = {each.value for each in getattr(listed, "elts", ()) if isinstance(each, ast.Constant)}
                yield name, _KINDS[called], {str(label) for label in labels}
    screens = pops._counts(SimpleNamespace(open=0, lost=0))[1]().decode()
    for line in (journal_metrics.text(Counts()) + screens).splitlines():
        if line.startswith("# TYPE ") and "_requests_" not in line:
            yield line.split()[2], line.split()[3], set()
    live, missing = metrics._Live("", ()).collect()
    yield live.name, "gauge", {"release"}
    yield missing.name, "gauge", {"secret", "purpose", "place"}


METRICS = {name: (kind, labels) for name, kind, labels in _declared()}


def _queries() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


def _asked(query: str) -> set[str]:
    """The metrics of a query; of a histogram the name without its ending."""
    return {re.sub("_bucket$", "", name) for name in re.findall(r"\brouting_\w+", query)}


@pytest.mark.parametrize("query", _queries())
def test_a_query_asks_for_what_there_is(query: str) -> None:
    assert query.count("(") == query.count(")") and query.count("[") == query.count("]")
    (name,) = _asked(query)
    kind, labels = METRICS[name]
    by = {label.strip() for listed in re.findall(r"by \(([^)]*)\)", query) for label in listed.split(",")}
    assert by <= labels | OF_PROMETHEUS, name
    is_grown = re.search(rf"(rate|increase)\({name}(_bucket)?\[", query) is not None
    assert is_grown == (kind != "gauge"), "a counter is shown by its growth, a gauge as it is"
    assert ("histogram_quantile" in query) == (kind == "histogram")


def test_no_metric_is_forgotten() -> None:
    assert set(METRICS) - set().union(*map(_asked, _queries())) == UNSEEN


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows(panel: dict) -> None:
    assert panel["description"].endswith(".") and panel["fieldConfig"]["defaults"]["unit"]
    shown = [target["legendFormat"] for target in panel["targets"]]
    assert len(set(shown)) == len(shown) and all(shown)
    for target in panel["targets"]:
        by = {label.strip() for listed in re.findall(r"by \(([^)]*)\)", target["expr"]) for label in listed.split(",")}
        assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= by
        assert target["datasource"] == panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_stand_beside_each_other() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for one, other in combinations([panel["gridPos"] for panel in DASHBOARD["panels"]], 2):
        is_beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert is_beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in PANELS)
