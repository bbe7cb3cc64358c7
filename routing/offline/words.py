"""How FreeSWITCH splits an argument into words, with quotes and escapes, and names hangup causes.

Pure text in, text out.
"""

from __future__ import annotations

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


def sip_cause(status: int) -> str:
    """The hangup cause of a SIP status."""
    return SIP_CAUSES.get(status, "NORMAL_UNSPECIFIED")


def atoi(text: str | None) -> int:
    """C's atoi: the leading integer, else 0."""
    text = (text or "").strip()
    sign, digits = (text[:1], text[1:]) if text[:1] in ("+", "-") else ("", text)
    count = next((at for at, letter in enumerate(digits) if not ("0" <= letter <= "9")), len(digits))
    return int(sign + digits[:count]) if count else 0


def separate(text: str, delimiter: str, limit: int = 256) -> list[str]:
    """Split as ``switch_separate_string``: quotes hold, the last piece keeps the rest."""
    if "'" not in text and "\\" not in text:
        return _plain(text, delimiter, limit)
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
    return [_clean(piece, delimiter) for piece in pieces]


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
