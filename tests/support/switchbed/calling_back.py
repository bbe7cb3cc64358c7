"""One callback under way on the real switch, and what its phones and CDRs tell of it afterwards."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import uuid4

from routing.journal.sound import EMPTY_BYTES
from routing.model.rating import RATED_LEG, SCORE, WHERE

from .attending import Phoning
from .cases import Case
from .outcome import Outcome
from .waiting import until

if TYPE_CHECKING:
    from .bed import Bed

_LONGEST_CALL_S = 60


def _rated(record: Mapping[str, str]) -> dict[str, str]:
    """What the leg that talked says of its rating."""
    return {name: value for name, value in record.items() if name.startswith((WHERE, SCORE))}


class CallingBack:
    """Begins the call of a case as the engine does."""

    def __init__(self, bed: Bed, case: Case) -> None:
        self.bed, self.case = bed, case
        self._told = len(bed.handler.asked)
        if case.webhook is not None:
            bed.handler.answers[case.caller] = case.webhook
        if case.crm:
            bed.handler.crm[case.caller] = case.crm
        self.uuid = str(uuid4())
        call, esl = bed.company.calls_back(case, self.uuid), bed.switch.esl
        self.began = time.time()
        answer = esl.api(call.originate(esl.api("global_getvar routing_leg").strip()))
        assert answer.startswith("+OK"), answer

    def stop(self) -> None:
        """End whatever is left of it."""
        self.bed.switch.esl.api(f"uuid_kill {self.uuid}")

    def wait_heard(self, what: str) -> None:
        """Nobody hears anything."""
        raise AssertionError(f"{self.case.name}: a callback has no caller who is told {what}")

    def wait_over(self) -> None:
        """`outcome` waits."""

    def outcome(self, phones: Mapping[str, Phoning]) -> Outcome:
        """Wait for the call's end and collect what happened."""
        nobody = self._record(self.uuid)
        record = self._record(nobody["bridge_uuid"]) if self._bridged(nobody) else nobody
        uuids = {nobody["uuid"], record["uuid"]}
        with_whom = record.get(RATED_LEG) or (record["bridge_uuid"] if self._talked(record) else "")
        other = self._record(with_whom) if with_whom else {}
        uuids |= {with_whom}  # a client who was sent on rings others
        rung = [(at, target) for target, phone in phones.items() for at in self._rung(phone, uuids)]
        began = self.began if not rung else min(self.began, *(at for at, _ in rung))
        owners = {number: target for target, number in self.case.by_number.items()}
        talked = other.get("routing_target")
        files = self.bed.recordings()
        return Outcome(
            rung=sorted((at - began, target) for at, target in rung),
            status=200,
            answered_s=None,
            ended_s=int(record["end_uepoch"]) / 1e6 - began,
            talked=owners.get(talked, talked) if talked else None,
            call=nobody | {"hangup_cause": record["hangup_cause"]} | _rated(record) | _rated(other),
            seen={target: each for target, phone in phones.items() for each in self._invites(phone, uuids)},
            files=[
                path
                for path in files
                if (self.uuid in path.name and path.stat().st_size > EMPTY_BYTES) or record["uuid"] in path.name
            ],
            asked=[each for each in self.bed.handler.asked[self._told :] if each.get("caller") == self.case.caller],
        )

    def _record(self, uuid: str) -> dict[str, str]:
        found = until(
            lambda: next((cdr for cdr in self.bed.records() if cdr.get("uuid") == uuid), None), _LONGEST_CALL_S
        )
        assert found is not None, f"no CDR of leg {uuid}"
        return dict(found)

    def _bridged(self, record: Mapping[str, str]) -> bool:
        return bool(record.get("bridge_uuid")) and record.get("bridge_epoch", "0") != "0"

    def _talked(self, record: Mapping[str, str]) -> bool:
        return record["uuid"] != self.uuid and self._bridged(record)

    def _invites(self, phone: Phoning, uuids: set[str]) -> list:
        first = {
            each.header("Call-ID"): each
            for each in reversed(phone.messages())
            if each.received and each.start == "INVITE"
        }
        return [each for call_id, each in first.items() if self.bed.record(call_id).get("originator") in uuids]

    def _rung(self, phone: Phoning, uuids: set[str]) -> list[float]:
        return [each.at for each in self._invites(phone, uuids)]
