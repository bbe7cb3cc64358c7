"""Messages that nobody hears of."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.steps.base import Complaint
from routing.steps.voicemail import VoicemailStep


class UnnotifiedVoicemail(Lint):
    """A message is left and nobody is told: the client waits for a call back that does not come.

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
                yield loc, f"nobody is told of messages in box `{step.box}`", "add `notify: [person or e-mail address]`"
