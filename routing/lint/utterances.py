"""What callers say at speech menus is kept, and nobody tells them."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.ways import UntilAnnounced
from routing.lint.whole import WholeFolder
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step
from routing.steps.listen import ListenStep, kept_seconds

_HINT = "play the announcement first: a phrase cuts the prompt off"
_BY_DEFAULT = (
    "play an announcement before `listen`, and write `announce_recording: true` of the project; "
    "or allow this lint, with the reason"
)


class _UnannouncedListening(UntilAnnounced):
    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        if isinstance(step, ListenStep) and not state:
            self.complaints_found.append((loc, "what callers say here is kept without an announcement", _HINT))
        return super().enter(step, loc, state)


class UnannouncedUtterance(Lint):
    """What callers say at speech menus is kept, and nobody tells them: the law of most countries wants it said before.

    `record_announcement` comes when a talk begins, so it does not tell them. With `announce_recording: true` the
    schemes say it themselves: every way to a speech menu must play a sound before; any sound counts, whatever its
    content. The prompt of the menu is none: callers speak over it.

    Good, in a greeting::

        project:
          name: p
          timezone: UTC
          country: UA
          recognisers: {english: en}
          keep: {utterances: 14d}
          announce_recording: true
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - play: greeting.wav
          - listen: {prompt: menu.wav, keys: menu.wav, options: {sales: {phrases: sales, key: "1", steps: [hangup]}}}
          - hangup

    Bad::

        project: {name: p, timezone: UTC, country: UA, recognisers: {english: en}, keep: {utterances: 14d}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen: {prompt: menu.wav, keys: menu.wav, options: {sales: {phrases: sales, key: "1", steps: [hangup]}}}
          - hangup

    Bad, only the prompt could tell::

        project:
          name: p
          timezone: UTC
          country: UA
          recognisers: {english: en}
          keep: {utterances: 14d}
          announce_recording: true
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - ring: ivan
          - listen: {prompt: menu.wav, keys: menu.wav, options: {sales: {phrases: sales, key: "1", steps: [hangup]}}}
          - hangup
    """

    id = "unannounced-utterance"
    until = "announced"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """With `announce_recording`: each speech menu that callers can reach unannounced."""
        if not kept_seconds(one.folder) or not one.folder.project.announce_recording:
            return iter(())
        return _UnannouncedListening(one).complaints(False)

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """The setting that keeps them, unless the project says that its schemes announce it."""
        project = whole.folder.project
        if kept_seconds(whole.folder) and not project.announce_recording:
            message = "what callers say at speech menus is kept without an announcement"
            yield whole.at(self.id, ("project", "keep", "utterances"), message, _BY_DEFAULT)
