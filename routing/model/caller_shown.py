"""Who phones show as the caller, and a person of the company who calls in from a phone with an outside number. Pure.

Their number is a phone of ours, as in ``mobile: {number: ...}``. When they reach an outside number by way of a scheme,
that number is the client's: it sees the company, whatever the trunk's policy is. The keys of the calling leg count if
the caller has proven who they are (`routing.model.proof`).
"""

from __future__ import annotations

from collections.abc import Mapping

#: Prefixes of leg variables that depend on the caller: `${routing_hides}_Privacy` is the header variable
#: `sip_h_Privacy` for a withheld caller, and meaningless where `routing_hides` is not set. The last assignment counts.
HIDES, ASSERTS, SHOWS = "routing_hides", "routing_asserts", "routing_shows"
#: Variables of calls with a withheld caller: From stays anonymous, the company is asserted, Privacy is requested.
WITHHELD = {HIDES: "sip_h", ASSERTS: "sip_h"}
#: Variables of calls whose caller is not a number that carriers accept (a short one, a name, a colleague): the
#: company's number is shown.
NOT_A_NUMBER = {SHOWS: "origination_caller_id", ASSERTS: "sip_h"}
#: Which leg is the person's: `self` or `peer`.
PERSON_LEG = "routing_person_leg"
#: On a client's leg that a person has sent on to an outside number: nobody of ours is on the line, and no keys count.
WITH_OUTSIDE = "routing_with_outside"
#: The person who calls a client by way of a scheme.
OUR_CALLER = "routing_our_caller"


def counts_as(person: str) -> Mapping[str, str]:
    """Variables of a call that rings a client for a person of ours who has proven who they are."""
    return {OUR_CALLER: person, PERSON_LEG: "self"}
