"""Encrypted sound: what a scheme says of it, and what FreeSWITCH calls it."""

from __future__ import annotations

from typing import Literal

Srtp = Literal["required", "optional", "never"]
#: Values of FreeSWITCH's ``rtp_secure_media``. Where nothing is said it takes SRTP that is offered, and offers none.
MODES: dict[str, str] = {"required": "mandatory", "optional": "optional", "never": "forbidden"}
