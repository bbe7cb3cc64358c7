"""Where a call goes that a phone sends on (SIP REFER): wherever that phone may dial, and back when nobody takes it.

FreeSWITCH brings the call into the fixed dialplan (``force_transfer_context``), which tells whose phone it was
(``routing_by``) and enters here.
"""

from __future__ import annotations

from routing.compile.emergency import call_for_help
from routing.compile.people import as_colleague, outside_forms
from routing.model.folder import Folder
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context, Extension
from routing.steps.dialstring import COLLEAGUE_SECONDS

TRANSFER = CONTEXT = "transfer"
#: The phone that sent the call on, and its person.
BY = Condition("${routing_by}", r"^(([a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*)$")
BACK = "back"
_BACK = f"{BACK} XML:{RELEASE}/{TRANSFER}.xml {CONTEXT}"
#: How long the phone that sent a call on rings when it comes back, and an outside number.
BACK_SECONDS, OUTSIDE_SECONDS = 30, 60


def transfer_context(folder: Folder) -> Context:
    """Extensions, accounts and outside numbers as phones dial them; anything else comes back."""
    context = Context(CONTEXT)
    if dialled := call_for_help(context, folder):
        dialled.do("transfer", _BACK)
    for extension, name in sorted(folder.extensions.items()):
        _onward(
            context.extension(extension), f"{name} XML:{RELEASE}/people/{name}.xml person", as_colleague(name, folder)
        )
    for account, phone in sorted(folder.accounts.items()):
        place = f"{phone} XML:{RELEASE}/people/{phone.partition('.')[0]}.xml person"
        _onward(context.extension(account), place, str(COLLEAGUE_SECONDS))
    for pattern, dial in outside_forms(folder):
        outside = context.extension("outside", pattern=pattern)
        _onward(outside, f"{dial} XML:{RELEASE}/outbound.xml outbound", str(OUTSIDE_SECONDS))
    back = context.extension(BACK, BY, pattern="^.")
    back.set("routing_ring_for", BACK_SECONDS)
    back.do("execute_extension", f"$1 XML:{RELEASE}/people/$2.xml person")
    back.do("hangup", "NO_ANSWER")
    return context


def _onward(extension: Extension, place: str, ring_for: str) -> None:
    """A talk ends the call; who is busy, off or does not pick up leaves it to the phone that sent it on."""
    extension.set("routing_ring_for", ring_for)
    extension.do("execute_extension", place)
    extension.do("transfer", _BACK)
