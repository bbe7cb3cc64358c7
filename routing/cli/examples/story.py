"""Prints a sample call: who calls, what happens when, what the engine decides and why, how the call ends.

The lines are those of `routing trace`; a scheme is named where it changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from routing.cli.examples.site import Lent
from routing.model.decision import LABEL
from routing.model.entities import visitor_of
from routing.offline.events import Event, ended, talked
from routing.offline.ladder import LadderRow, ladder
from routing.offline.published import RELEASE
from routing.testing.expect import arrived_ms
from routing.testing.kinds import engine_answer
from routing.testing.run import CaseResult
from routing.testing.sample import Sample

STYLES = {
    "ring": "cyan", "confirm": "cyan", "talk": "bold green", "voicemail": "bold green", "end": "bold",
    "error": "bold red", "decision": "magenta", "fallback": "yellow", "transfer": "yellow", "ring_end": "dim",
    "play": "blue", "digits": "blue",
}  # fmt: skip
#: Kinds of rows that repeat other rows.
LEFT_OUT = frozenset({"call", "ringing", "record", "scheme"})
#: Labels of step kinds that differ from their name.
STEP_LABELS = {"ring": "order"}
#: Reasons of nearly every call, which are not printed.
UNREMARKABLE = frozenset({"nobody has talked with this caller"})
#: The uninteresting beginning of a path.
_BOX = re.compile(r"\S*/voicemail/([^/]+)/\S+")
_RELEASE = re.compile(rf"\b{RELEASE}/")
FALLBACKS = {
    "silent": "the engine is silent",
    "refused": "nobody listens on the engine's port",
    "closed": "the engine left",
}


@dataclass(frozen=True)
class Story:
    """A call with everything to print; ``logged``: scheme/step -> the engine's log line."""

    result: CaseResult
    logged: Mapping[str, Mapping[str, Any]]
    lent: Lent | None = None


def print_story(console: Console, number: int, story: Story) -> None:
    """Print one call: title, path and verdict."""
    result, sample = story.result, story.result.case.sample
    console.print(Rule(f"[bold]{number}[/] {sample.name}", align="left", style="dim", characters="─"))
    call = result.call
    broken = [f"{part} {state}" for part, state in _broken(sample)]
    if story.lent:
        what = ", ".join(f"{name} {value}" for name, value in {**sample.entities, **sample.source}.items())
        console.print(Text(f"on the site: {what}; pool {story.lent.pool} lends {story.lent.number}", "dim"))
    who = f"{call.caller} calls {call.to}"
    console.print(Text("  ".join([f"{call.at:%a %d %b %Y %H:%M %Z}", who, *broken]), "dim"))
    console.print(_path(story))
    for complaint in result.complaints():
        console.print(Text(f"✗ {complaint}", "bold red"))
    if not result.failures:
        console.print(Text("✓ ", "green") + Text(outcome(result.events)))
    console.print()


def _broken(sample: Sample) -> Iterator[tuple[str, str]]:
    for part, state in (("handler", sample.handler), ("engine", sample.engine)):
        if state != "running":
            yield part, state


def outcome(events: Sequence[Event]) -> str:
    """How the call ended, in a sentence."""
    seconds = f"{arrived_ms(events) / 1000:.1f} s"
    end = ended(events)
    if who := talked(events):
        return f"talked with {who} after {seconds}"
    if any(event.kind == "voicemail" for event in events):
        notified = next((e.subject.partition("=")[2] for e in events if e.subject.startswith("routing_notify=")), "")
        return f"left a message after {seconds}" + (f"; notified: {notified.replace(' ', ', ')}" if notified else "")
    return f"ended after {seconds} with {end.subject}"


def _path(story: Story) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", width=7)
    table.add_column(style="dim", width=16, no_wrap=True)
    table.add_column(width=8, no_wrap=True)
    table.add_column()
    before = ""
    for row in _rows(story):
        scheme = row.place.partition("/")[0]
        style = STYLES.get(row.kind, "")
        shown = scheme if scheme != before else ""
        table.add_row(f"{row.at_ms / 1000:.1f}", shown, Text(row.word, style), Text(row.text, style))
        before = scheme
    return table


def _rows(story: Story) -> list[LadderRow]:
    """The ladder's rows, shortened: phones that ring together share a row, the end of a talk is the end of the call."""
    decisions = iter([event for event in story.result.events if event.kind in ("decision", "fallback")])
    rows: list[LadderRow] = []
    for row in ladder(story.result.events):
        if row.kind in LEFT_OUT or (row.kind == "end" and rows and rows[-1].kind == "talk_end"):
            continue
        if row.kind in ("decision", "fallback"):
            event = next(decisions)
            text = _answer(event, story)
            row = replace(row, word=STEP_LABELS.get(event.subject, event.subject), text=text)
        if row.kind == "voicemail":
            row = replace(row, text=_BOX.sub(r"box \1", row.text))
        if rows and row.kind == rows[-1].kind == "ring" and row.at_ms == rows[-1].at_ms:
            row = replace(row, text=f"{rows.pop().text}, {row.text}")
        is_repeated = rows and row.word == rows[-1].word == "hours" and row.text == rows[-1].text
        if row.text and not is_repeated:
            rows.append(replace(row, text=_RELEASE.sub("", row.text)))
    return rows


def _answer(event: Event, story: Story) -> str:
    """The engine's decision with the reason from its log and its time; without an engine the failure.

    Empty when it is not worth printing.
    """
    text = engine_answer(event)
    if event.kind == "fallback":
        return FALLBACKS[text]
    reason = story.logged.get(f"{event.scheme}/{event.step}", {}).get("reason")
    if reason in UNREMARKABLE:
        return ""
    if event.subject == "known" and reason:
        text, reason = str(reason), ""
    if event.subject == "visitor":
        text = _visitor(story.result.events) or text
    text = "go on with the scheme" if text == "continue" else text.removeprefix("order ").replace(",", ", then ")
    text += _shown_name(event, story.result.events)
    return text + (f": {reason}" if reason else "") + f" ({event.lasted_ms} ms)"


def _shown_name(event: Event, events: Sequence[Event]) -> str:
    """The caller's name that the engine sends to the phones."""
    place = (event.scheme, event.step)
    assignments = [each.subject for each in events if each.kind == "variable" and (each.scheme, each.step) == place]
    names = [name for variable, _, name in (each.partition("=") for each in assignments) if variable == LABEL and name]
    return f", who sees {names[-1]}" if names else ""


def _visitor(events: Sequence[Event]) -> str:
    """The visitor's fields in the call's variables."""
    known = visitor_of(dict(event.subject.split("=", 1) for event in events if event.kind == "variable"))
    return "; ".join(f"{name} {value}" for name, value in {**known.entities, **known.source}.items())


def print_summary(console: Console, stories: Sequence[Story], seconds: float) -> None:
    """Print the last line, and the calls that do not meet their expectations."""
    results = [story.result for story in stories]
    good = sum(result.passed for result in results)
    talks = sum(talked(result.events) is not None for result in results)
    messages = sum(any(event.kind == "voicemail" for event in result.events) for result in results)
    others = len(stories) - talks - messages
    for number, result in enumerate(results, 1):
        if not result.passed:
            console.print(Text(f"✗ {number} {result.case.name}", "bold red"))
    style = "bold green" if good == len(stories) else "bold red"
    counts = f"{talks} talks, {messages} messages, {others} ended otherwise"
    console.print(Text(f"{good} of {len(stories)} calls met their expectations", style), end="")
    console.print(f"; {counts}; {seconds:.1f} s")
    console.print("`make desk` opens the web page of calls on a month of simulated ones.", style="dim")
