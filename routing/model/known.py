"""Whether a caller is known, as channel variables: seconds since the last talk with them, or found by a CRM.

One lookup per call: the result stays on the channel, and later steps only compare it.
"""

from __future__ import annotations

#: Seconds since the last talk, ``no`` without one; empty before the lookup.
KNOWN = "routing_known"
#: ``crm`` when a CRM has found the caller in this call.
KNOWN_BY_CRM = "routing_known_by_crm"
NOBODY, CRM = "no", "crm"

#: Both variables concatenated, and regexes for known and unknown callers.
EITHER = f"${{{KNOWN}}}${{{KNOWN_BY_CRM}}}"
IS_KNOWN, IS_UNKNOWN = rf"\d|{CRM}", f"^(?:{NOBODY})?$"


def within(seconds: int) -> str:
    """A regex of the whole numbers from 0 to ``seconds``: FreeSWITCH's conditions only compare text."""
    digits = str(seconds)
    forms = [rf"\d{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        if digit != "0":
            rest = len(digits) - place - 1
            forms.append(f"{digits[:place]}[0-{int(digit) - 1}]" + (rf"\d{{{rest}}}" if rest else ""))
    return f"^(?:{'|'.join([*forms, digits])})$"
