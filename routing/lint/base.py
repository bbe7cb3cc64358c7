"""What every lint is: its name, its manual, and where it looks, one scheme by itself or everything together."""

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
    #: The lint speaks of what callers meet first: only where a call can come without this having happened before.
    until: ClassVar[str] = ""

    @classmethod
    def manual(cls) -> str:
        """The docstring."""
        return inspect.cleandoc(cls.__doc__ or "")

    @classmethod
    def reason(cls) -> str:
        """One line: why this is doubtful."""
        return cls.manual().partition("\n")[0]

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """What is doubtful in a scheme by itself; kept while neither the scheme nor what it can name changes."""
        return iter(())

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """What only shows when everything is together."""
        return iter(())
