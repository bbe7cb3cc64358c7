"""Facts that become known during a call: who fills them, who reads them. For lints."""

from __future__ import annotations

from collections.abc import Iterator

from routing.model.problem import Loc


class UsesFacts:
    """What callers have typed (`ask`) and web servers have answered (`lookup`), by name."""

    def gives(self) -> Iterator[str]:
        """Facts of the call that later steps know: ``asked.order``, ``secret.pin``, ``lookup.day``."""
        return iter(())

    def needs(self) -> Iterator[tuple[Loc, str]]:
        """Such facts that this step reads, with their location below the step; ``typed.pin``: secret or not."""
        return iter(())
