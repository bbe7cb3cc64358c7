"""Blind transfers by phones (SIP REFER): to anything that the phone may dial, and back without an answer.

FreeSWITCH sends the call into the fixed dialplan (``force_transfer_context``), which sets the transferring phone
(``routing_by``) and continues here.
"""

from __future__ import annotations

from routing.compile.emergency import emergency_extension
from routing.compile.parking import add_dialled
from routing.compile.people import as_colleague, outside_forms
from routing.compile.talk_parts import keeps_keys
from routing.model.caller_shown import WITH_OUTSIDE
from routing.model.folder import Folder
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.dialstring import COLLEAGUE_SECONDS

TRANSFER = CONTEXT = "transfer"
#: The transferring phone, and its person.
BY = Condition("${routing_by}", r"^(([a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*)$")
BACK = "back"
_BACK = f"{BACK} XML:{RELEASE}/{TRANSFER}.xml {CONTEXT}"
#: Ring time of the transferring phone when the call returns, and of an outside number.
BACK_SECONDS, OUTSIDE_SECONDS = 30, 60


def transfer_context(folder: Folder) -> Context:
    """Extensions, accounts and outside numbers as phones dial them; for anything else the call returns."""
    context = Context(CONTEXT)
    if dialled := emergency_extension(context, folder):
        dialled.do("transfer", _BACK)
    add_dialled(context, folder)
    for extension, name in sorted(folder.extensions.items()):
        _onward(
            context.extension(extension),
            f"{name} XML:{RELEASE}/people/{name}.xml person",
            as_colleague(name, folder),
            folder,
        )
    for account, phone in sorted(folder.accounts.items()):
        place = f"{phone} XML:{RELEASE}/people/{phone.partition('.')[0]}.xml person"
        _onward(context.extension(account), place, str(COLLEAGUE_SECONDS), folder)
    for pattern, dial in outside_forms(folder):
        outside = context.extension("outside", pattern=pattern)
        outside.set(WITH_OUTSIDE, "true")
        _onward(outside, f"{dial} XML:{RELEASE}/outbound.xml outbound", str(OUTSIDE_SECONDS), folder)
    back = context.extension(BACK, BY, pattern="^.")
    keeps_keys(back, folder)
    back.set(WITH_OUTSIDE, "")
    back.set("routing_ring_for", BACK_SECONDS)
    back.do("execute_extension", f"$1 XML:{RELEASE}/people/$2.xml person")
    back.do("hangup", "NO_ANSWER")
    return context


def _onward(extension: Extension, place: str, ring_for: str, folder: Folder) -> None:
    """Ring the target; without a talk the call returns to the transferring phone."""
    keeps_keys(extension, folder)
    extension.set("routing_ring_for", ring_for)
    extension.do("execute_extension", place)
    extension.do("transfer", _BACK)
