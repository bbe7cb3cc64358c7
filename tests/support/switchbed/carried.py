"""What came of the shared cases, each carried beside the others; one that goes otherwise is carried again, alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from .cases import Case
from .outcome import Outcome, differences

#: The property of a test that says what the first time differed in.
AGAIN = "carried again"


@dataclass
class Carried:
    """``first`` has the calls by the case's name; ``alone`` carries a case while no other is under way.

    ``again``: what the first time differed in, by the names of the cases that were carried once more.
    """

    first: Mapping[str, Future[list[Outcome]]]
    alone: Callable[[Case], list[Outcome]]
    again: dict[str, str] = field(default_factory=dict)
    _verdicts: dict[str, list[str]] = field(default_factory=dict)

    def judged(self, case: Case) -> list[str]:
        """What differs from what the case expects, call by call; of the second time, where there was one."""
        if case.name not in self._verdicts:
            self._verdicts[case.name] = self._judged(case)
        return self._verdicts[case.name]

    def _judged(self, case: Case) -> list[str]:
        try:
            found = differing(case, self.first[case.name].result())
        except Exception as problem:
            found = [repr(problem)]
        if not found:
            return []
        self.again[case.name] = "; ".join(found)
        return differing(case, self.alone(case))


def differing(case: Case, outcomes: list[Outcome]) -> list[str]:
    """One line for each thing that went otherwise than expected in any call of a case."""
    calls = list(zip(case.calls(), outcomes, strict=True))
    small = [path for _, outcome in calls for path in outcome.files if path.stat().st_size <= 8000]
    return [each for call, outcome in calls for each in differences(call, outcome)] + [
        f"{path.name}: {path.stat().st_size} bytes are no sound" for path in small
    ]
