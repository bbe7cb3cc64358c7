"""People, their phones and groups, as scheme folders define them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from routing.model.addresses import Email
from routing.model.allow import ALLOW, Allow
from routing.model.fields import (
    Account,
    Extension,
    Fields,
    Id,
    Key,
    NotEmpty,
    Number,
    OneOrMany,
    Seconds,
    Text,
    Whole,
    parsed_by,
    refuse,
    safe_text,
    shown,
)
from routing.model.ringing import MOST_WAVES
from routing.model.sound_fields import Sound
from routing.model.srtp import Srtp

#: Far more than a person has, and fewer than FreeSWITCH can ring at once (127).
MOST_PHONES = 50


def _full_name(value: Any) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("is empty: write their full name, `Olena Koval`")
    return safe_text(value)


def ring_entry(value: Any) -> Any:
    """``desk`` and ``{mobile: after 10s}`` in the form ``{name:, after:, for:}``."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and "name" not in value:
        if len(value) != 1:
            raise refuse(
                "each item holds one name", "start every name with its own `-`, or write `[ivan, {olena: after 10s}]`"
            )
        ((name, settings),) = value.items()
        if isinstance(settings, dict):
            return {"name": name, **settings}
        if not isinstance(settings, str):
            raise refuse(f"{shown(settings)} is not a setting of `{name}`", f"write `{name}: after 10s`")
        return {"name": name, "after": settings.removeprefix("after").strip()}
    if not isinstance(value, dict):
        raise refuse(f"{shown(value)} is not a name", "name people, groups or phones")
    return value


class Ring(Fields):
    """One name to ring, with its delay and its own ring time."""

    name: Text = Field(description="A person, a group, or one phone of a person: `ivan.mobile`.")
    after: Seconds = Field(0, description="Start ringing this much later than the first.")
    for_: Seconds | None = Field(
        None, alias="for", description="Ring time of this name; a phone's is limited by its person's."
    )
    weight: Whole = Field(1, ge=1, le=1000, description="Share of the calls with `order: weighted`.")


RingList = Annotated[list[Annotated[Ring, BeforeValidator(ring_entry)]], OneOrMany, NotEmpty]


def _phones(value: Any) -> Any:
    if isinstance(value, dict):
        return value
    raise refuse("phones need names", 'write `phones: {desk: {sip: "1001"}, mobile: {number: "+380..."}}`')


class Phone(Fields):
    """A phone: either a SIP account that registers here or an outside number."""

    sip: Account | None = Field(None, description="SIP account name; one account per device.")
    number: Number | None = Field(None, description="An outside number, such as a mobile.")
    confirm: Key | None = Field(None, description="Key that must be pressed before the call counts as answered.")
    confirm_prompt: Sound | None = Field(None, description="Prompt that asks for the key.")
    reject: Key | None = Field(None, description="Key that rejects the call; needs `confirm`.")
    gateway: Id | None = Field(None, description="Gateway for the outside number; default: the first one.")
    srtp: Srtp | None = Field(None, description="SRTP of a SIP phone; default: the project's `srtp`.")

    @model_validator(mode="before")
    @classmethod
    def _written_out(cls, value: Any) -> Any:
        if isinstance(value, str | int):
            raise refuse("a phone is an account or a number", 'write `{sip: "1001"}` or `{number: "+380..."}`')
        return value

    @model_validator(mode="after")
    def _one_of(self) -> Phone:
        if (self.sip is None) == (self.number is None):
            raise refuse("a phone has either `sip` or `number`")
        if wrong := key_clash(self.confirm, self.reject):
            raise refuse(*wrong)
        if self.srtp and self.sip is None:
            raise refuse("`srtp` is for SIP phones", "an outside number uses its gateway's")
        return self


def key_clash(confirm: str | None, reject: str | None) -> tuple[str, str] | None:
    """The problem of a phone's confirm and reject keys, with a hint; None for valid keys."""
    if reject and not confirm:
        return "`reject` needs `confirm`: there is no prompt for keys", 'add `confirm: "1"`'
    if reject and reject == confirm:
        return f"`reject` and `confirm` are the same key, {reject}", "reject by another key"
    return None


class Person(Fields):
    """A person who can be rung."""

    name: Annotated[
        str, BeforeValidator(parsed_by(_full_name)), WithJsonSchema({"type": "string", "pattern": r"\S"})
    ] = Field(description="Shown in reports and traces.")
    phones: Annotated[dict[Id, Phone], BeforeValidator(_phones), NotEmpty] = Field(
        max_length=MOST_PHONES, description="Phones by a short name: desk, mobile."
    )
    ring: RingList | None = Field(None, description="Phones that ring together for this person; default: all.")
    extension: Extension | None = Field(None, description="Internal number, dialled by colleagues and in menus.")
    email: Email | None = Field(None, description="For notices, and to find the person in a CRM.")
    skills: dict[Id, Any] = Field(default_factory=dict, description="Skills with levels or lists, for `by_skill`.")
    crm: dict[Id, Any] = Field(default_factory=dict, description="Owner id in each CRM.")
    allow: Allow = Field(default_factory=dict, description=ALLOW)

    @model_validator(mode="after")
    def _can_be_timed(self) -> Person:
        if len({(ring.after, ring.for_) for ring in self.ring or ()}) > MOST_WAVES:
            raise refuse(f"`ring` has more than {MOST_WAVES} different delays and ring times", "let some ring together")
        return self


Group = Annotated[list[Text], OneOrMany, NotEmpty]
