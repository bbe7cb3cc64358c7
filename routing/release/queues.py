"""The queues of a release: who works in each, as its compiled schemes say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from routing.model.queue import KIND, QueueSettings

#: Name -> its people, and whether nobody works before they sign in.
ReleasedQueues = Mapping[str, tuple[Sequence[str], bool]]


def queues_in(folder: Path) -> ReleasedQueues:
    """The queues of the compiled schemes in a folder; what is no table of a scheme is passed by."""
    found: dict[str, tuple[Sequence[str], bool]] = {}
    for file in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            for step in json.loads(file.read_text(encoding="utf-8")).get("steps", {}).values():
                if step.get("kind") == KIND:
                    queue = QueueSettings.of(step, file.stem)
                    people = dict.fromkeys((*found.get(queue.name, ((), False))[0], *(m.person for m in queue.members)))
                    found[queue.name] = tuple(people), queue.sign_in
    return found
