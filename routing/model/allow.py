"""``allow:`` what an author does on purpose although a lint advises against it, each with the reason.

Which lints there are is not known here: a release of this package that retires one must not make schemes wrong.
`routing check` tells of those that it does not know.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from routing.model.fields import refuse, safe_text, shown

_LINT = re.compile(r"[a-z]+(-[a-z]+)*")


def _lint(value: Any) -> str:
    if not isinstance(value, str) or not _LINT.fullmatch(value):
        raise refuse(f"{shown(value)} is not the id of a lint", "`routing check --list` has them")
    return value


def _reason(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise refuse("an allowance needs its reason", 'write `wide-menu: "customers asked for all five"`')
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
ALLOW = 'Lints that are to be silent here, each with the reason: `{wide-menu: "..."}`.'
