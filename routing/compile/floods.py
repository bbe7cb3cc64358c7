"""The dialplan that refuses floods of calls: a condition in the extensions of numbers, and the way through for callers
who are known (`routing.model.flood`).

A call to a number without a refusal costs one comparison. Known callers stand in files outside the release, by the last
digits of their numbers: they change with the journal, not with the schemes.
"""

from __future__ import annotations

from collections.abc import Sequence

from routing.model.flood import HIDDEN, KNOWN, PREFIX, REFUSE, REFUSED, STEP
from routing.model.folder import Folder
from routing.steps.dialplan import Condition, Context, Extension

FILE, JUDGED = "floods", "floods_judged"
#: Set by the file of a known caller.
PASSES = "routing_caller_passes"
#: The scheme of a call that may be refused, for the journal.
_SCHEME = "routing_refused_scheme"
#: The digits of a caller's number that name the file.
SHARD_DIGITS = 3
#: Numbers in one regex: FreeSWITCH's library compiles up to 64 kB of it.
MOST_IN_REGEX = 2000
#: How entry dialplans execute a number's extension (`routing.compile.numbers`): all of it captured, and the release.
_EXECUTED = r"([^@]+@[^@]+@[^@]+@(.+))$"
#: One of the beginnings, and a caller whose number begins so; callers without a number among them, and one of those.
_BEGINS_SO = r"(\w*)(?:,\w+)*@(?=[^@]+@\+?\2)"
#: What a number's extension is given: with the name of its file; the caller and the release.
_NUMBERED, _PARTIES = r"^(\+?\d*(\d{4})@[^@]+@[^@]+@(.+))$", r"^[^@]+@([^@]+)@[^@]+@(.+)$"
_NO_NUMBER = rf"{HIDDEN}(?:,\w+)*@(?=[^@]+@(?!\+\d{{7}}))"


def guarded(folder: Folder) -> str:
    """Which numbers have the condition: ``paid``, ``all``, or "" for none."""
    return folder.project.floods.numbers if folder.project.floods else ""


def add_refusal(context: Context, digits: str, pattern: str, scheme: str) -> None:
    """Append the extension of a number's refusal, in front of the number's own. ``digits``, ``pattern`` and ``scheme``:
    of the number, or placeholders."""
    field = f"${{{PASSES}}}${{{PREFIX}{digits}}}@${{destination_number}}"
    refusal = Condition(field, rf"^{REFUSE}_(\w+)(?:,\w+)*,(?:{_BEGINS_SO}|{_NO_NUMBER}){_EXECUTED}")
    refused = context.extension(digits, refusal, pattern=pattern)
    for name, value in (("routing_number", f"+{digits}"), (_SCHEME, scheme), (REFUSED, "$1")):
        refused.set(name, value)
    refused.do("transfer", f"'$3' XML:$4/{FILE}.xml {FILE}")


def flood_contexts() -> tuple[Context, Context]:
    """Let known callers go on to their number, and refuse the others before anything costs money."""
    looked_up, judged = Context(FILE), Context(JUDGED)
    caller = rf"\+?(\d*(\d{{{SHARD_DIGITS}}}))"
    known = looked_up.extension("known", pattern=r"^([^@]+@" + caller + r"@[^@]+@((.+)/releases/\w+))$")
    known.do("execute_extension", f"$2 XML:$5/{KNOWN}/$3.xml {KNOWN}")
    known.do("transfer", f"'$1' XML:$4/{FILE}.xml {JUDGED}")
    has_passed = Condition(f"${{{PASSES}}}", "^true$"), Condition("destination_number", _NUMBERED)
    goes_on = judged.extension("known", *has_passed, pattern="^.")
    goes_on.set(REFUSED, "")
    goes_on.do("transfer", "'$1' XML:$3/numbers/$2.xml numbers")
    for refused in (judged.extension("refused", pattern=_PARTIES), looked_up.extension("refused", pattern=_PARTIES)):
        _refuse(refused)
    return looked_up, judged


def _refuse(refused: Extension) -> None:
    """The end of a refused call, with what the journal says of any call: number, caller, scheme, release."""
    for name, value in (
        ("routing_direction", "in"),
        ("routing_caller", "$1"),
        ("routing_release", "$2"),
        ("routing_scheme", f"${{{_SCHEME}}}"),
    ):
        refused.set(name, value)
    refused.enter(STEP, STEP)
    refused.do("hangup", "CALL_REJECTED")


def known_context(numbers: Sequence[str]) -> Context:
    """Of the known callers of one file, by their digits."""
    context = Context(KNOWN)
    for at in range(0, len(numbers), MOST_IN_REGEX):
        some = context.extension("known", pattern=f"^(?:{'|'.join(numbers[at : at + MOST_IN_REGEX])})$")
        some.set(PASSES, "true")
    return context


def shard_of_caller(digits: str) -> str:
    """The name of the file of a known caller's digits."""
    return digits[-SHARD_DIGITS:]
