"""Secrets that decisions of the live release need and the engine was not given: reported before a call needs them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class MissingSecret:
    """A secret's name, what it is for (``a signing key``, ``sent to crm.example``), the first place that names it, and
    how many places do."""

    name: str
    purpose: str
    place: str
    places: int

    def text(self, file: Path | None) -> str:
        """The sentence for the log; ``file``: the engine's secrets file."""
        more = f" and {self.places - 1} more" if self.places > 1 else ""
        hint = (
            f"add it to {file}, then send SIGHUP" if file else "serve with --secrets FILE, or set it before the start"
        )
        why = f"{self.purpose}, named by {self.place}{more}"
        return f"the secret {self.name} is not set ({why}): that handler or CRM is not asked (hint: {hint})"


@dataclass
class MissingSecrets:
    """The secrets that the live release names and ``secrets`` lacks; threads may share it."""

    root: Path
    secrets: Mapping[str, str] = field(repr=False)
    _release: str = ""
    _found: tuple[MissingSecret, ...] = ()
    _reported: set[tuple[str, str]] = field(default_factory=set)

    def renew(self, secrets: Mapping[str, str]) -> None:
        """Replace the secrets."""
        self.secrets, self._release = secrets, ""
        self._reported.clear()

    def to_report(self) -> list[MissingSecret]:
        """Missing secrets not reported since the last `renew`: a new live release may name more."""
        new = [each for each in self.found() if (each.name, each.purpose) not in self._reported]
        self._reported.update((each.name, each.purpose) for each in new)
        return new

    def found(self) -> tuple[MissingSecret, ...]:
        """The missing secrets; () without a live release or when its table cannot be read."""
        table = self.root / "current/table.json"
        try:
            release = str(table.resolve(strict=True))
            if release != self._release:
                self._found, self._release = self._missing(table), release
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return ()
        return self._found

    def _missing(self, table: Path) -> tuple[MissingSecret, ...]:
        """Releases of earlier versions name none."""
        rows = json.loads(table.read_bytes()).get("secrets", ())
        named = (MissingSecret(row["name"], row["purpose"], row["place"], row["places"]) for row in rows)
        return tuple(each for each in named if not self.secrets.get(each.name, "").strip())
