"""One running look-up: the caller's number, the time that is left, and requests that follow the common rules.

Adds the credentials, renews them once when they are refused, respects the rate limit, parses JSON. Reasons never hold a
URL, a token or a name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, urlencode

from routing.crm.fault import Fault, Missing
from routing.crm.phone import CallerNumber
from routing.crm.throttle import Throttle
from routing.model.web import Http, NoReply, Reply

Item = TypeVar("Item")
Value = TypeVar("Value")
Result = TypeVar("Result", covariant=True)
Params = Mapping[str, Any] | Iterable[tuple[str, Any]]
#: Most pages of one search.
MOST_PAGES = 5


class LookupTask(Protocol[Result]):
    """Running work."""

    def get(self) -> Result:
        """Wait for its result; raises the work's exception."""

    def stop(self) -> None:
        """Cancel it."""


class Tasks(Protocol):
    """Runs work concurrently (greenlets; in tests virtual time)."""

    def start(self, work: Callable[[], Value]) -> LookupTask[Value]: ...


class Auth(Protocol):
    """Credentials of a CRM."""

    def headers(self, lookup: Lookup) -> Mapping[str, str]:
        """Request headers with the credentials; may fetch a token first. Raises Fault."""

    def renew(self, lookup: Lookup, refused: Mapping[str, str]) -> bool:
        """Renew refused headers; whether there are new ones. Raises Fault."""


@dataclass
class Lookup:
    """``until_s``: the deadline on the clock. ``visitor``: the visitor's facts by template name (``entity.region``)."""

    phone: CallerNumber
    http: Http
    auth: Auth
    throttle: Throttle
    tasks: Tasks
    clock: Callable[[], float]
    until_s: float
    visitor: Mapping[str, str] = field(default_factory=dict, repr=False)
    requests: int = 0
    running: list[LookupTask[Any]] = field(default_factory=list)
    shared: dict[Hashable, LookupTask[Any]] = field(default_factory=dict)

    def left_s(self) -> float:
        """Seconds left. Raises Fault when there are none."""
        left_s = self.until_s - self.clock()
        if left_s <= 0:
            raise Fault("no answer in time")
        return left_s

    def now_s(self) -> float:
        """Seconds since the epoch."""
        return self.throttle.now()

    def begin(self, work: Callable[[], Value]) -> LookupTask[Value]:
        """Start work in parallel."""
        task = self.tasks.start(work)
        self.running.append(task)
        return task

    def once(self, name: Hashable, work: Callable[[], Value]) -> Value:
        """The result of work that several searches share, done once."""
        if name not in self.shared:
            self.shared[name] = self.begin(work)
        result: Value = self.shared[name].get()
        return result

    def each(self, items: Sequence[Item], work: Callable[[Item], Value]) -> list[Value]:
        """The results of work on several items, done in parallel, in the items' order."""
        others = [self.begin(partial(work, item)) for item in items[1:]]
        return [work(item) for item in items[:1]] + [task.get() for task in others]

    def stop(self) -> None:
        """Cancel all running work."""
        for task in self.running:
            task.stop()

    def get(self, url: str, params: Params = (), headers: Mapping[str, str] | None = None) -> Any:
        """The JSON at a URL; None for an empty answer. Raises Fault, Missing for 404."""
        return self._json("GET", with_query(url, params), headers or {}, b"")

    def post(self, url: str, content: Any, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON that answers a JSON body; None for an empty answer. Raises Fault, Missing for 404."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self._json("POST", url, sent, json.dumps(content, separators=(",", ":")).encode())

    def pages(self, fetch: Callable[[Any], tuple[Sequence[Value], Any]], first: Any = None) -> list[Value]:
        """Rows of all pages: ``fetch(cursor)`` returns a page's rows and the next cursor, None at the end."""
        found: list[Value] = []
        cursor = first
        for _ in range(MOST_PAGES):
            page, cursor = fetch(cursor)
            found += page
            if cursor is None:
                break
        return found

    def first_hit(self, search: Callable[[str], Sequence[Value]], mine: Callable[[Value], bool]) -> list[Value]:
        """For a CRM that compares the stored text: the rows for the first form of the number that finds any."""
        for variant in self.phone.variants:
            if found := [row for row in search(variant) if mine(row)]:
                return found
        return []

    def bare(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """One request without credentials, for fetching them. Raises Fault."""
        self.throttle.check()
        self.requests += 1
        try:
            reply = self.http.request(method, url, {"Accept": "application/json", **headers}, body, self.left_s())
        except NoReply as problem:
            raise Fault(str(problem)) from None
        if wait := self.throttle.noted(reply):
            raise Fault(f"rate limit: not asked for {wait:.3g} s", ours=True)
        return reply

    def _json(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Any:
        proof = self.auth.headers(self)
        reply = self.bare(method, url, {**headers, **proof}, body)
        if reply.status == 401 and self.auth.renew(self, proof):
            reply = self.bare(method, url, {**headers, **self.auth.headers(self)}, body)
        return content_of(reply)


def content_of(reply: Reply) -> Any:
    """The JSON of a 2xx answer, None when it is empty. Raises Fault, Missing for 404."""
    if reply.status in (401, 403):
        raise Fault(f"HTTP status {reply.status}: it refuses our credentials")
    if reply.status == 404:
        raise Missing("HTTP status 404")
    if not 200 <= reply.status <= 299:
        raise Fault(f"HTTP status {reply.status}")
    if reply.status == 204 or not reply.body.strip():
        return None
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        raise Fault("its answer is not JSON") from None


def with_query(url: str, params: Params) -> str:
    """A URL with parameters, percent-encoded, without those that are None."""
    pairs = params.items() if isinstance(params, Mapping) else params
    query = urlencode([(name, value) for name, value in pairs if value is not None], quote_via=quote, safe="")
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url
