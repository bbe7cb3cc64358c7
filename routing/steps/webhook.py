"""``webhook``: let your HTTP handler decide where the call goes. After any failure the call goes on.

Good::

    - webhook: {url: "https://crm.example.com/route", timeout: 2s, ring: 30s}

Bad, the timeout is too long for the caller (``at most 10 s``)::

    - webhook: {url: "https://crm.example.com/route", timeout: 60s}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from routing.model import numbers
from routing.model.decision import LONGEST_RING_SECONDS
from routing.model.fields import Name, Region, Text
from routing.model.folder import Folder
from routing.model.headers import Headers
from routing.model.problem import Loc
from routing.model.secret import Purpose
from routing.steps.base import Complaint, Reference, Variation
from routing.steps.dynamic import DynamicStep, RingTime, Timeout
from routing.steps.http_request import (
    checked_url,
    facts_sent,
    secrets_named,
    sent,
    sent_in_clear,
    unknown_field,
    without_secrets,
)


class WebhookStep(DynamicStep):
    """Ask an HTTP handler; falls through without a valid answer in time, or when its target did not talk."""

    kind: ClassVar[str] = "webhook"
    primary: ClassVar[str] = "url"
    falls_when: ClassVar[str] = "no usable answer, or nobody talked"
    obeys: ClassVar[frozenset[str]] = frozenset({"person", "phone", "number", "scheme", "end"})

    url: Text = Field(description="The handler. https, or http.")
    form: Literal["routing", "ringostat"] = Field(
        "routing", description="Format of request and answer: ours, or Ringostat's."
    )
    method: Literal["GET", "POST", "PUT", "DELETE"] = Field("POST", description="HTTP method of the request.")
    submit: Literal["json", "form", "http", "json-rpc"] = Field(
        "json", description="How parameters are sent: as JSON, as a form, in the URL (http), as JSON-RPC."
    )
    headers: Headers = Field(
        default_factory=dict, description='Headers of the request, secrets by name: `Authorization: "Bearer {TOKEN}"`.'
    )
    answer_type: Literal["http", "json", "json-rpc"] = Field("json", description="Ringostat: format of the answer.")
    rpc_method: Text | None = Field(None, description="Ringostat: the method of JSON-RPC.")
    timeout: Timeout = Field(2, description="Timeout of the answer, everything included.")
    send: dict[Text, Text] = Field(
        default_factory=dict,
        description='Parameters: your names, with call fields as values: `caller: "{{caller}}"`.',
    )
    secret: Name | None = Field(None, description="Name of the secret that signs the request.")
    answer: Text | None = Field(None, description="Key of the target in the answer.")
    ring: RingTime = Field(30, description="Ring time of the target.")
    destinations: list[Region] | None = Field(
        None, description="Countries to which it may send calls; default: the project's."
    )

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        return checked_url(value)

    @field_validator("send")
    @classmethod
    def _sends_no_secret(cls, value: dict[str, str]) -> dict[str, str]:
        without_secrets(value)
        return value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Sent fields exist; a form has a body; secrets are encrypted on the way."""
        if self.submit == "form" and self.method == "GET":
            yield (*loc, "submit"), "a form needs a request body, which GET does not have", "write `method: POST`"
        yield from sent_in_clear(self.url, self.headers, loc)
        for name, value in self.send.items():
            what = sent(value)
            if isinstance(what, str) and (wrong := unknown_field(what, folder)):
                yield (*loc, "send", name), *wrong
            elif isinstance(what, dict) and "{{" in value:
                yield (*loc, "send", name), f"`{value}` is neither one call field nor fixed text", "write `{{caller}}`"

    @property
    def budget_seconds(self) -> float:
        """The handler's timeout."""
        return self.timeout

    @property
    def ring_seconds(self) -> float:
        """The target's ring time, if the answer has none."""
        return self.ring

    @property
    def extra_ring_seconds(self) -> float:
        """An answer may set the longest ring time."""
        return LONGEST_RING_SECONDS - self.ring

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "decisions", self.kind

    def needs(self) -> Iterator[tuple[Loc, str]]:
        """Facts that are sent."""
        return facts_sent(self.send, sent)

    def secrets(self) -> Iterator[tuple[Loc, str, Purpose]]:
        """The signing key, and the secrets in headers."""
        return secrets_named(self.secret, self.headers, self.url)

    @classmethod
    def variations(cls, table: Mapping[str, Any], person: str, schemes: Sequence[str]) -> Iterator[Variation]:
        """See DynamicStep."""
        yield from (("webhook", "", what) for what in ("timeout", person, *schemes) if what)
        yield from super().variations(table, person, schemes)

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """The engine's settings, with patterns of the allowed numbers."""
        regions = self.destinations if self.destinations is not None else folder.project.regions
        return {
            "kind": self.kind,
            "url": self.url,
            "form": self.form,
            "method": self.method,
            "submit": self.submit,
            "import": self.answer_type,
            "rpc_method": self.rpc_method,
            "timeout_s": float(self.timeout),
            "ring_s": self.ring,
            "send": {name: sent(value) for name, value in self.send.items()},
            "answer_key": self.answer,
            "secret": self.secret,
            **({"headers": dict(self.headers)} if self.headers else {}),
            "destinations": [numbers.destination_pattern(region) for region in regions],
        }
