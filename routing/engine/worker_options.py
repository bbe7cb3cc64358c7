"""What the supervisor tells a worker when it starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class WorkerOptions:
    """A worker's options: the descriptors that it inherits, the release root, the drain deadline in seconds."""

    listener: int
    control: int
    root: str
    secrets: str
    drain_s: float
    link_local: bool
    shared: bool
    esl: str = ""
    #: The engine's name, which its waiting calls carry.
    keeper: str = ""
    #: Networks whose wrong passwords are never counted.
    trusted: tuple[str, ...] = ()
    #: A collector's URL for OpenTelemetry spans; "" for none.
    traces: str = ""
    #: Commands of recognisers by name.
    recognisers: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """As one command-line argument."""
        return json.dumps(asdict(self))
