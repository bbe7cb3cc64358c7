"""Whom a person may ask, or send a client to, by keys of a talk."""

from __future__ import annotations

from routing.compile.people import as_colleague, outside_forms
from routing.model.folder import Folder
from routing.model.talk_keys import TARGETS
from routing.steps.base import RELEASE
from routing.steps.dialplan import Context, Extension
from routing.steps.dialstring import COLLEAGUE_SECONDS


def targets_context(folder: Folder) -> Context:
    """Whom a person may ask or send to: as `routing.compile.transfers`, without the way back."""
    context = Context(TARGETS)
    for extension, name in sorted(folder.extensions.items()):
        _rings(
            context.extension(extension), as_colleague(name, folder), f"{name} XML:{RELEASE}/people/{name}.xml person"
        )
    for account, phone in sorted(folder.accounts.items()):
        place = f"{phone} XML:{RELEASE}/people/{phone.partition('.')[0]}.xml person"
        _rings(context.extension(account), str(COLLEAGUE_SECONDS), place)
    for pattern, dial in outside_forms(folder):
        outside = context.extension("outside", pattern=pattern)
        _rings(outside, "60", f"{dial} XML:{RELEASE}/outbound.xml outbound")
    return context


def _rings(here: Extension, ring_for: str, place: str) -> None:
    here.set("routing_ring_for", ring_for)
    here.do("execute_extension", place)
