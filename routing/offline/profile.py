"""The caller profile of a leg, as FreeSWITCH has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """The caller profile: where the leg is in the dialplan, and who calls."""

    destination_number: str
    context: str
    dialplan: str
    caller_id_name: str
    caller_id_number: str
    uuid: str
    rdnis: str = ""
    ani: str = ""
    #: When it was made, microseconds since the epoch; a transfer makes a new one.
    profile_created_time: str = ""

    def field(self, name: str) -> str | None:
        """A caller profile field; None for a name that is no field in FreeSWITCH."""
        name = name.lower()
        value: str | None = getattr(self, name) if name in self.__dataclass_fields__ else None
        return value
