"""A release as the engine reads it: a directory and one scheme with webhook steps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAME = "abcdef012345"
TABLE = {
    "project": "standartpark",
    "country": "UA",
    "people": {"ivan": {"phones": ["desk", "mobile"]}},
    "accounts": {"1001": "ivan.desk"},
    "extensions": {"101": "ivan"},
    "destinations": [r"^\+380\d{9}$"],
}


def write_release(root: Path, **steps: dict[str, Any]) -> str:
    """Write a release below ``root``; the path that calls name it by."""
    home = root / "releases" / NAME
    (home / "schemes").mkdir(parents=True)
    (home / "table.json").write_text(json.dumps(TABLE))
    for scheme, content in {"kharkiv": steps, "lviv": {}, "greeting": {}}.items():
        table = {"scheme": scheme, "answers_first": scheme == "greeting", "steps": content}
        (home / "schemes" / f"{scheme}.json").write_text(json.dumps(table))
    return str(home)


def webhook(url: str = "http://handler.example/route", **settings: Any) -> dict[str, Any]:
    """A webhook step as compile writes it."""
    usual = {"kind": "webhook", "url": url, "form": "routing", "method": "POST", "submit": "json", "import": "json"}
    return {**usual, "timeout_s": 2.0, "ring_s": 30, "send": {}, "answer_key": None, "secret": None, **settings}
