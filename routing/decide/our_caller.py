"""A caller who is a person of ours: from a registered phone, or from a phone with an outside number. Pure.

A caller's number is no proof: schemes ask for a PIN before they ring anybody.
"""

from __future__ import annotations

from dataclasses import replace

from routing.decide.directory import Directory
from routing.decide.verdict import Verdict
from routing.model.call import Call
from routing.model.caller_shown import shown_as_company
from routing.model.decision import RingNumber


def calling_person(call: Call, directory: Directory) -> str:
    """The person of ours who calls; "" for a stranger."""
    return call.person or directory.numbers.get(call.caller, "").partition(".")[0]


def for_our_caller(verdict: Verdict, call: Call, directory: Directory) -> Verdict:
    """The verdict; where it rings an outside number for a person of ours, that client sees the company's number."""
    person = calling_person(call, directory)
    if not person or not isinstance(verdict.decision, RingNumber):
        return verdict
    return replace(verdict, variables={**verdict.variables, **shown_as_company(person)})
