"""Calls that the desk begins: one file of the release, ``desk.xml``.

Nobody's leg rings one phone of a person; who picks up leaves it (``bridge_pre_execute_bleg_app``, as in
`routing.compile.callbacks`). ``dials``: their leg dials the client by the way of calls from phones: `destinations`, the
number shown, recording. ``joins``: their leg hears a call. They have asked for it, so do-not-disturb does not hold.

Who takes over waits, and the desk bridges the client's leg with theirs: ``intercept`` would make the client's leg the
one that was called, and the journal would have no call of it.

Keys of somebody who listens would switch `eavesdrop` to speaking, and the client would hear them: they are off. On the
colleague's leg, ``eavesdrop_whisper_bleg`` is what the colleague hears.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.compile.numbers import ON_EVERY_CALL, parties, ringback_settings
from routing.model import dnd
from routing.model.caller_shown import NOT_A_NUMBER
from routing.model.desk_call import BY, CONTEXT, DIALS, FILE, JOINED, JOINS, LISTEN, TAKE_OVER, WHISPER
from routing.model.folder import Folder
from routing.steps.dialplan import Context, Extension

#: How long the phone rings of who has just clicked.
RING_SECONDS = 30
_NUMBER, _UUID, _RELEASE = r"(\+\d{7,15})", r"([0-9a-f-]{36})", r"(/.+)"
_LEFT = ("bridge_pre_execute_app", "bridge_pre_execute_data", "group_confirm_key", "group_confirm_file")
_PASSED_ON = ("routing_phone", JOINS, JOINED, DIALS, BY)
#: A channel's variable hides the global one that do-not-disturb sets; in a dial string it sets this and nothing else.
_DISTURBS = "[routing_clicked=true]"
#: Who takes over waits so long for the desk to bridge them; without it the talk goes on as it was.
PARKED_SECONDS = 5
_JOINS = {
    LISTEN: (("eavesdrop_enable_dtmf", "false"),),
    WHISPER: (("eavesdrop_enable_dtmf", "false"), ("eavesdrop_whisper_bleg", "true")),
}


def desk_context(folder: Folder) -> Context:
    """``dial`` and ``join`` ring a phone; ``dials`` and ``joins`` are what its leg does then."""
    context = Context(CONTEXT)
    for person, phone, account in _phones(folder):
        target = f"{person}.{phone}"
        place = rf"{person}\.{phone}"
        dial = context.extension("dial", pattern=f"^dial@{place}@{_NUMBER}@{_RELEASE}$")
        _rings(dial, folder, person, target, "$1", "$2", f"dials@{target}@$1@$2")
        dials = context.extension("dials", pattern=f"^dials@{place}@{_NUMBER}@{_RELEASE}$")
        _settings(dials, folder, "", "$2", ("routing_phone",))
        dials.set("process_cdr", "")  # FreeSWITCH gives nobody's to the legs that it dials
        for name, value in (("routing_person", person), ("routing_phone", target), ("routing_account", account)):
            dials.set(name, value)
        for name, value in NOT_A_NUMBER.items():
            dials.set(name, value)
        dials.do("transfer", "$1 XML:$2/internal.xml internal")
        if not _joins_are_allowed(folder):
            continue
        join = context.extension("join", pattern=f"^join@{place}@([a-z_]+)@{_UUID}@{_RELEASE}$")
        _rings(join, folder, person, target, "", "$3", "joins@$1@$2@$3")
    if _joins_are_allowed(folder):
        _add_joins(context, folder)
    return context


def _joins_are_allowed(folder: Folder) -> bool:
    desk = folder.project.desk
    return desk is None or desk.joining.allowed


def _add_joins(context: Context, folder: Folder) -> None:
    for how, settings in _JOINS.items():
        joins = _joins(context, folder, how)
        for name, value in settings:
            joins.set(name, value)
        joins.do("eavesdrop", "$1")
        joins.do("hangup", "NORMAL_CLEARING")
    taking = _joins(context, folder, TAKE_OVER)
    taking.set("park_timeout", f"{PARKED_SECONDS}:NORMAL_CLEARING")
    taking.do("park")
    taking.do("hangup", "NORMAL_CLEARING")


def _phones(folder: Folder) -> Iterator[tuple[str, str, str]]:
    """Person, label and account of every phone that can be rung."""
    for person, facts in sorted(folder.people.items()):
        for label, phone in facts.phones.items():
            if phone.sip or folder.gateways:
                yield person, label, phone.sip or ""


def _rings(extension: Extension, folder: Folder, person: str, target: str, shown: str, release: str, then: str) -> None:
    """Nobody's leg rings a phone; it leaves no record of its own."""
    _settings(extension, folder, shown, release)
    extension.set("process_cdr", "false")
    extension.set(dnd.variable(person), _DISTURBS)
    extension.set("routing_ring_for", RING_SECONDS)
    extension.set("bridge_pre_execute_bleg_app", "transfer")
    extension.set("bridge_pre_execute_bleg_data", f"{then} XML:{release}/{FILE} {CONTEXT}")
    extension.do("execute_extension", f"{target} XML:{release}/people/{person}.xml person")
    extension.do("hangup", "NO_ANSWER")


def _joins(context: Context, folder: Folder, how: str) -> Extension:
    """The leg of somebody who joins a call: it leaves no record, the call that it joins does."""
    joins = context.extension("joins", pattern=f"^joins@{how}@{_UUID}@{_RELEASE}$")
    _settings(joins, folder, "", "$2")
    joins.set("process_cdr", "false")
    return joins


def _settings(
    extension: Extension, folder: Folder, shown: str, release: str, passes_on: Sequence[str] = _PASSED_ON
) -> None:
    """The settings of every call; what an earlier bridge left is gone."""
    for name in _LEFT:
        extension.set(name, "")
    for name, value in (*parties("internal", "anonymous", shown, release), *ON_EVERY_CALL):
        extension.set(name, ",".join((value, *passes_on)) if name == "export_vars" else value)
    for name, value in ringback_settings(folder.project.country):
        extension.set(name, value)
    extension.set("effective_caller_id_number", shown)
    extension.set("routing_number", "")
    extension.set("routing_jumps", "")
    extension.set("import", "none")
