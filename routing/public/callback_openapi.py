"""The OpenAPI document of orders over HTTP: ``GET /v1/openapi.json``. Tests hold it to the routes and their answers."""

from __future__ import annotations

from typing import Any

import routing
from routing.callbacks.wish import LONGEST_NUMBER, LONGEST_PAGE, LONGEST_TEXT
from routing.model.callback import CallbackStatus

_MOMENT = {"type": "string", "format": "date-time"}
_FACTS = {"type": "object", "additionalProperties": {"type": "string"}}
_ORDER = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "string", "maxLength": LONGEST_NUMBER, "description": "The client's, in any written form."},
        "scheme": {"type": "string", "description": "By which somebody is rung; default: the project's."},
        "at": {
            "anyOf": [{"const": "now"}, _MOMENT],
            "default": "now",
            "description": "Not before: a time with its zone, at most 14 days ahead.",
        },
        "visitor": {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,64}$", "description": "Made by the page."},
        "entities": {**_FACTS, "description": "Facts of the visitor, by the names of `tracking: {entities}`."},
        "source": {**_FACTS, "description": "Where the visitor came from: `utm_source`, `referrer`, ..."},
        "consent": {
            "type": "object",
            "required": ["text", "page"],
            "properties": {
                "text": {"type": "string", "maxLength": LONGEST_TEXT, "description": "The text, or its version."},
                "page": {"type": "string", "maxLength": LONGEST_PAGE, "description": "Its address."},
            },
        },
        "proof": {"type": "string", "description": "Of pages: the solved challenge, base64 of JSON (ALTCHA)."},
    },
}
_STATUS = {
    "type": "object",
    "required": ["id", "status", "at"],
    "properties": {
        "id": {"type": "string"},
        "status": {"enum": [status.value for status in CallbackStatus]},
        "at": {"anyOf": [_MOMENT, {"type": "null"}], "description": "The next attempt; null when there is none."},
    },
}
_ORDERED = {
    **_STATUS,
    "required": ["id", "status", "at", "url"],
    "properties": {
        **_STATUS["properties"],  # type: ignore[dict-item]
        "url": {"type": "string", "description": "Path to ask how it stands, and to cancel it."},
    },
}
_CHALLENGE = {
    "type": "object",
    "required": ["algorithm", "challenge", "maxnumber", "salt", "signature"],
    "properties": {
        "algorithm": {"const": "SHA-256"},
        "challenge": {"type": "string", "description": "SHA-256 of the salt and the number, in hex."},
        "maxnumber": {"type": "integer"},
        "salt": {"type": "string"},
        "signature": {"type": "string"},
    },
}
_TIMES = {
    "type": "object",
    "required": ["open", "zone", "opens", "slots"],
    "properties": {
        "open": {"type": "boolean"},
        "zone": {"type": "string"},
        "opens": {"anyOf": [_MOMENT, {"type": "null"}]},
        "slots": {"type": "array", "items": _MOMENT},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {
        "error": {
            "type": "string",
            "description": "body, number, scheme, at, visitor, consent, destination, proof, forbidden, too_often, "
            "unknown, down",
        },
        "message": {"type": "string", "description": "For people."},
        "retry_s": {"type": "integer", "description": "Seconds; as Retry-After."},
    },
}


def document() -> dict[str, Any]:
    """The document."""
    schemas = {
        "Order": _ORDER, "Ordered": _ORDERED, "Status": _STATUS, "Challenge": _CHALLENGE, "Times": _TIMES,
        "Error": _ERROR,
    }  # fmt: skip
    key = {"type": "http", "scheme": "bearer", "description": "The secret that `callbacks: {key}` names."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "routing: calls back", "version": routing.__version__},
        "paths": _paths(),
        "components": {"schemas": schemas, "securitySchemes": {"key": key}},
    }


def _paths() -> dict[str, Any]:
    token = {
        "name": "token",
        "in": "query",
        "schema": {"type": "string"},
        "description": "Of the address of the order.",
    }
    order_id = {"name": "order_id", "in": "path", "required": True, "schema": {"type": "string"}}
    scheme = {"name": "scheme", "in": "query", "schema": {"type": "string"}, "description": "Default: the project's."}
    body = {"required": True, "content": {"application/json": {"schema": _ref("Order")}}}
    ordering = {
        "summary": "Order a call; an open order of the number is renewed.",
        "security": [{"key": []}, {}],
        "requestBody": body,
        "responses": _answers("202", "Ordered", "400", "403", "429", "503"),
    }
    one = {"parameters": [order_id, token], "security": [{"key": []}, {}]}
    return {
        "/v1/callbacks": {"post": ordering},
        "/v1/callbacks/challenge": {
            "get": {"summary": "A proof of work for a page.", "responses": _answers("200", "Challenge", "429", "503")}
        },
        "/v1/callbacks/times": {
            "get": {
                "summary": "Whether the company is open, and times to offer.",
                "parameters": [scheme],
                "responses": _answers("200", "Times", "400", "429", "503"),
            }
        },
        "/v1/callbacks/{order_id}": {
            "get": {"summary": "How an order stands.", **one, "responses": _one_answers()},
            "delete": {"summary": "Cancel an order.", **one, "responses": _one_answers()},
        },
    }


def _one_answers() -> dict[str, Any]:
    return _answers("200", "Status", "404", "429", "503")


def _answers(status: str, schema: str, *faults: str) -> dict[str, Any]:
    return {status: _answer(schema), **{fault: _answer("Error") for fault in faults}}


def _answer(schema: str) -> dict[str, Any]:
    return {"description": schema, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}
