"""An export tried on an example call: the request as text, and what Google's validation server says of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from routing.cli.errors import UserError
from routing.journal.status import DERIVED, MISSED
from routing.model.export_plan import TABLE, CallHook, Ga4Stream, plan_of
from routing.model.exported_call import ExportedCall
from routing.model.exports import ANSWERED
from routing.model.notice import Later
from routing.model.problem import did_you_mean
from routing.model.web import NoReply
from routing.notify import call_hook, ga4
from routing.process.secrets import read_secrets, signing_secrets
from routing.recorder.notices import post

Export = Ga4Stream | CallHook


def export_of(root: Path, name: str) -> Export:
    """An export of the live release by its name. Raises UserError."""
    file = root / "current" / TABLE
    try:
        known = plan_of(json.loads(file.read_text(encoding="utf-8"))).exports
    except FileNotFoundError:
        raise UserError("the live release exports nothing (hint: `project: {exports: ...}`, then publish)") from None
    if name not in known:
        hint = did_you_mean(name, known) or f"exports: {', '.join(sorted(known))}"
        raise UserError(f"the live release has no export `{name}` ({hint})")
    return known[name]


def example(export: Export) -> ExportedCall:
    """A call of a minute ago that is exported."""
    chosen = next(iter(export.events), ANSWERED) if isinstance(export, Ga4Stream) else ANSWERED
    kind = chosen if chosen in DERIVED else ""
    status = "no answer" if chosen == "missed" else ANSWERED if kind else chosen
    now, client = time.time(), "+380000000000"
    visit = {"ga_client_id": "1.1", "ga_session_id": str(int(now) - 300), "consent": "analytics+"}
    return ExportedCall(
        "example", "example", "in", status, kind, status in MISSED, True, "+380000000001", client, client, "",
        "example", ("example",), "", "", now - 60, 0.0, now, 10.0, 50.0, source=visit | {"utm_source": "example"},
    )  # fmt: skip


def request_lines(name: str, export: Export) -> Iterator[str]:
    """The request of an example call, secrets by name."""
    call = example(export)
    if isinstance(export, Ga4Stream):
        query = f"measurement_id={export.measurement_id}&api_secret={{{export.secret}}}"
        yield f"POST {export.endpoint}{ga4.COLLECT}?{query}"
        content = ga4.body(export, call)
    else:
        yield f"POST {export.url}"
        yield f"Webhook-Id: {call_hook.message_id(name, call)}, signed with {{{export.secret}}}"
        content = call_hook.body(call)
    yield json.dumps(json.loads(content), ensure_ascii=False, indent=2)


def complaints_of(export: Export, secrets: Path | None, environment: Mapping[str, str]) -> list[str]:
    """What Google's validation server says of an example call. Raises UserError."""
    assert isinstance(export, Ga4Stream)
    keys = signing_secrets(read_secrets(secrets, environment), export.secret)
    if not keys:
        raise UserError(f"the secret {export.secret} is not set (hint: --secrets)")
    try:
        return ga4.Ga4(post).complaints(export, keys[0], example(export))
    except (NoReply, Later) as problem:
        raise UserError(f"{export.endpoint}: {problem}") from None
