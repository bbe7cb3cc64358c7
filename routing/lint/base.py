"""The base of all lints: id, manual, and findings in one scheme or in the whole folder."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import ClassVar

from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.steps.base import Complaint


class Lint:
    """Base of all lints. The first line of a lint's docstring is its reason, the rest its manual."""

    id: ClassVar[str]
    #: The lint applies only to schemes that a call can reach before this event (`routing.lint.ways.UNTIL`).
    until: ClassVar[str] = ""

    @classmethod
    def manual(cls) -> str:
        """The docstring."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def reason(cls) -> str:
        """The reason in one line."""
        return cls.manual().partition("\n")[0]

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Complaints about one scheme; cached until the scheme, or anything it can name, changes."""
        return iter(())

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Findings that need the whole folder."""
        return iter(())
