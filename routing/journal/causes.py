"""Why a phone did not talk, in words. The left side is FreeSWITCH's hangup cause of its leg."""

from __future__ import annotations

WORDS = {
    "ALLOTTED_TIMEOUT": "did not answer",
    "NO_ANSWER": "did not answer",
    "NO_USER_RESPONSE": "did not react",
    "PROGRESS_TIMEOUT": "did not react",
    "RECOVERY_ON_TIMER_EXPIRE": "did not react",
    "USER_BUSY": "busy",
    "BUSY_EVERYWHERE": "busy",
    "CALL_REJECTED": "declined",
    "DECLINE": "declined",
    "UNWANTED": "declined",
    "ORIGINATOR_CANCEL": "the caller gave up",
    "LOSE_RACE": "somebody else took the call",
    "PICKED_OFF": "somebody else took the call",
    "SUBSCRIBER_ABSENT": "not reachable",
    "USER_NOT_REGISTERED": "not registered",
    "DESTINATION_OUT_OF_ORDER": "not reachable",
    "NETWORK_OUT_OF_ORDER": "the gateway could not be reached",
    "GATEWAY_DOWN": "the gateway is down",
    "INVALID_GATEWAY": "there is no such gateway",
    "NORMAL_TEMPORARY_FAILURE": "the carrier failed",
    "NORMAL_CIRCUIT_CONGESTION": "the carrier's lines were busy",
    "SWITCH_CONGESTION": "the carrier's lines were busy",
    "SERVICE_UNAVAILABLE": "the carrier failed",
    "UNALLOCATED_NUMBER": "the number does not exist",
    "NO_ROUTE_DESTINATION": "the number does not exist",
    "INVALID_NUMBER_FORMAT": "the number does not exist",
    "NUMBER_CHANGED": "the number has changed",
    "MEDIA_TIMEOUT": "no sound came any more",
    "INCOMING_CALL_BARRED": "takes no calls",
    "OUTGOING_CALL_BARRED": "forbidden destination",
    "INCOMPATIBLE_DESTINATION": "no common codec",
    "BEARERCAPABILITY_NOTAVAIL": "no common codec",
    "NORMAL_CLEARING": "hung up",
}
#: Causes of a phone that is in use.
BUSY = frozenset({"USER_BUSY", "BUSY_EVERYWHERE"})
#: Causes of a phone that rang and was not taken, or whose owner would not.
UNTAKEN = frozenset({"ALLOTTED_TIMEOUT", "NO_ANSWER", "CALL_REJECTED", "DECLINE", "UNWANTED", "ORIGINATOR_CANCEL",
                     "LOSE_RACE", "PICKED_OFF", "NORMAL_CLEARING"})  # fmt: skip


def why(cause: str, picked_up: bool, key: str) -> str:
    """Why a leg that was not connected with the caller ended; ``key``: what it had to press ("" for none)."""
    words = WORDS.get(cause, cause.lower().replace("_", " "))
    if not picked_up:
        return words
    if cause in ("ORIGINATOR_CANCEL", "LOSE_RACE", "PICKED_OFF"):
        return f"picked up, {words} first"
    if key and cause == "CALL_REJECTED":
        return "picked up and refused"
    return f"picked up and did not press {key}" if key else "picked up and was not connected"
