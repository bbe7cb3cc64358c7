"""What the fakes of vendors' APIs share: virtual time, credentials that expire, faults to order, routes by path."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from routing.model.web import NoReply, Reply
from support.crm_world import NOW, Entity, World, overmatches

USERS = re.compile(r"/users?[./]|/owners/|/agents/|/staff/|SysAdminUnit|FROM User")
Route = Callable[["Fake", "Asked"], Any]


class VirtualClock:
    """Seconds that pass only when somebody says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def epoch(self) -> float:
        return NOW + self.seconds - 1000.0


class VirtualTasks:
    """Work side by side in virtual time: each begins when it was started and is waited for until its own end."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock

    def start(self, work: Callable[[], Any]) -> VirtualTask:
        return VirtualTask(self.clock, work)


class VirtualTask:
    def __init__(self, clock: VirtualClock, work: Callable[[], Any]) -> None:
        self.clock, self.value, self.problem = clock, None, None
        began = clock.seconds
        try:
            self.value = work()
        except Exception as problem:
            self.problem = problem
        self.ended, clock.seconds = clock.seconds, began

    def get(self) -> Any:
        self.clock.seconds = max(self.clock.seconds, self.ended)
        if self.problem:
            raise self.problem
        return self.value

    def stop(self) -> None:
        pass


@dataclass(frozen=True)
class Asked:
    """A request as a server sees it; header names are small letters."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    found: tuple[str, ...] = ()

    def one(self, name: str, otherwise: str = "") -> str:
        return self.query.get(name, [otherwise])[0]

    def number(self, name: str, otherwise: int) -> int:
        return int(self.one(name) or otherwise)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Fake:
    """An API at ``host``; itself an Http port. ``settings``: the ``crm:`` entry; ``secrets`` by name."""

    vendor: ClassVar[str]
    kinds: ClassVar[tuple[str, ...]] = ("lead", "deal", "contact")
    settings: ClassVar[dict[str, Any]]
    secrets: ClassVar[dict[str, str]] = {"TOKEN": "hush-static"}
    routes: ClassVar[list[tuple[str, re.Pattern[str], Route]]]
    #: Rows on one page of a search; 0: this API's searches have no pages.
    page: ClassVar[int] = 100
    #: Whether credentials are tokens that can be had anew.
    renews: ClassVar[bool] = False
    too_many: ClassVar[Reply] = Reply(429, {"retry-after": "30"}, b"{}")

    world: World = field(default_factory=World)
    clock: VirtualClock = field(default_factory=VirtualClock)
    latency_s: float = 0.05
    requests: list[Asked] = field(default_factory=list)
    replies: deque[Reply] = field(default_factory=deque)
    always: Reply | None = None
    token: str = "hush-1"
    granted: int = 0
    refuses: bool = False
    #: Our credentials may not read its users.
    hides_users: bool = False
    wait: Callable[[], None] = lambda: None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        members = [each for owner in reversed(cls.__mro__) for each in vars(owner).values()]
        cls.routes = [(*member.route, member) for member in members if hasattr(member, "route")]

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        if self.latency_s > deadline_s:
            self.clock.seconds += deadline_s
            raise NoReply(f"no answer within {deadline_s:.3g} s")
        self.clock.seconds += self.latency_s
        self.wait()
        return self.answer(method, url, headers, body)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        lower = {name.lower(): value for name, value in headers.items()}
        asked = Asked(method, parts.path, parse_qs(parts.query), lower, body)
        self.requests.append(asked)
        if self.always is not None:
            return self.always
        if self.replies:
            return self.replies.popleft()
        if self.hides_users and USERS.search(unquote(url)):
            return Reply(403, {}, b'{"error": "insufficient_scope"}')
        for wanted, pattern, route in self.routes:
            if wanted == method and (match := pattern.fullmatch(parts.path)):
                if not getattr(route, "public", False) and (self.refuses or not self.admits(asked)):
                    return Reply(401, {}, b'{"error": "unauthorized"}')
                return said(route(self, Asked(method, parts.path, asked.query, lower, body, match.groups())))
        return Reply(404, {}, b'{"error": "no such address"}')

    def admits(self, asked: Asked) -> bool:
        """Whether the credentials are right."""
        raise NotImplementedError

    def grant(self, fields: Mapping[str, Any], form: Mapping[str, str], wanted: Mapping[str, str]) -> Any:
        """A token endpoint's answer: another token, when the form holds what is wanted."""
        if self.refuses or any(form.get(name) != value for name, value in wanted.items()):
            return Reply(400, {}, b'{"error": "invalid_client"}')
        self.granted += 1
        self.token = f"hush-{self.granted + 1}"
        return {"access_token": self.token, "expires_in": 3600, **fields}

    def expire(self) -> None:
        """The token that was granted is no good any more."""
        self.token = "hush-none"

    # ids in the vendor's form, and back
    def id(self, number: int | None) -> Any:
        return number

    def number(self, ident: Any) -> int:
        return int(ident)

    def contacts_like(self, asked: str) -> list[Entity]:
        return [each for each in self.world.contacts if any(overmatches(phone, asked) for phone in each.phones)]

    def leads_like(self, asked: str) -> list[Entity]:
        return [each for each in self.world.leads if any(overmatches(phone, asked) for phone in each.phones)]


def route(method: str, path: str, public: bool = False) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function.route, function.public = (method, re.compile(path)), public
        return function

    return mark


def said(answer: Any) -> Reply:
    """A route's answer: a Reply as it is, None for 204, anything else as JSON."""
    if isinstance(answer, Reply):
        return answer
    if answer is None:
        return Reply(204)
    return Reply(200, {"content-type": "application/json"}, json.dumps(answer).encode())


def cut(rows: list[Any], start: int, size: int) -> list[Any]:
    return rows[start : start + size]
