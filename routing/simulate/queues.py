"""The queues of a folder of schemes, as their steps say: what a simulation's file need not repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.compile.sources import opened
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.folder import Folder
from routing.model.problem import Problems
from routing.model.queue import QueueSettings
from routing.steps.queue import QueueStep
from routing.steps.scheme_file import SchemeFields, every_step

#: In the text of every scheme with a queue.
_WORD = QueueStep.kind.encode()


@dataclass(frozen=True)
class WrittenQueue:
    """A queue of a scheme. ``hours``: the scheme's calendar; ``owner_pays``: for a number that leads to the scheme."""

    settings: QueueSettings
    at_most_ms: int | None
    scheme: str
    hours: str | None = None
    owner_pays: bool = False
    answers_first: bool = False


def written_queues(schemes: Path, folder: Folder) -> dict[str, WrittenQueue]:
    """The queues by name; of steps that share one, the first says how it is. Raises Problems of schemes with queues."""
    found: dict[str, WrittenQueue] = {}
    for name, text in opened(schemes, {}).texts.items():
        if _WORD in text:
            for queue in _queues(read(name, text), folder):
                found.setdefault(queue.settings.name, queue)
    return found


def _queues(document: Document, folder: Folder) -> Iterator[WrittenQueue]:
    if not isinstance(document.data, dict) or "scheme" not in document.data:
        return
    fields = validate(SchemeFields, document, (), document.data, folder.project.country)
    if isinstance(fields, Wrong):
        raise Problems(fields)
    owner_pays = any(not entry.caller_pays for entry in fields.numbers)
    for step, _, _ in every_step(fields):
        if isinstance(step, QueueStep) and (table := step.runtime(folder)) is not None:
            settings = QueueSettings.of(table, fields.scheme)
            ways = owner_pays, bool(step.answer)
            yield WrittenQueue(settings, step.at_most * 1000, fields.scheme, fields.hours, *ways)
