"""Whether a caller is known, as a call carries it: seconds since the last talk with them, or that a CRM has found them.

One question a call: what was answered stays on the channel, and later steps only compare.
"""

from __future__ import annotations

#: Seconds since the last talk, ``no`` when none is remembered; empty as long as nobody has asked.
KNOWN = "routing_known"
#: ``crm`` when a CRM has found the caller in this call.
KNOWN_BY_CRM = "routing_known_by_crm"
NOBODY, CRM = "no", "crm"

#: Both beside each other, and what they look like for a known and for an unknown caller.
EITHER = f"${{{KNOWN}}}${{{KNOWN_BY_CRM}}}"
IS_KNOWN, IS_UNKNOWN = rf"\d|{CRM}", f"^(?:{NOBODY})?$"


def within(seconds: int) -> str:
    """A regex for whole numbers from 0 to ``seconds``, as FreeSWITCH's conditions compare text only."""
    digits = str(seconds)
    forms = [rf"\d{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        if digit != "0":
            rest = len(digits) - place - 1
            forms.append(f"{digits[:place]}[0-{int(digit) - 1}]" + (rf"\d{{{rest}}}" if rest else ""))
    return f"^(?:{'|'.join([*forms, digits])})$"
