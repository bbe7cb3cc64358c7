"""Parses a webhook handler's answer, in both formats of webhook steps: our own and Ringostat's.

Reads the format only; webhook.py decides whether the answer may be obeyed. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from routing.decide.verdict import AnswerRefused, HandlerReply

Wish = dict[str, Any]
VERBS = ("ring", "scheme", "continue", "hangup")


def read_answer(step: Mapping[str, Any], answer: HandlerReply) -> Wish:
    """What the handler requests: exactly one of ``ring``, ``scheme``, ``continue``, ``hangup`` or ``target``.

    ``target`` is a bare word that may name a scheme as well as a phone. ``for``, ``label`` and ``caller_name`` come
    along as sent. Raises AnswerRefused when the status is not 2xx or the body is not an answer.
    """
    if not 200 <= answer.status <= 299:
        raise AnswerRefused(f"HTTP status {answer.status}")
    text = _text(answer.body)
    if not text:
        raise AnswerRefused("the answer is empty")
    if step.get("form") == "ringostat":
        return _ringostat(step, text)
    return _own(step, text)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise AnswerRefused("the answer is not UTF-8") from None


def _own(step: Mapping[str, Any], text: str) -> Wish:
    if text[0] not in '{["':
        return {"target": text}
    content = _json(text)
    if isinstance(content, str):
        return {"target": content}
    if not isinstance(content, dict):
        raise AnswerRefused("the answer is a JSON list, not an object")
    key = step.get("answer_key") or ""
    if key and key not in VERBS and key in content:
        return {"target": content[key], **_extras(content)}
    return _one_verb(content)


def _one_verb(content: Mapping[str, Any]) -> Wish:
    verbs = [verb for verb in VERBS if content.get(verb) is not None]
    if len(verbs) != 1:
        several = " and ".join(verbs) or "none"
        raise AnswerRefused(f"the answer must hold one of {', '.join(VERBS)}; it holds {several}")
    return {verbs[0]: content[verbs[0]], **_extras(content)}


def _extras(content: Mapping[str, Any]) -> Wish:
    return {key: content[key] for key in ("for", "label", "caller_name") if content.get(key) is not None}


def _ringostat(step: Mapping[str, Any], text: str) -> Wish:
    key = step.get("answer_key") or ""
    match step.get("import") or "json":
        case "http":
            return {"target": _form_field(text, key)}
        case "json-rpc":
            return {"target": _under(_rpc_result(_json(text)), key)}
        case _:
            bare = text[0] not in '{["'
            return {"target": text if bare else _under(_json(text), key)}


def _form_field(text: str, key: str) -> str:
    """The field ``key`` of ``a=1&b=2``, or the whole body where it is not of that form."""
    if key and "=" in text:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=100)
        if key in fields:
            return fields[key][0]
        raise AnswerRefused(f"the answer has no field {key!a}")
    return text


def _rpc_result(reply: Any) -> Any:
    if not isinstance(reply, dict):
        raise AnswerRefused("the answer is not a JSON-RPC object")
    if reply.get("error") is not None:
        raise AnswerRefused(f"JSON-RPC error: {ascii(reply['error'])[:100]}")
    if "result" not in reply:
        raise AnswerRefused("the JSON-RPC answer has no result")
    return reply["result"]


def _under(content: Any, key: str) -> Any:
    if not isinstance(content, dict):
        return content
    if not key:
        raise AnswerRefused("the answer is an object and the step names no key of it")
    if key not in content:
        raise AnswerRefused(f"the answer has no key {key!a}")
    return content[key]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise AnswerRefused(f"the answer is not JSON: {text[:40]!a}") from None
