"""Why a CRM could not be used: the one exception between adapters and the common rules."""

from __future__ import annotations


class Fault(Exception):
    """The CRM cannot be used for this look-up; the text says why and holds no URL, token or name.

    ``ours``: no request was sent (rate limit, missing secret), so it is no failure of the CRM.
    """

    def __init__(self, reason: str, ours: bool = False) -> None:
        super().__init__(reason)
        self.ours = ours


class Missing(Fault):
    """HTTP 404."""
