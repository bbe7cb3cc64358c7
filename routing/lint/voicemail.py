"""Voicemails without a notice."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.steps.base import Complaint
from routing.steps.voicemail import VoicemailStep


class UnnotifiedVoicemail(Lint):
    """A caller leaves a message and nobody is notified: they wait for a call back that never comes.

    Good::

        - voicemail: {box: sales, notify: ivan}

    Bad::

        - voicemail: {box: sales}
    """

    id = "untold-voicemail"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Boxes without `notify`."""
        for step, loc, _ in one.steps:
            if isinstance(step, VoicemailStep) and not step.notify:
                message = f"nobody is notified of messages in box `{step.box}`"
                yield loc, message, "add `notify: [person or e-mail address]`"
