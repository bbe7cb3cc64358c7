"""Recording without an announcement, and of rooms in which nobody masks it."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.ways import UntilAnnounced, rings
from routing.lint.whole import WholeFolder
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
_BY_DEFAULT = (
    "write `record_announcement` of the project; or `announce_recording: true` there, if a greeting says so; "
    "or allow this lint, with the reason"
)


class UnannouncedRecording(Lint):
    """Talks are recorded and nobody is told so: the law of most countries wants an announcement before.

    With `record_announcement` of the project every recorded talk begins with one, calls that people make included,
    and nothing is reported. With `announce_recording: true` the schemes announce it themselves: every way to a talk
    must play a sound before; any sound counts, whatever its content. Otherwise every scheme that records is reported,
    and so are `record` and `record_key` of the project. Where no announcement is needed, allow it with the reason.

    Good::

        project: {name: p, timezone: UTC, country: UA, record: both, record_announcement: greeting.wav}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{ring: ivan}, hangup]

    Good, in a greeting::

        project: {name: p, timezone: UTC, country: UA, announce_recording: true}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{play: greeting.wav}, {ring: ivan}, hangup]

    Bad::

        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{ring: ivan}, hangup]

    Bad, the greeting comes too late::

        project: {name: p, timezone: UTC, country: UA, announce_recording: true}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{ring: ivan}, {play: greeting.wav}, hangup]

    Bad, nobody whom people call hears a greeting::

        project: {name: p, timezone: UTC, country: UA, announce_recording: true, record: both}
    """

    id = "unannounced-recording"
    until = "announced"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """With `announce_recording`: the first step of each path that can lead to a talk."""
        project = one.folder.project
        if one.fields.record == "no" or not project.announce_recording or project.record_announcement:
            return iter(())
        return _UnannouncedRecording(one).complaints(False)

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Schemes that record, unless the project says who announces it; calls of people, and recordings by key."""
        project = whole.folder.project
        if project.record_announcement:
            return
        for facts in () if project.announce_recording else whole.schemes.values():
            if facts.records:
                yield facts.at(self.id, facts.records, "talks are recorded without an announcement", _BY_DEFAULT)
        if project.record != "no":
            message = "talks of people's outgoing calls are recorded without an announcement"
            yield whole.at(self.id, ("project", "record"), message, _OUTGOING)
        if project.record_key:
            message = "recordings by key begin without an announcement"
            yield whole.at(self.id, ("project", "record_key"), message, _OUTGOING)


_OUTGOING = "write `record_announcement` of the project, or allow this lint, with the reason"


class UnmaskedRoom(Lint):
    """A room is recorded, and the project has a key that masks recordings (`record_pause`): nobody can mask this one.

    The phones of the people whom a room (`conference`) invites have the key; callers do not.

    Good::

        project: {name: p, timezone: UTC, country: UA, record_pause: "*5"}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{conference: {room: a, people: [ivan]}}, hangup]

    Bad::

        project: {name: p, timezone: UTC, country: UA, record_pause: "*5"}
        ---
        scheme: front
        numbers: "+380440000001"
        record: both
        steps: [{conference: {room: a}}, hangup]
    """

    id = "unmasked-room"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every room of a recorded scheme."""
        key = one.folder.project.record_pause
        if one.fields.record == "no" or not key:
            return
        for step, loc, _ in one.steps:
            if isinstance(step, ConferenceStep) and not step.people:
                message = f"nobody can mask the recording of this room: it invites no `people`, who would have `{key}`"
                yield loc, message, "invite somebody of the company, or write `record: no`"
