"""``lookup``: ask a web server about what the caller has typed: an order, an account.

The caller's digits (`ask`) fill the URL's ``{{order}}``, percent-encoded, or are sent as a JSON body (``method: POST``,
``send``); only there can secret ones be. A JSON answer with status 200 leads to ``found``, status 404 or an empty
answer to ``missing``, everything else, and a dead server or engine, to ``down``. Later steps know the fields that
``answer`` names: ``match`` with ``lookup.NAME``, webhooks as ``{{lookup.NAME}}``.

An answer that is found for a body with ``{{caller}}`` and secret digits, and nothing else that the caller has typed,
proves that the caller is the person with that number: their keys count as a person's. The server must compare the two.

A caller whose questions find nothing five times in 15 minutes is answered ``missing`` without a question.

Good::

    - ask: {into: order, prompt: menu.wav, length: 4-8}
    - lookup:
        url: "https://shop.example.com/orders/{{order}}"
        answer: {status: status, day: delivery.date}
        say: {text: "Order {{order}} comes on {{lookup.day}}.", instead: {text: "Your order is on its way."}}
        found: [{match: {when: {lookup.status: shipped}, steps: [{play: greeting.wav}]}}]
        missing: [{play: greeting.wav}]
        down: [{ring: ivan}]

Good, with a PIN::

    - lookup:
        url: "https://shop.example.com/balance"
        method: POST
        send: {account: "{{account}}", pin: "{{pin}}"}
        secret: SHOP_KEY
        answer: {state: state}
        missing: [{hangup: CALL_REJECTED}]

Bad, digits that choose the server (``the host of a URL is fixed``)::

    - lookup: {url: "https://{{order}}.example.com/", missing: [hangup]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from routing.model.answer_fields import Answer
from routing.model.call_fields import CALL_FIELDS
from routing.model.fields import Name, Seconds, Text, Whole, refuse, shown
from routing.model.folder import Folder
from routing.model.headers import Headers
from routing.model.problem import Loc
from routing.model.question import ANSWER, MOST_FIELDS, PLACE
from routing.model.secret import Purpose
from routing.model.spoken_file import SPOKEN
from routing.steps.base import Complaint, Emitter, Reference, StepItem, Variation
from routing.steps.dialplan import Extension
from routing.steps.dynamic import DynamicStep, Timeout, when
from routing.steps.http_request import (
    checked_url,
    facts_in,
    facts_sent,
    secrets_named,
    sent,
    sent_in_clear,
    unknown_field,
    unknown_names,
    without_secrets,
)
from routing.steps.lists import Steps
from routing.steps.speaking import SpokenAnswer, complaints, names_of, play_spoken, speech_table

_BRANCHES = ("found", "missing", "down")
#: What is sent in a body without `send`.
_SENT = ("call_id", "number", "caller", "asked")


class LookupStep(DynamicStep):
    """Ask a web server about what the caller has typed; falls through after its list."""

    kind: ClassVar[str] = "lookup"
    primary: ClassVar[str] = "url"
    falls_when: ClassVar[str] = "its list fell through or is absent"
    obeys: ClassVar[frozenset[str]] = frozenset({"found", "missing"})
    fallback: ClassVar[str] = "down"

    url: Text = Field(description="The server, with names in it: `https://shop.example.com/orders/{{order}}`.")
    method: Literal["GET", "POST"] = Field("GET", description="POST sends a JSON body.")
    headers: Headers = Field(
        default_factory=dict, description='Headers of the request, secrets by name: `Authorization: "Bearer {TOKEN}"`.'
    )
    timeout: Timeout = Field(2, description="Timeout of the answer, everything included.")
    send: dict[Text, Text] = Field(
        default_factory=dict,
        description='The body of a POST: your names, with values by name: `pin: "{{pin}}"`.',
    )
    secret: Name | None = Field(None, description="Name of the secret that signs the request.")
    answer: Answer = Field(
        default_factory=dict,
        max_length=MOST_FIELDS,
        description="Fields of the answer that later steps know, by your names: `day: delivery.date`.",
    )
    misses: Whole = Field(5, ge=1, le=100, description="Questions of a caller that may find nothing within this time.")
    within: Seconds = Field(900, ge=60, le=86400, description="How long `misses` are counted.", examples=["15m", "1h"])
    say: SpokenAnswer | None = Field(
        None, description="Said after an answer, in what is left of `timeout`, before `found`."
    )
    found: Steps | None = Field(None, description="Steps after an answer.")
    missing: Steps | None = Field(None, description="Steps when the server knows no such thing.")
    down: Steps | None = Field(None, description="Steps without a valid answer in time.")

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if "{" in (urlsplit(value).netloc if "//" in value else value):
            raise refuse("the host of a URL is fixed: a caller's digits would choose the server")
        if "{" in PLACE.sub("", value) or "}" in PLACE.sub("", value):
            raise refuse(f"{shown(value)} has a brace that is no name: write `{{{{order}}}}`, without spaces")
        checked_url(PLACE.sub("1", value))
        return value

    @field_validator("send")
    @classmethod
    def _sends_no_secret(cls, value: dict[str, str]) -> dict[str, str]:
        without_secrets(value)
        return value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Fields of the call exist; a body has a method; secrets are encrypted on the way."""
        if self.send and self.method == "GET":
            yield (*loc, "send"), "GET has no body", "write `method: POST`, or put the names into the URL"
        yield from sent_in_clear(self.url, self.headers, loc)
        in_body = "send it in a body: `method: POST`"
        yield from unknown_names(PLACE.findall(self.url), (*loc, "url"), folder, in_body)
        if self.say:
            yield from complaints(self.say.text, (*loc, "say", "text"), folder)
        for name, value in self.send.items():
            what = _source(value)
            if isinstance(what, dict) and "{{" in value:
                yield (*loc, "send", name), f"`{value}` is neither one name nor fixed text", "write `{{order}}`"
            elif isinstance(what, str) and not what.startswith("typed.") and (wrong := unknown_field(what, folder)):
                yield (*loc, "send", name), *wrong

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """``found``, ``missing``, ``down``."""
        for branch in _BRANCHES:
            if (steps := getattr(self, branch)) is not None:
                yield (branch,), branch, steps

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """The frame of all decisions; without one the call goes to ``down``."""
        for name in self.answer:
            here.set(ANSWER + name, "")
        if self.say:
            here.set(SPOKEN, "")
            play_spoken(out, path, self.say.instead, f"{path}.found")
        self.emit_frame(out, here, path, out.go(after), undecided=out.go(f"{path}.down"))
        for branch in _BRANCHES:
            out.steps(
                getattr(self, branch) or (), out.context.extension(f"{path}.{branch}"), f"{path}.{branch}.", after
            )
        return None

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """The server has answered."""
        for branch, label in (("found", "speech" if self.say else "found"), ("missing", "missing")):
            when(out, path, f"^{own}:{branch}$").do("transfer", out.go(f"{path}.{label}"))

    @property
    def budget_seconds(self) -> float:
        """The server's timeout."""
        return self.timeout

    @property
    def picks_up(self) -> bool:
        """See Step."""
        return self.say is not None

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """What is played when no voice speaks."""
        if self.say:
            yield ("say", "instead"), self.say.instead

    def own_seconds(self, folder: Folder) -> float:
        """The decision, and what is said."""
        return super().own_seconds(folder) + (self.say.longest_seconds(folder) if self.say else 0.0)

    def falls_past_branches(self) -> bool:
        """Not when there is a list for every answer."""
        return any(getattr(self, branch) is None for branch in _BRANCHES)

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "decisions", self.kind

    def gives(self) -> Iterator[str]:
        """The fields of its answer."""
        return (f"lookup.{name}" for name in self.answer)

    def needs(self) -> Iterator[tuple[Loc, str]]:
        """Facts in the URL, in what is sent, and in what is said."""
        yield from ((("url",), fact) for fact in facts_in(PLACE.findall(self.url)))
        yield from facts_sent(self.send, _source)
        if self.say:
            yield from ((("say", "text"), fact) for fact in facts_in(names_of(self.say.text)))

    def secrets(self) -> Iterator[tuple[Loc, str, Purpose]]:
        """The signing key, and the secrets in headers."""
        return secrets_named(self.secret, self.headers, self.url)

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        yield from (("webhook", "", what) for what in ("404", '{"status": "known"}'))
        yield from super().variations(table, person, schemes)

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The engine's settings."""
        posts = self.method == "POST"
        send = self.send or {name: f"{{{{{name}}}}}" for name in _SENT}
        return {
            "kind": self.kind,
            "project": folder.project.name,
            "url": self.url,
            "method": self.method,
            "submit": "json" if posts else "http",
            "send": {name: _source(value) for name, value in send.items()} if posts else {},
            "timeout_s": float(self.timeout),
            "secret": self.secret,
            **({"headers": dict(self.headers)} if self.headers else {}),
            "fields": dict(self.answer),
            "misses": self.misses,
            "within_s": self.within,
            **({"say": speech_table(self.say.text, folder)} if self.say else {}),
        }


def _source(value: str) -> str | dict[str, str]:
    """A parameter as the engine reads it; a bare name that is no field of calls is one of `ask`, secret or not."""
    source = sent(value)
    bare = isinstance(source, str) and "." not in source and source not in CALL_FIELDS
    return f"typed.{source}" if bare else source
