"""Trunks to carriers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from routing.model.addresses import Host
from routing.model.fields import Fields, Flag, Number, OneOrMany, Text
from routing.model.srtp import Srtp

EarlyMedia = Literal["ring", "pass"]


class Gateway(Fields):
    """A trunk to a carrier."""

    proxy: Host = Field(description="The carrier's host, with a port if not 5060.")
    username: Text | None = Field(None, description="For registration; the password is a secret.")
    realm: Host | None = Field(None, description="Realm of the registration; default: the proxy's host.")
    register_: Flag = Field(True, alias="register", description="Register with the carrier; needs `username`.")
    ping: Flag = Field(
        True,
        description="Ask a trunk that does not register by OPTIONS, every half minute, whether it answers: for "
        "`routing doctor`; calls do not depend on it. `false` for carriers that answer no OPTIONS.",
    )
    transport: Literal["udp", "tcp", "tls"] = Field(
        "udp", description="Transport of registrations and calls; `tls` needs `node init --tls`."
    )
    srtp: Srtp | None = Field(
        None,
        description="SRTP: `required`, `optional` or `never`; default: accepted when the carrier offers it, but not "
        "offered to the carrier.",
    )
    dial: Literal["plus", "digits", "national"] = Field(
        "plus", description="Form of dialled numbers: `+380501112233`, `380501112233` or `0501112233`."
    )
    caller_id: Literal["company", "caller", "caller_diversion", "caller_pai"] = Field(
        "company",
        description="Caller ID on outside phones: the company's number, the caller's, the caller's with the company's "
        "in Diversion, or the company's with the caller's in P-Asserted-Identity.",
    )
    early_media: EarlyMedia | None = Field(
        None, description="Ringing, or the carrier's sound (`pass`), before its phones answer; default: the project's."
    )
    number_in: Literal["request", "to", "p-called-party-id", "diversion", "history-info"] | None = Field(
        None,
        description="Source of the dialled number; default, and where the source has none: the request line, then To, "
        "P-Called-Party-ID, Diversion and History-Info.",
    )
    contact: Annotated[str, Field(pattern=r"^[A-Za-z0-9+][A-Za-z0-9_.+-]{0,63}$")] | None = Field(
        None, description="User part of the registered Contact, if the carrier requires one; default: `gw+NAME`."
    )
    numbers: Annotated[list[Number], OneOrMany] = Field(
        default_factory=list, description="The company's numbers on this trunk; the first is the default caller ID."
    )
