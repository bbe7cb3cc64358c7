"""A file that cannot be imported: the message says where it is wrong and what to do."""

from __future__ import annotations

from routing.model.problem import UserFailure


class ImportFault(UserFailure):
    """The file cannot be read; nothing is written."""
