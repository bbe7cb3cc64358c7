"""The dialplan files of which a release has one each, for the whole folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routing.compile.desk_calls import desk_context
from routing.compile.emergency import emergency_context
from routing.compile.keys import keys_context
from routing.compile.people import outbound_context
from routing.compile.record_by_key import recordings_context
from routing.compile.stated_number import stated_number_context
from routing.compile.transfers import TRANSFER, transfer_context
from routing.model.desk_call import CONTEXT as DESK_CALLS
from routing.model.folder import Folder
from routing.model.recording import FILE as RECORDING
from routing.steps.ask_number import READ
from routing.steps.base import KEYS
from routing.steps.dialplan import Context

#: File -> what is in it.
CONTEXTS: Sequence[tuple[str, Callable[[Folder], Context]]] = (
    ("outbound", outbound_context),
    ("emergency", emergency_context),
    (TRANSFER, transfer_context),
    (KEYS, keys_context),
    (READ, stated_number_context),
    (RECORDING, recordings_context),
    (DESK_CALLS, desk_context),
)
