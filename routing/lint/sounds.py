"""Sounds that FreeSWITCH plays otherwise than they were recorded."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.whole import WholeFolder
from routing.model.problem import Problem
from routing.model.sound import converting


class SeveralChannels(Lint):
    """A sound has several channels, which FreeSWITCH adds up: the caller hears loud speech distorted.

    A phone call has one channel. Two that hold the same voice become one twice as loud (measured on FreeSWITCH 1.10.12:
    from half of full scale on the tone of a stereo file is cut off, at 8, 16 and 48 kHz, from a sixth on that of one
    with six channels). Convert the recording, or allow the lint where its channels are soft enough.

    Good::

        - ring: ivan
        - play: greeting.wav
        - hangup

    Bad, with a file that has two channels::

        - ring: ivan
        - play: stereo.wav
        - hangup
    """

    id = "several-channels"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Files of `sounds/`."""
        for name, channels in whole.channels.items():
            if channels > 1:
                message = f"has {channels} channels, which FreeSWITCH adds up: loud speech is distorted"
                yield LintFinding(Problem(f"sounds/{name}", 1, 1, "", message, f"`{converting(name)}`"), self.id)
