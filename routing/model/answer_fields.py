"""The fields of a web server's answer, as authors name them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from routing.model.entities import NAME
from routing.model.fields import Text, refuse, shown
from routing.model.question import FIELD_PATH


def _path(value: Any) -> str:
    if not isinstance(value, str) or not FIELD_PATH.fullmatch(value):
        raise refuse(f"{shown(value)} is not a field of an answer: write `status` or `delivery.date`")
    return value


FieldPath = Annotated[str, BeforeValidator(_path), WithJsonSchema({"type": "string", "examples": ["delivery.date"]})]


def _named(value: dict[str, str]) -> dict[str, str]:
    if wrong := next((name for name in value if not NAME.fullmatch(name)), ""):
        raise refuse(f"{shown(wrong)} is not the name of a field: use a-z, 0-9 and _, a letter first, at most 32")
    return value


#: Your name -> its place in the answer: ``{day: delivery.date}``.
Answer = Annotated[dict[Text, FieldPath], AfterValidator(_named)]
