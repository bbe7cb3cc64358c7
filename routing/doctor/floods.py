"""Floods of calls to numbers that the company pays for: whether somebody watches for them, and what is refused now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from routing.doctor.diagnosis import Diagnosis, ok, warning, wrong
from routing.doctor.node import CheckedNode
from routing.model.flood import SIGNS, TABLE
from routing.release.floods import Standing, standing
from routing.release.known_callers import watched_s

#: The guard says every few seconds that it watches; a busy journal may be late.
LATE_SECONDS = 120
MOST_NAMED = 5


def floods(node: CheckedNode) -> Iterator[Diagnosis]:
    """Floods are watched for, where the project asks for it, and nobody is refused."""
    if node.release is None or not (node.release / TABLE).is_file():
        return
    now_s = node.machine.now().timestamp()
    seen_s = watched_s(node.root)
    if now_s - seen_s > LATE_SECONDS:
        since = f"since {datetime.fromtimestamp(seen_s).astimezone():%Y-%m-%d %H:%M}" if seen_s else "on this node"
        yield wrong(
            f"nobody has watched for floods of calls {since}: the project's `floods` notices no new one",
            f"start `routing journal --root {node.root}` on this node, with the event socket's password; its log says "
            "why it does not watch",
        )
    refused = [each for _, each in sorted(standing(node.ask).items()) if each.starts]
    if refused:
        more = f", and {len(refused) - MOST_NAMED} more" if len(refused) > MOST_NAMED else ""
        yield warning(
            f"callers are refused: {', '.join(map(_text, refused[:MOST_NAMED]))}{more}",
            "`routing floods lift NUMBER` lets everybody pass, if that is wrong",
        )
    elif now_s - seen_s <= LATE_SECONDS:
        yield ok("floods of calls are watched for, and nobody is refused")


def _text(one: Standing) -> str:
    until = f" until {datetime.fromtimestamp(one.until_s).astimezone():%Y-%m-%d %H:%M}" if one.until_s else ""
    return f"{one.number} {one.text()}{until} ({SIGNS[one.sign]})"
