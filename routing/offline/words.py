"""How FreeSWITCH splits an argument into words, with quotes and escapes, and names hangup causes.

Pure text in, text out.
"""

from __future__ import annotations

import re
from functools import lru_cache

_TEXTS = 4_096
_INTEGER = re.compile(r"\s*([+-]?[0-9]+)")
_EXPANSION = re.compile(r"\$(?=\\*\{)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "s": " "}

#: Cause of a leg refused with a SIP status, as mod_sofia translates it.
SIP_CAUSES = {
    200: "NORMAL_CLEARING", 401: "CALL_REJECTED", 402: "CALL_REJECTED",
    403: "CALL_REJECTED", 407: "CALL_REJECTED", 603: "CALL_REJECTED", 608: "CALL_REJECTED", 607: "UNWANTED",
    404: "UNALLOCATED_NUMBER",
    485: "NO_ROUTE_DESTINATION", 604: "NO_ROUTE_DESTINATION", 408: "RECOVERY_ON_TIMER_EXPIRE",
    504: "RECOVERY_ON_TIMER_EXPIRE", 410: "NUMBER_CHANGED", 480: "NO_USER_RESPONSE",
    400: "NORMAL_TEMPORARY_FAILURE", 481: "NORMAL_TEMPORARY_FAILURE", 500: "NORMAL_TEMPORARY_FAILURE",
    503: "NORMAL_TEMPORARY_FAILURE", 486: "USER_BUSY", 600: "USER_BUSY", 484: "INVALID_NUMBER_FORMAT",
    488: "INCOMPATIBLE_DESTINATION", 606: "INCOMPATIBLE_DESTINATION", 502: "NETWORK_OUT_OF_ORDER",
    405: "SERVICE_UNAVAILABLE", 501: "SERVICE_NOT_IMPLEMENTED", 482: "EXCHANGE_ROUTING_ERROR",
    483: "EXCHANGE_ROUTING_ERROR", 487: "ORIGINATOR_CANCEL",
}  # fmt: skip


#: Every cause that FreeSWITCH knows by name; any other word is NORMAL_CLEARING to it.
CAUSES = frozenset(
    """NONE UNALLOCATED_NUMBER NO_ROUTE_TRANSIT_NET NO_ROUTE_DESTINATION CHANNEL_UNACCEPTABLE CALL_AWARDED_DELIVERED
    NORMAL_CLEARING USER_BUSY NO_USER_RESPONSE NO_ANSWER SUBSCRIBER_ABSENT CALL_REJECTED NUMBER_CHANGED
    REDIRECTION_TO_NEW_DESTINATION EXCHANGE_ROUTING_ERROR DESTINATION_OUT_OF_ORDER INVALID_NUMBER_FORMAT
    FACILITY_REJECTED RESPONSE_TO_STATUS_ENQUIRY NORMAL_UNSPECIFIED NORMAL_CIRCUIT_CONGESTION NETWORK_OUT_OF_ORDER
    NORMAL_TEMPORARY_FAILURE SWITCH_CONGESTION ACCESS_INFO_DISCARDED REQUESTED_CHAN_UNAVAIL PRE_EMPTED
    FACILITY_NOT_SUBSCRIBED OUTGOING_CALL_BARRED INCOMING_CALL_BARRED BEARERCAPABILITY_NOTAUTH
    BEARERCAPABILITY_NOTAVAIL SERVICE_UNAVAILABLE BEARERCAPABILITY_NOTIMPL CHAN_NOT_IMPLEMENTED
    FACILITY_NOT_IMPLEMENTED SERVICE_NOT_IMPLEMENTED INVALID_CALL_REFERENCE INCOMPATIBLE_DESTINATION
    INVALID_MSG_UNSPECIFIED MANDATORY_IE_MISSING MESSAGE_TYPE_NONEXIST WRONG_MESSAGE IE_NONEXIST
    INVALID_IE_CONTENTS WRONG_CALL_STATE RECOVERY_ON_TIMER_EXPIRE MANDATORY_IE_LENGTH_ERROR PROTOCOL_ERROR
    INTERWORKING SUCCESS ORIGINATOR_CANCEL CRASH SYSTEM_SHUTDOWN LOSE_RACE MANAGER_REQUEST BLIND_TRANSFER
    ATTENDED_TRANSFER ALLOTTED_TIMEOUT USER_CHALLENGE MEDIA_TIMEOUT PICKED_OFF USER_NOT_REGISTERED
    PROGRESS_TIMEOUT INVALID_GATEWAY GATEWAY_DOWN INVALID_URL INVALID_PROFILE NO_PICKUP SRTP_READ_ERROR
    BOWOUT BUSY_EVERYWHERE DECLINE DOES_NOT_EXIST_ANYWHERE NOT_ACCEPTABLE UNWANTED NO_IDENTITY
    BAD_IDENTITY_INFO UNSUPPORTED_CERTIFICATE INVALID_IDENTITY STALE_DATE REJECT_ALL""".split()
)


def cause_named(word: str) -> str:
    """A cause by its name in any case, as FreeSWITCH understands it; of numbers USER_BUSY alone is read."""
    if atoi(word) == 17:
        return "USER_BUSY"
    return word.upper() if word.upper() in CAUSES else "NORMAL_CLEARING"


def sip_cause(status: int) -> str:
    """The hangup cause of a SIP status."""
    return SIP_CAUSES.get(status, "NORMAL_UNSPECIFIED")


def atoi(text: str | None) -> int:
    """C's atoi: the leading integer, else 0."""
    found = _INTEGER.match(text or "")
    return int(found[1]) if found else 0


def separate(text: str, delimiter: str, limit: int = 256) -> list[str]:
    """Split as ``switch_separate_string``: quotes hold, the last piece keeps the rest."""
    quoted = "'" in text or "\\" in text
    return list(_quoted(text, delimiter, limit)) if quoted else _plain(text, delimiter, limit)


@lru_cache(maxsize=_TEXTS)
def _quoted(text: str, delimiter: str, limit: int) -> tuple[str, ...]:
    pieces: list[str] = []
    at = 0
    while at < len(text):
        if len(pieces) == limit - 1:
            pieces.append(text[at:])
            break
        end = _piece_end(text, at, delimiter)
        pieces.append(text[at:end])
        at = end + 1
        while delimiter == " " and text[at : at + 1] == " ":
            at += 1
    return tuple(_clean(piece, delimiter) for piece in pieces)


def _plain(text: str, delimiter: str, limit: int) -> list[str]:
    if delimiter == " ":
        return [piece.strip(" ") for piece in text.strip(" ").split(None, limit - 1)] if text.strip(" ") else []
    pieces = [piece.strip(" ") for piece in text.split(delimiter, limit - 1)] if text else []
    return pieces[:-1] if pieces and not pieces[-1] and text.endswith(delimiter) else pieces


def _piece_end(text: str, at: int, delimiter: str) -> int:
    quoted = False
    while delimiter == " " and text[at : at + 1] == " ":
        at += 1
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == "'" and (quoted or delimiter == " " or "'" in text[at + 1 :]):
            quoted = not quoted
        elif letter == delimiter and not quoted:
            return at
        at += 1
    return len(text)


def _clean(piece: str, delimiter: str) -> str:
    if "'" not in piece and "\\" not in piece:
        return piece.strip(" ")
    piece = piece.lstrip(" ")
    out: list[str] = []
    end = at = 0
    quoted = False
    while at < len(piece):
        letter = piece[at]
        following = piece[at + 1 : at + 2]
        escaped = following if following in ("'", '"', delimiter, "\\") else _ESCAPES.get(following, "")
        if letter == "\\" and following and escaped and (delimiter != " " or following != " "):
            out.append(escaped)
            end, at = len(out), at + 2
            continue
        if letter == "'" and (quoted or "'" in piece[at + 1 :]):
            quoted = not quoted
            end = len(out) if quoted else end
        else:
            out.append(letter)
            end = len(out) if letter != " " or quoted else end
        at += 1
    return "".join(out[:end])


def harmless(text: str) -> str:
    """A field of a caller as FreeSWITCH takes it: ``${`` becomes ``%{``, so that no such field is ever expanded."""
    return _EXPANSION.sub("%", text)
