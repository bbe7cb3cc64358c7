"""Facts of a call -> the HTTP request of a webhook step: method, URL, headers, body, signature.

Pure: the request's id and time, and the values of secrets, are arguments.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from routing.model.call import Call
from routing.model.call_fields import CALL_FIELDS
from routing.model.question import filled_url
from routing.model.secret import key_of

#: The default parameters of our own format: parameter name -> call field, in this order. ``caller_told`` and ``asked``
#: are added when the caller has typed a number, or digits at an `ask` step.
OWN_FIELDS = {name: name for name in CALL_FIELDS if name not in ("caller_told", "asked")}
USER_AGENT = "routing-webhook/1"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """An HTTP request; ``body`` is empty where the URL holds the parameters. The repr hides all but the method."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def build_request(
    step: Mapping[str, Any],
    call: Call,
    message_id: str,
    now_s: int,
    secrets: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
) -> Request:
    """The request of a webhook step. ``now_s``: seconds since the epoch; ``secrets``: one, or two during rotation;
    ``given``: the step's own headers with their secrets filled in.

    ``submit`` says how parameters are sent: ``http`` (in the URL), ``json`` (an object in the body), ``form`` (a body
    as a browser's form sends it) or ``json-rpc``. In the Ringostat format values are text, percent-encoded inside JSON,
    and numbers are digits without plus, as its handlers expect. Raises ValueError when the step names an unknown call
    field or a secret cannot sign.
    """
    values = parameters(step, call)
    submit = step.get("submit") or "json"
    url = filled_url(str(step["url"]), call) if step.get("kind") == "lookup" else str(step["url"])
    body, content_type = b"", JSON
    if submit == "http":
        url = _with_query(url, values)
    elif submit == "form":
        body, content_type = _form(values).encode(), FORM
    elif submit == "json-rpc":
        procedure = step.get("rpc_method") or "route"
        body = _json({"jsonrpc": "2.0", "method": procedure, "params": values, "id": message_id})
    else:
        body = _json(values)
    method = str(step.get("method") or "POST").upper()
    sent = {**headers(message_id, now_s, body, secrets, content_type), **(given or {})}
    return Request(method, url, sent, body)


def parameters(step: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """Parameter name -> value, as the step's ``send`` chooses."""
    ringostat = step.get("form") == "ringostat"
    own = OWN_FIELDS | ({"caller_told": "caller_told"} if call.stated_number else {})
    own |= {"asked": "asked"} if call.typed.plain else {}
    chosen: Mapping[str, Any] = step.get("send") or ({} if ringostat or step.get("kind") == "lookup" else own)
    values = {name: _value(source, call) for name, source in chosen.items()}
    if not ringostat:
        return values
    encode = str if step.get("submit") in ("http", "form") else _percent
    return {name: encode(_plain(value)) for name, value in values.items()}


def signature(message_id: str, now_s: int, body: bytes, secret: str) -> str:
    """``v1,<base64>`` of HMAC-SHA256 over ``id.timestamp.body``. A ``whsec_`` secret is base64."""
    signed = f"{message_id}.{now_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key_of(secret), signed, hashlib.sha256).digest()).decode()


def headers(
    message_id: str, now_s: int, body: bytes, secrets: Sequence[str], content_type: str = JSON
) -> dict[str, str]:
    """The headers of a request, signed with each secret. Raises ValueError for a secret that is not base64."""
    headers = {"Accept": "application/json, text/plain", "User-Agent": USER_AGENT}
    if body:
        headers["Content-Type"] = content_type
    headers |= {"Webhook-Id": message_id, "Webhook-Timestamp": str(now_s)}
    if secrets:
        headers["Webhook-Signature"] = " ".join(signature(message_id, now_s, body, each) for each in secrets)
    return headers


def _value(source: Any, call: Call) -> Any:
    if isinstance(source, Mapping):
        return source["value"]
    if source.startswith("entities."):
        return call.entities.get(source.removeprefix("entities."), "")
    if source.startswith("source."):
        return call.source.get(source.removeprefix("source."), "")
    if source.startswith("asked."):
        return call.typed.plain.get(source.removeprefix("asked."), "")
    if source.startswith("lookup."):
        return call.found.get(source.removeprefix("lookup."), "")
    if source.startswith("typed."):  # only a lookup's table has it
        name = source.removeprefix("typed.")
        return call.typed.plain.get(name) or call.typed.secret.get(name, "")
    if source == "asked":
        return dict(call.typed.plain)
    if source in ("call_id", "uuid"):
        return call.uuid
    if source == "started":
        return datetime.fromtimestamp(call.started, UTC).isoformat(timespec="seconds")
    if source in ("entities", "source"):
        return dict(getattr(call, source))
    if source == "caller_told":
        return call.stated_number
    if source == "tags":
        return list(call.tags)
    if source in ("number", "caller", "caller_pays", "scheme", "step"):
        return getattr(call, source)
    raise ValueError(f"unknown call field {source!r}")


def _plain(value: Any) -> str:
    """A value as Ringostat's handlers expect it: text, a number without its plus."""
    text = _text(value)
    return text[1:] if text.startswith("+") and text[1:].isdigit() else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _percent(text: str) -> str:
    return quote(text, safe="")


def _with_query(url: str, values: Mapping[str, Any]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, _form(values))))))


def _form(values: Mapping[str, Any]) -> str:
    return urlencode({name: _text(value) for name, value in values.items()}, quote_via=quote, safe="")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
