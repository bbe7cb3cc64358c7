"""Hangup causes of FreeSWITCH (most are ITU-T Q.850's): the only table of names, SIP statuses and descriptions.

Names and their order are those of ``CAUSE_CHART`` (``switch_channel.c``), statuses those of
``sofia_glue_sip_cause_to_freeswitch`` (``sofia_glue.c``), both of v1.10.12.
"""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """``statuses``: SIP statuses that end a leg with this cause. ``journal``, ``trace``: its description there, ""
    where the name is enough. ``is_offered``: a scheme or webhook may end a call with it."""

    name: str
    statuses: tuple[int, ...]
    journal: str
    trace: str
    is_offered: bool


#: ``*``: offered to schemes. Name, statuses, description in the journal, after ``|`` that in `routing trace`.
_TABLE = """
  NONE                           -
* UNALLOCATED_NUMBER             404                     the number does not exist
  NO_ROUTE_TRANSIT_NET           -
* NO_ROUTE_DESTINATION           485,604                 the number does not exist
  CHANNEL_UNACCEPTABLE           -
  CALL_AWARDED_DELIVERED         -
* NORMAL_CLEARING                200                     hung up
* USER_BUSY                      486,600                 busy                         | busy
* NO_USER_RESPONSE               480                     did not react                | unreachable
* NO_ANSWER                      -                       did not answer               | no answer
* SUBSCRIBER_ABSENT              -                       not reachable
* CALL_REJECTED                  401,402,403,407,603,608 declined                     | rejects
* NUMBER_CHANGED                 410                     the number has changed
  REDIRECTION_TO_NEW_DESTINATION -
* EXCHANGE_ROUTING_ERROR         482,483
* DESTINATION_OUT_OF_ORDER       -                       not reachable
* INVALID_NUMBER_FORMAT          484                     the number does not exist
* FACILITY_REJECTED              -
  RESPONSE_TO_STATUS_ENQUIRY     -
* NORMAL_UNSPECIFIED             -
* NORMAL_CIRCUIT_CONGESTION      -                       the carrier's lines were busy
* NETWORK_OUT_OF_ORDER           502                     the gateway could not be reached
* NORMAL_TEMPORARY_FAILURE       400,481,500,503         the carrier failed
* SWITCH_CONGESTION              -                       the carrier's lines were busy
  ACCESS_INFO_DISCARDED          -
* REQUESTED_CHAN_UNAVAIL         -
  PRE_EMPTED                     -
  FACILITY_NOT_SUBSCRIBED        -
* OUTGOING_CALL_BARRED           -                       forbidden destination
* INCOMING_CALL_BARRED           -                       takes no calls
  BEARERCAPABILITY_NOTAUTH       -
* BEARERCAPABILITY_NOTAVAIL      -                       no common codec
* SERVICE_UNAVAILABLE            405                     the carrier failed
  BEARERCAPABILITY_NOTIMPL       -
  CHAN_NOT_IMPLEMENTED           -
  FACILITY_NOT_IMPLEMENTED       -
  SERVICE_NOT_IMPLEMENTED        406,415,501
  INVALID_CALL_REFERENCE         -
* INCOMPATIBLE_DESTINATION       488,606                 no common codec
  INVALID_MSG_UNSPECIFIED        -
  MANDATORY_IE_MISSING           -
  MESSAGE_TYPE_NONEXIST          -
  WRONG_MESSAGE                  -
  IE_NONEXIST                    -
  INVALID_IE_CONTENTS            -
  WRONG_CALL_STATE               -
* RECOVERY_ON_TIMER_EXPIRE       408,504                 did not react
  MANDATORY_IE_LENGTH_ERROR      -
  PROTOCOL_ERROR                 -
* INTERWORKING                   413,414,416,420,421,423,505,513
  SUCCESS                        -
* ORIGINATOR_CANCEL              487                     the caller gave up           | stops ringing, the caller left
  CRASH                          -
  SYSTEM_SHUTDOWN                -
  LOSE_RACE                      -                       somebody else took the call  | stops ringing, another answered
  MANAGER_REQUEST                -
  BLIND_TRANSFER                 -
  ATTENDED_TRANSFER              -
* ALLOTTED_TIMEOUT               -                       did not answer               | no answer
  USER_CHALLENGE                 -
  MEDIA_TIMEOUT                  -                       no sound came any more
  PICKED_OFF                     -                       somebody else took the call
* USER_NOT_REGISTERED            -                       not registered               | not registered
  PROGRESS_TIMEOUT               -                       did not react
  INVALID_GATEWAY                -                       there is no such gateway
* GATEWAY_DOWN                   -                       the gateway is down
  INVALID_URL                    -
  INVALID_PROFILE                -
  NO_PICKUP                      -
  SRTP_READ_ERROR                -
  BOWOUT                         -
* BUSY_EVERYWHERE                -                       busy
* DECLINE                        -                       declined
* DOES_NOT_EXIST_ANYWHERE        -
* NOT_ACCEPTABLE                 -
* UNWANTED                       607                     declined
  NO_IDENTITY                    428
  BAD_IDENTITY_INFO              429
  UNSUPPORTED_CERTIFICATE        437
  INVALID_IDENTITY               438
  STALE_DATE                     -
  REJECT_ALL                     -
"""
#: The cause of a SIP status that is not in the table.
UNSPECIFIED = "NORMAL_UNSPECIFIED"


def _row(line: str) -> Cause:
    facts, _, trace = line[2:].partition("|")
    name, statuses, *phrase = facts.split(None, 2)
    numbers = () if statuses == "-" else tuple(map(int, statuses.split(",")))
    return Cause(name, numbers, "".join(phrase).strip(), trace.strip(), line.startswith("*"))


CAUSES = {row.name: row for row in map(_row, _TABLE.strip("\n").split("\n"))}
#: The causes that schemes may use.
OFFERED = frozenset(cause.name for cause in CAUSES.values() if cause.is_offered)
#: A phone is busy.
BUSY = frozenset({"USER_BUSY", "BUSY_EVERYWHERE"})
#: A phone rang and nobody answered, or the person declined.
UNTAKEN = frozenset({"ALLOTTED_TIMEOUT", "NO_ANSWER", "CALL_REJECTED", "DECLINE", "UNWANTED", "ORIGINATOR_CANCEL",
                     "LOSE_RACE", "PICKED_OFF", "NORMAL_CLEARING"})  # fmt: skip
_BY_STATUS = {status: cause.name for cause in CAUSES.values() for status in cause.statuses}


def cause_of_status(status: int) -> str:
    """The hangup cause of a leg that ended with a SIP status."""
    return _BY_STATUS.get(status, UNSPECIFIED)
