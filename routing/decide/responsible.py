"""Maps a CRM's owners to the project's people: by the project's table, then by e-mail, then by extension. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from routing.model.lookup import Owner


@dataclass(frozen=True)
class Responsible:
    """Persons by owner id of one CRM, by e-mail (lower case) and by extension."""

    by_owner: Mapping[str, str] = field(default_factory=dict)
    by_email: Mapping[str, str] = field(default_factory=dict)
    by_extension: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Mapping[str, Any], system: str) -> Responsible:
        """From the content of ``table.json``: ``crm`` (system, owner id -> person), ``emails``, ``extensions``."""
        owners = (table.get("crm") or {}).get(system) or {}
        return cls(dict(owners), dict(table.get("emails") or {}), dict(table.get("extensions") or {}))

    def person(self, owner: Owner) -> str:
        """The person mapped to an owner, or ""."""
        return (
            self.by_owner.get(owner.id)
            or (self.by_email.get(owner.email.lower()) if owner.email else "")
            or (self.by_extension.get(owner.extension) if owner.extension else "")
            or ""
        )

    def owner(self, person: str) -> Owner | None:
        """An owner to whom a person is mapped, or None."""
        for owner_id, name in self.by_owner.items():
            if name == person:
                return Owner(owner_id)
        for email, name in self.by_email.items():
            if name == person:
                return Owner("", email=email)
        extensions = [extension for extension, name in self.by_extension.items() if name == person]
        return Owner("", extension=extensions[0]) if extensions else None

    def knows(self, owner: Owner) -> bool:
        """Whether an owner is mapped to a person."""
        return bool(self.person(owner))
