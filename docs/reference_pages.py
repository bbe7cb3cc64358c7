"""The generated reference as reStructuredText, from the definitions that run: it cannot go stale.

``PAGES`` names every page and the function that writes it; ``conf.py`` adds the directive ``generated`` that shows one.
"""

from __future__ import annotations

import inspect
import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import click
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Table

from routing.callbacks import schema as callbacks
from routing.callbacks.facts import order_facts
from routing.cli import COMMANDS, group
from routing.cli.reference import called, default_of, definitions, object_form, values
from routing.cli.reference_topics import BELOW, PARTS, TYPES
from routing.decide.answer import VERBS
from routing.desk import serve as desk
from routing.engine import metrics
from routing.journal import exports_schema, floods_schema, schema, status
from routing.journal import metrics as journal_metrics
from routing.journal.counts import Counts
from routing.model.call_fields import CALL_FIELDS
from routing.model.callback import CallbackAttempt, CallbackOrder, CallbackSource, CallbackStatus
from routing.model.export_plan import CallChoice, Ga4Stream
from routing.model.exported_call import ExportedCall
from routing.model.exports import EVENTS, GOOGLE
from routing.model.notice import CallbackNotice, CardNotice, MissedOut, NewNetwork, Notice
from routing.notify import call_hook, ga4, hook
from routing.pops import api as pops_api
from routing.process.log_events import LOG_EVENTS
from routing.public import callbacks as callbacks_api
from routing.public import pops, track
from routing.steps import KINDS
from routing.track import api as track_api

#: The cells of a table's row; backticks are code, as in terminals.
Row = Sequence[str]
HELP_WIDTH = 100
MISSED = Notice(
    call="3740e285-2f1c-4f7e-9d3f-0a4be1d04c55",
    project="example",
    number="+380800330521",
    scheme="kharkiv",
    caller="+380671234567",
    box="",
    started=1795421100.0,
    ended=1795421142.0,
    recording="",
    to=(),
    status="no answer",
    wait_s=42.0,
    tags=("sales",),
    node="kyiv1",
)
VOICEMAIL = replace(MISSED, status="voicemail", box="sales", recording="/srv/node/recordings/1.wav")
_ORDER = CallbackOrder(
    "6f0c1f0e9a5b4b0c8d1e2f3a4b5c6d7e", "example", "+380671234567", "kharkiv", CallbackSource.WIDGET, 1795421100.0,
    1795421100.0, 1795507500.0, attempts=(CallbackAttempt(1, "b0f2c1de-6c0e-4f0c-9a39-2f6f0f6f4c11", 1795421101.0),),
    status=CallbackStatus.DIALLING, tries_left=2, entities={"region": "521"},
)  # fmt: skip
CALLBACK = CallbackNotice(
    "example", _ORDER.id, 2, "dialling", 1795421101.0, _ORDER.number, _ORDER.scheme, order_facts(_ORDER)
)
EXPORTED = ExportedCall(
    MISSED.call, "example", "in", "answered", "proper", False, True, MISSED.number, MISSED.caller, MISSED.caller,
    MISSED.number, "kharkiv", ("kharkiv",), "ivan", "ivan.desk", MISSED.started, MISSED.started + 7.0, MISSED.ended,
    7.0, 35.0, "Romashka Ltd", MISSED.tags, MISSED.node,
    source={"utm_source": "google", "utm_medium": "cpc", "ga_client_id": "1163546384.1795420000",
            "ga_session_id": "1795420931", "ga_stream": "G-ABC1234567",
            "consent": "analytics+ user_data+ personalization-"},
    entities={"region": "521"},
)  # fmt: skip
STREAM = Ga4Stream(CallChoice(frozenset()), "G-ABC1234567", "GA4_SECRET", EVENTS, False, GOOGLE)
CARD = CardNotice(
    "example", "6c1b9d1e-8f1a-4d6c-9c55-0a6a3c1b2d4e", 1, "ivan", "ivan.desk", "+380671234567", "", "+380800330521",
    "kharkiv", 1795421100.0, "Romashka Ltd",
    {"system": "bitrix24", "kind": "deal", "id": "7", "url": "https://crm.example.com/deal/7"},
    {"region": "521"}, {"utm_source": "google"}, {"order": "4711"}, ["card"],
)  # fmt: skip
PAUSED = MissedOut("example", "sales", "ivan", 1795421100.0, 1795421400.0)
NETWORK = NewNetwork("example", "1001", "ivan.desk", "198.51.100.0/24", "198.51.100.7", "a phone", 1795421100.0)


def steps() -> Iterator[str]:
    """Every step kind: its manual and its settings."""
    for kind, step in KINDS.items():
        yield from _titled(kind, "-")
        yield inspect.cleandoc(sys.modules[step.__module__].__doc__ or "")
        yield ""
        yield from _definitions((step.__name__, *BELOW.get(kind, ())))


def parts() -> Iterator[str]:
    """What else can stand in scheme files: people, calendars, gateways and so on; then types of settings."""
    for part, names in (PARTS | TYPES).items():
        yield from _titled(part, "-")
        yield from _definitions(names, first=True)


def _definitions(names: Sequence[str], first: bool = False) -> Iterator[str]:
    known = definitions()
    for place, name in enumerate(names):
        definition = object_form(known[name])
        if place:
            yield from _rubric(called(name))
        if place or first:
            yield _code(definition.get("description", ""))
            yield ""
        if "enum" in definition:
            yield from (values(definition).replace(" | ", ", "), "")
        if "properties" in definition:
            head = "setting", "values", "default", "meaning"
            yield from _table(head, _settings(definition), (18, 27, 10, 45))


def _settings(definition: Mapping[str, object]) -> Iterator[Row]:
    required = definition.get("required", ())
    for name, setting in definition.get("properties", {}).items():
        usual = "required" if name in required else default_of(setting).removeprefix("default: ")
        yield f"`{name}`", values(setting).replace(" | ", ", "), usual, setting.get("description", "")


def commands() -> Iterator[str]:
    """Every command's own help."""
    context = click.Context(group, info_name="routing")
    rows = [(f"`{name}`", help_line) for name, (_, _, help_line) in COMMANDS.items()]
    yield from _table(("command", "what it does"), rows, (20, 80))
    for name in COMMANDS:
        command = group.get_command(context, name)
        yield from _command(command, click.Context(command, context, name, max_content_width=HELP_WIDTH))


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from _titled(context.command_path, "-")
    yield "::"
    yield ""
    context.terminal_width = HELP_WIDTH
    yield from (f"    {line}".rstrip() for line in command.get_help(context).splitlines())
    yield ""
    for name, inner in getattr(command, "commands", {}).items():
        yield from _command(inner, click.Context(inner, context, name, max_content_width=HELP_WIDTH))


def measures() -> Iterator[str]:
    """Every metric of every process."""
    hub = SimpleNamespace(open=0, lost=0)
    for title, rows in {
        "routing serve": _engine_metrics(),
        "routing journal": _read(journal_metrics.text(Counts())),
        "routing track": _read(track._counts()[1]().decode()),
        "routing pops": _read(pops._counts(hub)[1]().decode()),
        "routing desk": _read(desk._counts()[2]().decode()),
    }.items():
        yield from _titled(title, "-")
        yield from _table(("metric", "type", "labels", "meaning"), rows, (32, 10, 13, 45))


def _engine_metrics() -> Iterator[Row]:
    for each in vars(metrics).values():
        if isinstance(each, Counter | Gauge | Histogram):
            (family,) = each.describe()
            yield _metric(family, each._labelnames)
    live, missing, drained = metrics._Live("", (), is_drained=False).collect()
    yield _metric(live, ["release"])
    yield _metric(missing, ["secret", "purpose", "place"])
    yield _metric(drained, [])


def _read(text: str) -> Iterator[Row]:
    """Metrics in Prometheus' text form."""
    return (_metric(each, []) for each in text_string_to_metric_families(text))


def _metric(family: object, labels: Sequence[str]) -> Row:
    name = f"{family.name}_total" if family.type == "counter" else family.name
    return f"`{name}`", family.type, ", ".join(f"`{label}`" for label in labels), family.documentation


def journal() -> Iterator[str]:
    """The journal's tables and the statuses of calls."""
    others = (callbacks.callbacks, callbacks.attempts, callbacks.events, exports_schema.exports, floods_schema.floods)
    for table in (schema.calls, schema.steps, schema.legs, schema.involved, schema.marks, schema.utterances, *others):
        yield from _titled(table.name, "-")
        yield from _table(("column", "type", "meaning"), _columns(table), (20, 20, 60))
    yield from _titled("State of an export", "-")
    meanings = [(f"`{state}`", meaning) for state, meaning in exports_schema.STATES.items()]
    yield from _table(("state", "meaning"), meanings, (20, 80))
    yield from _titled("Status of a call", "-")
    yield "The first row that holds is the status. The last ones are kinds of ``answered``, found on reading."
    yield ""
    rows = [(f"`{each.name}`", "yes" if each.missed else "", each.meaning) for each in status.STATUSES]
    rows += [(f"`{name}`", "", meaning) for name, meaning in status.DERIVED.items()]
    yield from _table(("status", "missed", "meaning"), rows, (25, 10, 65))


def _columns(table: Table) -> Iterator[Row]:
    for column in table.columns:
        yield f"`{column.name}`", str(column.type).lower() + (", key" if column.primary_key else ""), column.doc or ""


def apis() -> Iterator[str]:
    """The HTTP interfaces that others call, and what the product sends to others."""
    yield from _titled("A webhook step's request", "-")
    yield "These facts of the call, as JSON or as a form: " + ", ".join(f"``{name}``" for name in CALL_FIELDS) + "."
    yield ""
    yield "The answer holds one of " + ", ".join(f"``{verb}``" for verb in VERBS) + ": :doc:`/howto/webhook`."
    yield ""
    yield from _titled("Notices", "-")
    yield "What web addresses in ``notify`` and ``webhook`` of ``callbacks`` get, signed as a webhook step's request:"
    yield ":doc:`/howto/voicemail`, :doc:`/howto/callbacks`."
    yield ""
    yield from _notices()
    yield from _titled("Exported calls", "-")
    yield "What servers in ``exports: {webhooks: ...}`` get of a call, signed the same way, and the call's event for"
    yield "Google Analytics: :doc:`/howto/exports`."
    yield ""
    for content in (call_hook.body(EXPORTED), ga4.body(STREAM, EXPORTED)):
        yield from _json(content)
    for title, module in {"Tracking": track_api, "Calls back": callbacks_api, "Screen pops": pops_api}.items():
        yield from _titled(title, "-")
        yield from _spaced(module)
        yield ""


def _notices() -> Iterator[str]:
    """The bodies of the six kinds."""
    for notice in (MISSED, VOICEMAIL, NETWORK, PAUSED, CARD, CALLBACK):
        yield from _json(hook.body(notice))


def _json(content: bytes) -> Iterator[str]:
    """A body."""
    yield from ("::", "")
    yield textwrap.indent(json.dumps(json.loads(content), indent=2), "    ")
    yield ""


def _spaced(module: ModuleType) -> Iterator[str]:
    """A docstring whose lines that begin with code are lines of their own."""
    for line in inspect.cleandoc(module.__doc__ or "").splitlines():
        yield f"| {line}" if line.startswith("``") and "  " in line else line


def logs() -> Iterator[str]:
    """Every line that our processes log."""
    rows = ((f"`{event}`", ", ".join(line.levels), line.writer, line.meaning, line.action)
            for event, line in sorted(LOG_EVENTS.items()))  # fmt: skip
    yield from _table(("Event", "Level", "From", "What it means", "What to do"), rows, (18, 9, 10, 38, 25))


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "steps": steps,
    "parts": parts,
    "commands": commands,
    "metrics": measures,
    "journal": journal,
    "apis": apis,
    "logs": logs,
}


def page(name: str) -> str:
    """One page's text. Raises KeyError for a page that there is not."""
    return "\n".join([*PAGES[name](), ""])


def _titled(title: str, line: str) -> Iterator[str]:
    yield from (title, line * len(title), "")


def _rubric(title: str) -> Iterator[str]:
    yield from (f".. rubric:: {title}", "")


def _table(head: Row, rows: Iterator[Row] | Sequence[Row], widths: Sequence[int]) -> Iterator[str]:
    yield from (".. list-table::", "   :header-rows: 1", f"   :widths: {' '.join(map(str, widths))}", "")
    for row in (head, *rows):
        for place, cell in enumerate(row):
            yield f"   {' ' if place else '*'} - {_code(cell)}".rstrip()
    yield ""


def _code(text: str) -> str:
    """Text of a definition: one line, nothing in it is markup but code in single backticks."""
    flat = " ".join(text.split()).replace("\\", "\\\\").replace("*", "\\*").replace("|", "\\|").replace("_", "\\_")
    pieces = flat.split("`")
    code = [piece.replace("\\", "") if place % 2 else piece for place, piece in enumerate(pieces)]
    return "".join(f"``{piece}``" if place % 2 else piece for place, piece in enumerate(code))
