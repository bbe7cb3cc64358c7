"""What a called leg is asked when it is picked up, before it wins. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from routing.offline.phones import ScriptedPhone


@dataclass(frozen=True)
class ConfirmPrompt:
    """``sound``: what the person hears; ``takes_ms``: all tries, until the leg wins or ends without a key."""

    sound: str
    sound_ms: int
    takes_ms: int
    needs_key: bool

    def won_ms(self, phone: ScriptedPhone) -> int | None:
        """After how many milliseconds the leg wins; None: it does not."""
        if self.needs_key:
            return phone.confirms_ms if phone.confirms_ms is not None and phone.confirms_ms < self.takes_ms else None
        return None if self._is_refused(phone) else self.takes_ms

    def refused_ms(self, phone: ScriptedPhone) -> int | None:
        """After how many milliseconds the leg ends by itself; None: it does not."""
        if self.needs_key:
            return self.takes_ms if self.won_ms(phone) is None else None
        return phone.refuses_ms if self._is_refused(phone) else None

    def _is_refused(self, phone: ScriptedPhone) -> bool:
        return phone.refuses_ms is not None and phone.refuses_ms < self.takes_ms
