"""The people whose message-waiting light shows a scheme's voicemail boxes: those notified, and the box's namesake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from routing.model.folder import Folder
from routing.steps.base import StepItem
from routing.steps.voicemail import VoicemailStep


def boxes(steps: Sequence[StepItem], folder: Folder) -> Mapping[str, list[str]]:
    """Box -> people, both sorted; boxes without people are omitted."""
    found: dict[str, set[str]] = {}
    for step in _voicemails(steps):
        found.setdefault(step.box, set()).update(name for name in (*step.notify, step.box) if name in folder.people)
    return {box: sorted(people) for box, people in sorted(found.items()) if people}


def _voicemails(steps: Sequence[StepItem]) -> Iterator[VoicemailStep]:
    for item in steps:
        if isinstance(item.step, VoicemailStep):
            yield item.step
        for _, _, nested in item.step.branches():
            yield from _voicemails(nested)
