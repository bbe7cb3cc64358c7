"""``allow:`` lints that an author overrides on purpose, each with a reason.

This module does not know the lints: a version that removes one must not make schemes invalid. `routing check` reports
unknown ones.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from routing.model.fields import refuse, safe_text, shown

_LINT = re.compile(r"[a-z]+(-[a-z]+)*")


def _lint(value: Any) -> str:
    if not isinstance(value, str) or not _LINT.fullmatch(value):
        raise refuse(f"{shown(value)} is not the id of a lint", "`routing check --list` shows them")
    return value


def _reason(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise refuse("an allowance needs a reason", 'write `wide-menu: "customers asked for all five"`')
    try:
        return safe_text(value)
    except ValueError as error:
        raise refuse(str(error)) from None


Allow = Annotated[
    dict[Annotated[str, BeforeValidator(_lint)], Annotated[str, BeforeValidator(_reason)]],
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{_LINT.pattern}$"},
            "additionalProperties": {"type": "string", "minLength": 1},
        }
    ),
]
ALLOW = 'Lints to ignore here, each with a reason: `{wide-menu: "..."}`.'
