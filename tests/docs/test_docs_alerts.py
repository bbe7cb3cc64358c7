"""The alert rules ask for metrics that there are, by labels that they have, and each fires in a test of promtool's."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from support.documents import HOME
from support.metrics import METRICS, OF_PROMETHEUS, metrics_in

FOLDER = HOME / "tools" / "prometheus"
RULES = yaml.safe_load((FOLDER / "routing.rules.yml").read_text("utf-8"))["groups"][0]["rules"]
TESTS = yaml.safe_load((FOLDER / "routing.tests.yml").read_text("utf-8"))["tests"]
promtool = pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not found (Debian: prometheus)")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_what_there_is(rule: dict) -> None:
    metrics = metrics_in(rule["expr"])
    assert metrics or rule["expr"].startswith("up{")
    labels = set().union(*(METRICS[name][1] for name in metrics)) | OF_PROMETHEUS | {"job"}
    used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"] + rule["annotations"]["description"]))
    used |= set(re.findall(r"(\w+)=\"", rule["expr"]))
    used |= {each.strip() for listed in re.findall(r"by \(([^)]*)\)", rule["expr"]) for each in listed.split(",")}
    assert used <= labels, rule["alert"]
    for name in metrics:
        is_grown = re.search(rf"(rate|increase)\({name}(_bucket)?[\[{{]", rule["expr"]) is not None
        assert is_grown == (METRICS[name][0] != "gauge"), "a counter is judged by its growth, a gauge as it is"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_it_means(rule: dict) -> None:
    assert rule["labels"]["severity"] in ("warning", "critical")
    summary, description = (rule["annotations"][name] for name in ("summary", "description"))
    assert not summary.endswith(".") and description.endswith((".", "?")) and len(summary) < 100


def test_each_rule_fires_in_a_test_and_is_silent_in_one() -> None:
    fired = [each["alertname"] for test in TESTS for each in test["alert_rule_test"] if each["exp_alerts"]]
    silent = [each["alertname"] for test in TESTS for each in test["alert_rule_test"] if not each["exp_alerts"]]
    names = [rule["alert"] for rule in RULES]
    assert sorted(fired) == sorted(silent) == sorted(set(names)) == sorted(names)


@promtool
@pytest.mark.process
def test_prometheus_reads_the_rules_and_lets_them_fire() -> None:
    for what, file in (("check", "routing.rules.yml"), ("test", "routing.tests.yml")):
        done = subprocess.run(
            ["promtool", what, "rules", file], cwd=FOLDER, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
