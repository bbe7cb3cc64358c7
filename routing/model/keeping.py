"""How long the journal keeps calls, the recordings and voicemails of calls that it keeps longer, and utterances: what
callers say at speech menus, which is kept only where this says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field, model_validator

from routing.model.fields import Fields, Seconds, refuse

#: The kinds of sounds, as the project's `keep` names them.
RECORDINGS, VOICEMAILS, UTTERANCES = "recordings", "voicemails", "utterances"


class KeepTimes(Fields):
    """Times to keep: of calls with all that belongs to them, and shorter ones of sounds."""

    calls: Seconds | None = Field(None, description="Of a call with its sounds; default: for ever.")
    recordings: Seconds | None = Field(None, description="Of recordings; default: as long as their call.")
    voicemails: Seconds | None = Field(None, description="Of voicemails; default: as long as their call.")
    utterances: Seconds | None = Field(
        None,
        description="Of what callers say at speech menus (`listen`), with what the recogniser heard; default: deleted "
        "at once.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"calls": value}

    @model_validator(mode="after")
    def _within(self) -> KeepTimes:
        for kind in (RECORDINGS, VOICEMAILS, UTTERANCES):
            kept = getattr(self, kind)
            if self.calls is not None and kept is not None and kept > self.calls:
                raise refuse(f"{kind} would be kept longer than their calls", "they go with their call at the latest")
        return self

    def table(self) -> dict[str, int]:
        """For the release's table; empty where everything is kept."""
        times = {f"keep_{kind}_s": getattr(self, kind) for kind in (RECORDINGS, VOICEMAILS, UTTERANCES)}
        times = {"keep_s": self.calls, **times}
        return {name: kept for name, kept in times.items() if kept is not None}


@dataclass(frozen=True)
class Keeping:
    """Seconds to keep; 0: for ever, of sounds as long as their call, of utterances as long as was said when they were
    kept."""

    calls_s: float = 0.0
    recordings_s: float = 0.0
    voicemails_s: float = 0.0
    utterances_s: float = 0.0
