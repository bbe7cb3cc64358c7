"""The Grafana dashboard asks for metrics that processes really have, by labels that they have, and misses none."""

from __future__ import annotations

import json
import re
from itertools import combinations

import pytest

from support.documents import DOCS
from support.metrics import METRICS, OF_PROMETHEUS, metrics_in

DASHBOARD = json.loads((DOCS / "grafana/routing.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
#: The journal's counters of what needs no eye: they say how its work is done.
UNSEEN = {
    "routing_journal_known_already_total", "routing_journal_late_legs_total", "routing_journal_remembered_total",
    "routing_journal_forgotten_total", "routing_guesses_refused_total",
    "routing_recogniser_up", "routing_recognition_seconds",
}  # fmt: skip


def _queries() -> list[str]:
    return [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize("query", _queries())
def test_a_query_asks_for_what_there_is(query: str) -> None:
    assert query.count("(") == query.count(")") and query.count("[") == query.count("]")
    (name,) = metrics_in(query)
    kind, labels = METRICS[name]
    by = {label.strip() for listed in re.findall(r"by \(([^)]*)\)", query) for label in listed.split(",")}
    assert by <= labels | OF_PROMETHEUS, name
    is_grown = re.search(rf"(rate|increase)\({name}(_bucket)?\[", query) is not None
    assert is_grown == (kind != "gauge"), "a counter is shown by its growth, a gauge as it is"
    assert ("histogram_quantile" in query) == (kind == "histogram")


def test_no_metric_is_forgotten() -> None:
    assert set(METRICS) - set().union(*map(metrics_in, _queries())) == UNSEEN


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
