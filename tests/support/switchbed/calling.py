"""One call under way on the real switch, and what its caller, its phones and its CDRs tell of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from routing.journal.sound import is_message
from routing.model.message import least_seconds
from routing.model.rating import CONTEXT
from routing.model.talk_keys import BOUND, WAITS

from . import sip
from .attending import Phoning
from .cases import Case
from .memory import lend
from .outcome import Outcome, opening
from .waiting import until

if TYPE_CHECKING:
    from .bed import Bed

_LONGEST_CALL_S = 60
PROVISIONAL = ("180", "183")
_CHALLENGES = ("401", "407")
#: What a caller has been told when his phone rings, and when he is answered.
_HEARD = {"rings": ("180", "183", "200"), "talks": ("200",)}


class Calling:
    """Begins the call of a case, with whatever it wants the company's systems to say."""

    def __init__(self, bed: Bed, case: Case, folder: Path) -> None:
        self.bed = bed
        self.case = case
        self.published = bed.publish(case.publish) if case.publish else True
        self._told = len(bed.handler.asked)
        if case.webhook is not None:
            bed.handler.answers[case.caller] = case.webhook
        if case.crm:
            bed.handler.crm[case.caller] = case.crm
        if case.visitor is not None:
            lend(bed.company.root, case.to, case.visitor)
        if case.account:
            self.caller = bed.dial(folder, case.account, case.to, sends=case.sends, **sip.of_colleague(case))
        else:
            self.caller = bed.call(folder, limited=case.limited, **sip.of_case(case))

    def stop(self) -> None:
        """End the caller."""
        self.caller.stop()

    def wait_heard(self, what: str) -> None:
        """Wait until the caller hears ringing (``rings``) or is answered (``talks``)."""
        told = _HEARD[what]
        heard = until(lambda: any(each.received and each.start in told for each in self.caller.messages()))
        assert heard, f"{self.case.name}: the caller was never told {' or '.join(told)}"

    def wait_over(self) -> None:
        """Wait for the call's end."""
        self.caller.wait(_LONGEST_CALL_S)
        self.bed.record(self.caller.messages()[0].header("Call-ID"))

    def outcome(self, phones: Mapping[str, Phoning]) -> Outcome:
        """Collect what happened."""
        messages = self.caller.messages()
        began = messages[0].at
        record = self.bed.record(messages[0].header("Call-ID"))
        uuids = frozenset([record["uuid"]])
        if self.case.sends:
            record = self._stays(record)
            uuids |= {record["uuid"]}
        invites = [(each, target) for target, phone in phones.items() for each in self._invites(phone, uuids)]
        received = [each for each in messages if each.received and each.is_final_of("INVITE")]
        finals = [each for each in received if each.start not in _CHALLENGES]
        answered = [each.at - began for each in finals if each.start == "200"]
        return Outcome(
            rung=sorted((each.at - began, target) for each, target in invites),
            status=int(finals[0].start) if finals else 0,
            answered_s=answered[0] if answered else None,
            ended_s=messages[-1].at - began,
            talked=self._talked(record),
            call=record,
            seen={target: each for each, target in reversed(invites)},
            files=[path for path in self.bed.recordings() if record["uuid"] in path.name and _counts(path, record)],
            asked=[each for each in self.bed.handler.asked[self._told :] if each.get("caller") == self.case.caller],
            told=tuple(
                dict.fromkeys(int(each.start) for each in messages if each.received and each.start in PROVISIONAL)
            ),
            published=self.published,
            opening=opening(self.bed.company.root, record),
        )

    def _invites(self, phone: Phoning, uuids: frozenset[str]) -> list[sip.Message]:
        """INVITEs that this call sent to a phone, retransmissions left out: the leg's CDR says whose it was."""
        first = {
            each.header("Call-ID"): each
            for each in reversed(phone.messages())
            if each.received and each.start == "INVITE"
        }
        return [each for call_id, each in first.items() if uuids & _of(self.bed.record(call_id))]

    def _stays(self, record: Mapping[str, str]) -> dict[str, str]:
        """The CDR of whom a phone of ours has called and sent on: the call goes on without that phone."""
        legs = self.bed.records
        found = until(lambda: next((cdr for cdr in legs() if cdr.get("originator") == record["uuid"]), None))
        assert found is not None, f"no CDR of a leg that {record['uuid']} has dialled"
        return dict(found)

    def _talked(self, record: Mapping[str, str]) -> str | None:
        """The target of the leg that the caller was bridged to, or of who came last into the room."""
        legs = [leg for leg in self.bed.records() if leg.get(BOUND) == record["uuid"] and leg["uuid"] != record["uuid"]]
        if legs and any(leg.get(WAITS) for leg in (record, *legs)):
            return _stayed(legs)
        if record.get("conference_name"):
            legs = [each for each in self.bed.records() if _by(each) == record["uuid"] and each.get("conference_name")]
            return max(legs, key=lambda leg: leg["answer_uepoch"])["routing_target"] if legs else None
        other = record.get("bridge_uuid")
        went_on = f"/{CONTEXT}/" in record.get("transfer_history", "")  # after the talk: a transfer begins times anew
        if not other or (record.get("bridge_epoch", "0") == "0" and not went_on):
            return None
        leg = until(lambda: next((cdr for cdr in self.bed.records() if cdr.get("uuid") == other), None))
        assert leg is not None, f"no CDR of leg {other}"
        return leg.get("routing_target")


def _by(leg: Mapping[str, str]) -> str:
    """The uuid of the call that dialled a leg, or invited it to a room."""
    return leg.get("routing_invited_by") or leg.get("originator", "")


def _stayed(legs: Sequence[Mapping[str, str]]) -> str | None:
    """After keys of a talk: who was there to the end, of several who came last."""
    last = max(int(leg["end_uepoch"]) for leg in legs)
    stayed = [leg for leg in legs if int(leg["end_uepoch"]) > last - 1_000_000]
    return max(stayed, key=lambda leg: int(leg["answer_uepoch"])).get("routing_target")


def _of(leg: Mapping[str, str]) -> frozenset[str]:
    """Who dialled a leg, and the call whose keys of a talk it knows."""
    return frozenset(filter(None, [_by(leg), leg.get(BOUND)]))


def _counts(path: Path, record: Mapping[str, str]) -> bool:
    """Whether the journal would keep a recording: of a voicemail, whether it holds a message."""
    return "voicemail" not in path.parts or is_message(str(path), least_seconds(record))
