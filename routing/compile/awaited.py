"""How a colleague is connected with a person who was busy: a part of the release's file of callbacks.

The engine originates a leg of nobody into ``colleague`` once both are free. It rings the colleague, who sees the
person's name; who picks up leaves it (as in `routing.compile.callbacks`) and calls the person's extension, as if they
had dialled it themselves.
"""

from __future__ import annotations

from routing.compile.callback_parts import ID, call_settings, file_of, once, then_on
from routing.compile.people import displayed
from routing.model.callback_call import AWAITS, COLLEAGUE
from routing.model.decision import ring_for
from routing.model.folder import Folder
from routing.model.ringing import Wave
from routing.steps import targets
from routing.steps.dialplan import Context, Extension

#: How long the colleague's phone rings: they have asked for it, and the person is free now.
RECALL_SECONDS = 20


def add_colleagues(context: Context, folder: Folder) -> None:
    """``colleague``, ``shows``, ``rings``; ``recall``, ``from``, ``to``."""
    pair = f"@({ID})@({ID})@(/.+)$"
    start = once(context, "colleague", pair, 3)
    call_settings(start, folder, release="$3")
    _of_the_company(start)
    start.set(COLLEAGUE, "$1")
    start.set(AWAITS, "$2")
    then_on(start, "recall@$1@$2@$3", "$3")
    start.do("transfer", f"shows@$2@$1@$3 {file_of('$3')}")
    recall = context.extension("recall", pattern=f"^recall{pair}")
    call_settings(recall, folder, release="$3")
    _of_the_company(recall)
    recall.set("import", "none")  # the leg's target stays the colleague's phone
    recall.set("routing_phone", "${routing_target}")
    recall.do("transfer", f"from@$1@$2@$3 {file_of('$3')}")
    for extension, name in sorted(folder.extensions.items()):
        shows = context.extension("shows", pattern=f"^shows@{name}@({ID})@(/.+)$")
        _shown(shows, folder, name, extension)
        shows.do("transfer", f"rings@$1@$2 {file_of('$2')}")
        to = context.extension("to", pattern=f"^to@{name}@(/.+)$")
        to.do("transfer", f"{extension} XML:$1/internal.xml internal")
    for name, person in sorted(folder.people.items()):
        rings = context.extension("rings", pattern=f"^rings@{name}@(/.+)$")
        rings.set("routing_ring_for", ring_for(targets.waves(targets.alone(name, folder)) or (Wave(),), RECALL_SECONDS))
        rings.do("execute_extension", f"{name} XML:$1/people/{name}.xml person")
        rings.do("transfer", f"ended {file_of('$1')}")
        calls = context.extension("from", pattern=f"^from@{name}@({ID})@(/.+)$")
        _shown(calls, folder, name, person.extension or next((each.sip for each in person.phones.values() if each.sip),
                                                             "") or "")  # fmt: skip
        calls.do("transfer", f"to@$1@$2 {file_of('$2')}")


def _of_the_company(extension: Extension) -> None:
    """No client takes part."""
    extension.set("routing_caller", "anonymous")
    extension.set("routing_number", "")


def _shown(extension: Extension, folder: Folder, name: str, number: str) -> None:
    extension.set("effective_caller_id_number", number)
    extension.set("effective_caller_id_name", displayed(folder.people[name].name))
