"""Decisions inside FreeSWITCH where there are next to none."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.whole import WholeFolder


class InlineForCodes(Lint):
    """The project decides inside FreeSWITCH, and no scheme has a decision that can be made there.

    Whether a caller is known is one, in `match` and `play`. The codes that phones dial are others, but few calls dial
    them: without mod_python3 in FreeSWITCH a fault of Python can end no call.

    Good::

        project: {name: p, timezone: UTC, country: UA, engine: {transport: inline}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{match: [{when: {known: true}, steps: [{ring: ivan}]}]}, hangup]

    Bad, who is free is asked of the engine::

        project: {name: p, timezone: UTC, country: UA, engine: {transport: inline}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [sticky, {ring: ivan}, hangup]
    """

    id = "inline-for-codes"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """The setting, if only codes use it."""
        used = any(facts.may_be_inline for facts in whole.schemes.values())
        if whole.complete and whole.folder.project.decides_inside and not used:
            message = "no scheme decides anything inside FreeSWITCH: the engine is asked as without it"
            yield whole.at(self.id, ("project", "engine", "transport"), message, "leave `engine` out")
