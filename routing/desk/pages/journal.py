"""The journal: one row a call."""

from __future__ import annotations

from typing import Any

from flask import Flask, render_template

from routing.desk.current import needs
from routing.model.desk import Right


def add(app: Flask) -> None:
    """Its address."""
    app.add_url_rule("/journal", "journal", journal)


@needs(Right.CALLS)
def journal() -> Any:
    """The list of calls."""
    return render_template("journal.html")
