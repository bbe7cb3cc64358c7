"""The company's CRM: what its HTTP API says of a caller, in the words of `routing.offline.crm_answers`.

On the real switch the handler's server gives its answers. Offline the engine's own adapter asks it, in virtual time,
and remembers its answers from call to call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from routing.crm.systems import Systems
from routing.decide.responsible import Responsible
from routing.engine.ports import look_up
from routing.http.breaker import Breaker
from routing.model.decision import Call
from routing.model.lookup import Outcome
from routing.model.web import NoReply, Reply
from support.crm_fake import VirtualClock, VirtualTasks

_FAILING = re.compile(r"[45]\d\d")
_OWNED = re.compile(r"(?:(lead|deal|contact) )?(\w+)(?:, (.*))?")
_TAKES_S = 0.02


def question(path: str) -> tuple[str, dict[str, str]]:
    """``/crm/deal?phone=+380...&region=521``: the kind that is looked for, and what the CRM is told."""
    asked = urlsplit(path)
    told = dict(parse_qsl(asked.query, keep_blank_values=True))
    return asked.path.rpartition("/")[2], {"caller": told.pop("phone", ""), **told}


def answer(words: str, kind: str, caller: str, ids: Mapping[str, int]) -> tuple[int, bytes]:
    """HTTP status and body for words that are an answer; ``ids``: owner ids of people."""
    if _FAILING.fullmatch(words):
        return int(words), b"{}"
    owned = None if words == "nobody" else _OWNED.fullmatch(words)
    rows = []
    if owned and (owned[1] or "lead") == kind:
        rows = [{"id": "1", "owner": ids.get(owned[2], owned[2]), "phone": caller, "name": owned[3] or ""}]
    return 200, json.dumps({"rows": rows}).encode()


class Offline:
    """The CRM and the engine's side of it for the calls of one case. ``words``: what it says now."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self.ids = ids
        self.words = "nobody"
        self.asked: list[Mapping[str, Any]] = []
        self._clock = VirtualClock()
        tasks, breaker = VirtualTasks(self._clock), Breaker(self._clock)
        self._systems = Systems(self, breaker, tasks, {}, self._clock, self._clock)

    def look_up(self, step: Mapping[str, Any], call: Call, people: Responsible, now: float) -> tuple[Outcome, int]:
        """What the engine finds at a moment (seconds since the epoch), and after how many milliseconds."""
        self._clock.seconds = now
        outcome = look_up(self._systems)(step, call, people)
        return outcome, round((self._clock.seconds - now) * 1000)

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        """See routing.model.web.Http."""
        self._clock.seconds += deadline_s if self.words == "timeout" else _TAKES_S
        if self.words in ("timeout", "refused"):
            raise NoReply(self.words)
        kind, told = question(url)
        self.asked.append(told)
        status, said = answer(self.words, kind, told["caller"], self.ids)
        return Reply(status, {"content-type": "application/json"}, said)
