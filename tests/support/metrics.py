"""Every metric that the processes have, for tests of what asks for them: the dashboard and the alert rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from types import SimpleNamespace

from routing.engine import metrics
from routing.journal import metrics as journal_metrics
from routing.journal.counts import Counts
from routing.public import pops
from support.documents import HOME

#: Labels that Prometheus itself adds.
OF_PROMETHEUS = {"le", "instance"}
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
    text = journal_metrics.text(Counts()) + screens
    for line in text.splitlines():
        if line.startswith("# TYPE ") and "_requests_" not in line:
            name = line.split()[2]
            yield name, line.split()[3], set(re.findall(rf'^{name}{{(\w+)="', text, re.MULTILINE))
    live, missing, drained = metrics._Live("", (), is_drained=False).collect()
    yield drained.name, "gauge", set()
    yield live.name, "gauge", {"release"}
    yield missing.name, "gauge", {"secret", "purpose", "place"}


METRICS = {name: (kind, labels) for name, kind, labels in _declared()}


def metrics_in(query: str) -> set[str]:
    """The metrics of a query; of a histogram the name without its ending."""
    return {re.sub("_bucket$", "", name) for name in re.findall(r"\brouting_\w+", query)}
