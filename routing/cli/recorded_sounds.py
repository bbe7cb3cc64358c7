"""The sounds of the journal's calls, as `routing recordings list` shows them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine

from routing.cli.listed import when
from routing.desk.sounds import RECORDING, UTTERANCE, VOICEMAIL, file_of
from routing.journal import query, utterances
from routing.journal.query import CallFilter
from routing.journal.record import UtteranceRecord
from routing.model.recording import SEALED

KINDS = (RECORDING, VOICEMAIL, UTTERANCE)
#: Calls whose utterances are read at once.
_AT_ONCE = 200
_Facts = dict[str, Any]


def kind_option(means: str) -> Callable[..., Any]:
    """``--kind``."""
    return click.option("--kind", type=click.Choice(KINDS), help=means)


def sounds(engine: Engine, criteria: CallFilter, kinds: Collection[str]) -> Iterator[_Facts]:
    """The sounds of these calls, the newest call first."""
    found = query.find(engine, criteria)
    while rows := [*islice(found, _AT_ONCE)]:
        spoken: Mapping[str, tuple[UtteranceRecord, ...]] = {}
        if UTTERANCE in kinds:
            with engine.connect().execution_options(reads=True) as connection:
                spoken = utterances.of_calls(connection, [row["id"] for row in rows])
        for row in rows:
            for kind in (RECORDING, VOICEMAIL):
                if kind in kinds and row[kind]:
                    yield _facts(row, kind, row[kind], row[f"{kind}_gone"], row["gone_why"])
            for each in spoken.get(row["id"], ()):
                yield _facts(row, UTTERANCE, each.path, each.gone, each.gone_why) | _heard(each)


def _facts(row: Mapping[str, Any], kind: str, path: str, gone: float, why: str) -> _Facts:
    file = file_of(row["id"], kind, path)
    return {
        "call": row["id"], "kind": kind, "started": row["started"], "caller": row["caller"],
        "client": row["client"], "number": row["number"], "person": row["person"], "talk_s": row["talk_s"],
        "path": file or path, "node": row["node"], "is_here": bool(file), "is_encrypted": file.endswith(SEALED),
        "gone": gone, "why": why if gone else "",
    }  # fmt: skip


def _heard(each: UtteranceRecord) -> _Facts:
    return {
        "heard_at": each.heard_at, "until": each.until, "heard": each.heard, "confidence": each.confidence,
        "option": each.option, "recogniser": each.recogniser, "language": each.language, "scheme": each.scheme,
        "step": each.step,
    }  # fmt: skip


def line_of(each: Mapping[str, Any], zone: ZoneInfo) -> str:
    """One of them as a line for people."""
    state = "encrypted" if each["is_encrypted"] else "here" if each["is_here"] else f"on {each['node'] or '?'}"
    state = f"deleted: {each['why']}" if each["gone"] else state
    who = f"{each['client'] or each['caller']} {each['person']}".strip()
    at_s = each.get("heard_at") or each["started"]
    heard = f"  {_heard_line(each)}" if each["kind"] == UTTERANCE and not each["gone"] else ""
    return f"{when(at_s, zone, '%Y-%m-%d %H:%M')}  {each['kind']:<9}  {each['call']}  {who}{heard}  {state}"


def _heard_line(each: Mapping[str, Any]) -> str:
    heard = f'"{each["heard"]}" {each["confidence"]:.2f}' if each["heard"] else "no words"
    return f"{heard}, {each['option'] or 'no option'}, {each['scheme']} {each['step']}".rstrip()
