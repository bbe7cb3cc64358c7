"""What the ways of calling back share in the dialplan: how nobody's leg begins once, which settings a call gets, and
how the leg that has won leaves nobody's."""

from __future__ import annotations

from collections.abc import Sequence

from routing.compile.numbers import ON_EVERY_CALL, parties, ringback_settings
from routing.model.callback_call import CALLBACK, CONTEXT, FILE, ONCE, ONCE_SECONDS
from routing.model.folder import Folder
from routing.model.rating import AFTER_TALK, AS_TALK_BEGINS, CALLED_BACK, WHERE
from routing.model.rating import CONTEXT as RATED
from routing.model.talk_keys import PHONE
from routing.steps.base import RELEASE
from routing.steps.dialplan import Condition, Context, Extension

#: A person's or scheme's id in a pattern.
ID = "[a-z][a-z0-9_]{0,63}"


def once(context: Context, first: str, order: str, captures: int) -> Extension:
    """The extension in which nobody's leg begins, once for an attempt: FreeSWITCH would give a second leg with the uuid
    of a living one another uuid, and go on. ``order``: a pattern with so many captures, the release's folder last."""
    begins = Condition("destination_number", rf"^{first}@([0-9a-f-]{{36}}){order}")
    begin = context.extension(first, begins, pattern=f"^{first}@[0-9a-f-]{{36}}@")
    begin.set("process_cdr", "false")
    begin.do("limit", f"hash {ONCE} $1 1/{ONCE_SECONDS} !CALL_REJECTED")
    begin.set("process_cdr", "")
    passed = "@".join(f"${at}" for at in range(2, captures + 2))
    begin.do("transfer", f"{first}@{passed} {file_of(f'${captures + 1}')}")
    return context.extension(first, pattern=f"^{first}{order}")


def call_settings(
    extension: Extension, folder: Folder, release: str, passes_on: Sequence[str] = ("routing_phone",)
) -> None:
    """The settings of every call, of the client with the company's number; what an earlier bridge left is gone.

    ``passes_on``: variables that the leg gives to those that it dials.
    """
    for name in ("bridge_pre_execute_app", "bridge_pre_execute_data", "group_confirm_key", "group_confirm_file"):
        extension.set(name, "")
    for name, value in (*parties(CALLBACK, "$1", "$1", release), *ON_EVERY_CALL):
        extension.set(name, ",".join((value, *passes_on)) if name == "export_vars" else value)
    for name, value in ringback_settings(folder.project.country):
        extension.set(name, value)
    extension.set("routing_number", "$2")
    extension.set("routing_caller_pays", "false")
    extension.set("routing_jumps", "")


def add_rates(context: Context) -> None:
    """``rates``: the leg of a person who has taken the call tells the client's leg which `rate` of the scheme holds.

    An outside number that a webhook has named is nobody's phone: the talk with it is not rated.
    """
    marked = Condition(f"${{{WHERE}}}@${{routing_phone}}", rf"^([a-z0-9_.]+)@({ID})@{PHONE}$")
    rates = context.extension("rates", marked)
    for name, value in (
        ("routing_release", RELEASE),
        (WHERE, "$1@$2"),
        (CALLED_BACK, "${routing_caller}"),
        (AFTER_TALK, f"$1@$2:XML:{RATED}"),
        (AS_TALK_BEGINS, f"execute_extension $1.begins XML:{RELEASE}/schemes/$2.xml $2"),
    ):
        rates.do("export", f"nolocal:{name}={value}")


def then_on(extension: Extension, label: str, release: str) -> None:
    """The leg that has won leaves the bridge for an extension of this file."""
    extension.set("bridge_pre_execute_bleg_app", "transfer")
    extension.set("bridge_pre_execute_bleg_data", f"{label} {file_of(release)}")


def file_of(release: str, context: str = CONTEXT) -> str:
    """A place in the release's file of callbacks, as `transfer` takes it."""
    return f"XML:{release}/{FILE} {context}"
