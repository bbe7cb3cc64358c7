"""Recording without the announcement that the project requires, and of rooms in which nobody masks it."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.lint.ways import UntilAnnounced, rings
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step
from routing.steps.conference import ConferenceStep


class _UnannouncedRecording(UntilAnnounced):
    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        if rings(step) and not state:
            self.complaints_found.append((loc, "talks from here on are recorded without an announcement", _HINT))
            return True  # once is enough
        return super().enter(step, loc, state)


_HINT = "play the announcement first, or write `record_announcement` of the project: it is heard when the talk begins"


class UnannouncedRecording(Lint):
    """A talk is recorded, nothing was played before, and the project has `announce_recording: true`.

    Any sound counts as the announcement, whatever its content. With `record_announcement` of the project recorded talks
    begin with one, and nothing is reported.

    Good::

        project: {name: p, timezone: UTC, country: UA, announce_recording: true}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{play: greeting.wav}, {ring: ivan}, hangup]

    Bad::

        project: {name: p, timezone: UTC, country: UA, announce_recording: true}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{ring: ivan}, hangup]
    """

    id = "unannounced-recording"
    until = "announced"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The first step of each path that can lead to a talk."""
        project = one.folder.project
        if one.fields.record == "no" or not project.announce_recording or project.record_announcement:
            return iter(())
        return _UnannouncedRecording(one).complaints(False)


class UnmaskedRoom(Lint):
    """A room is recorded, and the project has a key that masks recordings (`record_pause`): nobody can mask this one.

    Keys do nothing in a room (`conference`), and FreeSWITCH writes one sound of all who are in it.

    Good::

        project: {name: p, timezone: UTC, country: UA, record_pause: "*5"}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{conference: {room: a, people: [ivan]}}, hangup]

    Bad::

        project: {name: p, timezone: UTC, country: UA, record_pause: "*5"}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{conference: {room: a, people: [ivan]}}, hangup]
    """

    id = "unmasked-room"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every room of a recorded scheme."""
        key = one.folder.project.record_pause
        if one.fields.record == "no" or not key:
            return
        for step, loc, _ in one.steps:
            if isinstance(step, ConferenceStep):
                message = f"the recording of this room cannot be masked: `{key}` does nothing in a room"
                yield loc, message, "write `record: no`, and let people talk about card numbers in a talk of two"
