"""The project's setting ``engine``: how calls ask for decisions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.model.fields import Fields


class EngineUse(Fields):
    """How calls ask for decisions."""

    transport: Literal["socket", "inline"] = Field(
        "socket",
        description="`inline`: a step that needs Redis alone is decided inside FreeSWITCH where the node has "
        "`routing node init --inline`, by the engine elsewhere. Read `Decide inside FreeSWITCH` before.",
    )
