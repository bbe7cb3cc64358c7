"""A caller who is a person of ours: from a registered phone, or from a phone with an outside number. Pure.

A caller's number is no proof, anybody can forge it (`model.proof`). A registered phone needs none.
"""

from __future__ import annotations

from dataclasses import replace

from routing.decide.directory import Directory
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.caller_shown import NOT_A_NUMBER, counts_as
from routing.model.decision import RingNumber


def calling_person(call: Call, directory: Directory) -> str:
    """The person of ours who calls; "" for a stranger."""
    return call.person or directory.numbers.get(call.caller, "").partition(".")[0]


def certain_person(call: Call, directory: Directory) -> str:
    """The same, if it is certain who calls."""
    return calling_person(call, directory) if call.person or call.proven else ""


def for_our_caller(verdict: Verdict, call: Call, directory: Directory) -> Verdict:
    """The verdict; where it rings an outside number for a person of ours, that client sees the company's number.

    The caller's keys count, and the journal has it as their call, when it is certain who calls.
    """
    person = calling_person(call, directory)
    if not person or not isinstance(verdict.decision, RingNumber):
        return verdict
    counts = counts_as(person) if certain_person(call, directory) else {}
    return replace(verdict, variables={**verdict.variables, **NOT_A_NUMBER, **counts})
