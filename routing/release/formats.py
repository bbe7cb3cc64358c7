"""Which releases this version runs: the ``format`` number of each, which ``release.json`` has."""

from __future__ import annotations

import json
from pathlib import Path

from routing.compile.version import FORMAT, OLDEST_FORMAT
from routing.model.problem import UserFailure

MANIFEST = "release.json"


class FormatFault(UserFailure):
    """A release that this version cannot run, or whose manifest cannot be read: what is wrong, and how to mend it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} (hint: {hint})")
        self.what, self.hint = what, hint


def check_format(folder: Path) -> None:
    """Raises FormatFault for a release that this version cannot run."""
    anew, runs = "compile its schemes anew, by `routing publish`", f"({OLDEST_FORMAT} to {FORMAT})"
    try:
        number = _format_of(folder)
    except (OSError, ValueError, TypeError, AttributeError):
        raise FormatFault(f"its {MANIFEST} cannot be read", anew) from None
    if number > FORMAT:
        what = f"it is newer (format {number}) than what this version of routing runs {runs}"
        raise FormatFault(what, "bring the node to the version that compiled it first")
    if number < OLDEST_FORMAT:
        raise FormatFault(f"it is older (format {number}) than what this version of routing runs {runs}", anew)


def _format_of(folder: Path) -> int:
    """The number of a release. The first ones had none: it is 0 for those whose phones could not register at a node of
    today, which keeps no Contact that it has not made sure of (`sip-force-contact`), and 1 for the others.
    """
    number = json.loads((folder / MANIFEST).read_bytes()).get("format")
    if number is not None:
        return int(number)
    accounts = (folder / "directory.xml").read_text(encoding="utf-8")
    return 0 if "<user " in accounts and '"sip-force-contact"' not in accounts else 1
