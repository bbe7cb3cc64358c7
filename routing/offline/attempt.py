"""Rings one part of a dial string in virtual time: its groups of legs, their delays, timeouts and confirm keys.

As in FreeSWITCH (``check_per_channel_timeouts``, ``check_channel_status``): ``leg_timeout`` counts from the leg's own
delayed start; when every leg rung so far has failed, delayed legs start at once; a leg with ``group_confirm_key`` wins
only when the key is pressed in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from routing.model.confirming import RUNS_EXTENSION
from routing.offline import progress
from routing.offline.argument import atoi, cause_named
from routing.offline.confirm_prompt import ConfirmPrompt
from routing.offline.dialstring import DialPart, Endpoint
from routing.offline.document import is_true
from routing.offline.leg import CalledLeg
from routing.offline.line import CallerLine
from routing.offline.phones import ScriptedPhone, ScriptedPhones

GROUP_SECONDS = 60
_ENDINGS = {
    "busy": "USER_BUSY",
    "rejects": "CALL_REJECTED",
    "redirects": "REQUESTED_CHAN_UNAVAIL",
    "unreachable": "NO_USER_RESPONSE",
}


class Attempt:
    """One part: its groups in order, the legs of the current group.

    ``turn`` handles what is due, ``next_ms`` is when to call it again, ``cause`` is why it failed once it is ``over``.
    """

    def __init__(
        self,
        line: CallerLine,
        part: DialPart,
        phones: ScriptedPhones,
        call_timeout: str | None,
        prompt: ConfirmPrompt | None = None,
    ) -> None:
        self.line = line
        self.prompt = prompt
        self.phones = phones
        self.part = part
        self.group = -1
        self.endpoints: Sequence[Endpoint] = ()
        self.legs: list[CalledLeg] = []
        self.start_ms = 0
        self.cause = "DESTINATION_OUT_OF_ORDER"
        self.over = False
        seconds = atoi(part.variables.get("originate_timeout")) or atoi(call_timeout)
        self.seconds = seconds if seconds > 0 else GROUP_SECONDS

    def next_group(self) -> None:
        """Dial the next group of the sequence; skip groups of which no leg can be created."""
        while not self.over:
            self.group += 1
            if self.group >= len(self.part.groups):
                self.over = True
                return
            self.start_ms = self.line.now_ms
            self.endpoints = self.part.groups[self.group]
            self.legs = [leg for endpoint in self.endpoints if (leg := self._create(endpoint))]
            if self.legs:
                if is_true(self.part.variables.get("instant_ringback")):
                    progress.play_ringback(self.line)
                return

    def _create(self, endpoint: Endpoint) -> CalledLeg | None:
        variables = endpoint.variables
        address = endpoint.address
        target = variables.get("routing_target") or self.phones.aliases.get(address, address)
        phone = self.phones.find(target, address)
        if self.line.finds_talking(target) and phone.does != "unreachable":
            phone = replace(phone, does="busy", after_ms=0)
        cause = _refusal(endpoint, phone)
        if cause:
            self.cause = cause
            if endpoint.kind == "error":
                self.line.note("undisturbed", target, cause)
                return None
            self.line.note("ring", target, f"{endpoint.kind}/{endpoint.rest}")
            self.line.note("ring_end", target, cause)
            if cause in ("CHAN_NOT_IMPLEMENTED", "MANDATORY_IE_MISSING"):
                self.line.note("error", f"the endpoint of {endpoint.kind}/{endpoint.rest} cannot be dialled")
            return None
        delay, limit = (
            max(atoi(variables.get("leg_delay_start")), 0),
            max(atoi(variables.get("leg_timeout")), 0),
        )
        return CalledLeg(endpoint, phone, target, limit + delay if limit else 0, delay)

    def turn(self) -> CalledLeg | None:
        """Handle everything that is due now; return the winning leg, if any."""
        if self.over:
            return None
        for leg in self.legs:
            if leg.state == "waiting" and not leg.delay_s:
                self._ring(leg)
        for leg in self.legs:
            if winner := self._outcome(leg):
                return winner
        self._limits()
        if self._elapsed_ms() >= self.seconds * 1000:
            self._time_out()
        elif not any(leg.live for leg in self.legs):
            self.cause = self.legs[0].cause
            self.next_group()
            return self.turn()
        return None

    def next_ms(self) -> int | None:
        """The next moment at which this part may change; None when it is over."""
        if self.over:
            return None
        moments = [self.start_ms + self.seconds * 1000]
        for leg in self.legs:
            if leg.live and leg.limit_s:
                moments.append(self.start_ms + leg.limit_s * 1000)
            if leg.state == "waiting":
                moments.append(self.start_ms + leg.delay_s * 1000)
            elif leg.state == "ringing" and not leg.held and (due := leg.due_ms) is not None:
                moments.append(due)
            elif leg.state == "confirming":
                moments += [at for at in (leg.confirmed_ms, leg.refused_ms) if at is not None]
        return max(min(moments), self.line.now_ms)

    def end(self, leg: CalledLeg, cause: str) -> None:
        """End a leg with a cause."""
        if leg.state != "waiting":
            self.line.note("ring_end", leg.target, cause, self.line.now_ms - leg.rung_ms)
            self.line.leaves(leg.target)
        leg.state, leg.cause = "down", cause

    def _elapsed_ms(self) -> int:
        return self.line.now_ms - self.start_ms

    def _outcome(self, leg: CalledLeg) -> CalledLeg | None:
        now = self.line.now_ms
        if leg.state == "ringing" and (due := leg.due_ms) is not None and now >= due:
            leg.held = leg.phone.does == "answers" and self.line.finds_person_talking(leg.target)
            if leg.held:
                return None
            if leg.phone.does in _ENDINGS:
                self.end(leg, _ENDINGS[leg.phone.does])
                return None
            return self._picked_up(leg)
        if leg.state == "confirming" and leg.confirmed_ms is not None and now >= leg.confirmed_ms:
            return self._won(leg)
        if leg.state == "confirming" and leg.refused_ms is not None and now >= leg.refused_ms:
            self.end(leg, "CALL_REJECTED")
        return None

    def _ring(self, leg: CalledLeg) -> None:
        leg.state, leg.rung_ms = "ringing", self.line.now_ms
        self.line.rings(leg.target)
        self.line.note("ring", leg.target, f"{leg.endpoint.kind}/{leg.endpoint.rest}")
        if leg.phone.does in _ENDINGS and not leg.phone.after_ms:
            return
        progress.progress(self.line, self.part.variables, leg.phone, alone=len(self.endpoints) == 1)

    def _picked_up(self, leg: CalledLeg) -> CalledLeg | None:
        leg.picked_ms = self.line.now_ms
        key, refuses = leg.endpoint.keys
        if key:
            self.line.note("confirm", leg.target, key)
            refused, won = leg.phone.refuses_ms if refuses else None, leg.phone.confirms_ms
            after = self.prompt.won_ms(leg.phone) if self.prompt and won is not None else 0
            self._confirming(leg, None if won is None or after is None else won + after, refused)
        elif self.prompt and leg.endpoint.variables.get("group_confirm_key") == RUNS_EXTENSION:
            heard = self.prompt.sound_ms
            self.line.note("confirm" if self.prompt.needs_key else "whisper", *self._of_prompt(leg), lasted_ms=heard)
            self._confirming(leg, self.prompt.won_ms(leg.phone), self.prompt.refused_ms(leg.phone))
        else:
            return self._won(leg)
        extra = leg.endpoint.variables.get("group_confirm_timeout", "")
        if extra.isdigit():
            leg.limit_s = self._elapsed_ms() // 1000 + int(extra) if int(extra) else 0
        elif is_true(leg.endpoint.variables.get("group_confirm_cancel_timeout")):
            leg.limit_s = 0
        return None

    def _of_prompt(self, leg: CalledLeg) -> tuple[str, str]:
        """Subject and detail of the event of the prompt: as for a confirm key, or as for a whisper."""
        assert self.prompt
        return (leg.target, "") if self.prompt.needs_key else (self.prompt.sound, leg.target)

    def _confirming(self, leg: CalledLeg, won_ms: int | None, refused_ms: int | None) -> None:
        leg.state = "confirming"
        leg.confirmed_ms = None if won_ms is None else self.line.now_ms + won_ms
        leg.refused_ms = None if refused_ms is None else self.line.now_ms + refused_ms

    def _won(self, leg: CalledLeg) -> CalledLeg:
        self.line.note("ring_end", leg.target, "answered", self.line.now_ms - leg.rung_ms)
        leg.state = "down"
        return leg

    def _limits(self) -> None:
        elapsed_s = self._elapsed_ms() / 1000
        self._start_delayed(elapsed_s)
        for leg in self.legs:
            if leg.live and leg.limit_s and elapsed_s >= leg.limit_s:
                self.end(leg, "ALLOTTED_TIMEOUT")

    def _start_delayed(self, elapsed_s: float) -> None:
        delayed = [leg for leg in self.legs if leg.live and leg.delay_s]
        if not delayed:
            return
        idle = not any(leg.live and not leg.delay_s for leg in self.legs)
        soonest = min(leg.delay_s for leg in delayed)
        early = soonest - int(elapsed_s)
        for leg in delayed:
            if idle:
                if leg.limit_s:
                    leg.limit_s = leg.limit_s - early if leg.limit_s > early else 1
                leg.delay_s -= soonest
            elif elapsed_s >= leg.delay_s:
                leg.delay_s = 0
            if not leg.delay_s:
                self._ring(leg)

    def _time_out(self) -> None:
        for leg in self.legs:
            if leg.live:
                self.end(leg, "NO_ANSWER")
        self.cause = "NO_ANSWER"
        if is_true(self.part.variables.get("originate_continue_on_timeout")):
            self.next_group()
        else:
            self.over = True


def _refusal(endpoint: Endpoint, phone: ScriptedPhone) -> str:
    """Why the leg cannot be created; empty when it can."""
    if endpoint.kind == "error":
        return cause_named(endpoint.rest)
    if endpoint.kind not in ("sofia", "loopback"):
        return "MANDATORY_IE_MISSING" if endpoint.kind == "user" else "CHAN_NOT_IMPLEMENTED"
    inside = endpoint.kind == "sofia" and not endpoint.rest.startswith(("gateway/", "external/"))
    return "USER_NOT_REGISTERED" if phone.does == "unreachable" and inside else ""
