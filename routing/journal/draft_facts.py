"""Facts of an executed step that several kinds show: the engine's decision, the branch that the call took. Pure."""

from __future__ import annotations

import re

from routing.journal.drafts import Draft

_DECISION = "routing_decision"


def decision(draft: Draft) -> tuple[str, str, float]:
    """The engine's last decision without the step's path, its verdict, and how long it took, in ms (-1: none came)."""
    sent_at, found = 0.0, ("", "", -1.0)
    for app in draft.apps:
        if app.name == "socket":
            sent_at, found = app.at, ("", "", -1.0)
        elif sent_at and _DECISION in app.data and (settings := dict(app.settings())):
            chosen, took = settings.get(_DECISION, "").partition(":")[2], settings.get("routing_took_ms", "")
            if not chosen:
                continue  # cleared before the next decision request
            took_ms = float(took) if re.fullmatch(r"\d{1,6}(\.\d+)?", took) else round((app.at - sent_at) * 1000, 1)
            sent_at, found = 0.0, (chosen, settings.get("routing_verdict", ""), took_ms)
    return found


def branch(draft: Draft) -> str:
    """The branch of the step that the call took; "" for none."""
    below = f"{draft.path}."
    return draft.following[len(below) :].partition(".")[0] if draft.following.startswith(below) else ""
