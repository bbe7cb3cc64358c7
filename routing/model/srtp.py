"""SRTP, encrypted sound: the values in schemes and in FreeSWITCH."""

from __future__ import annotations

from typing import Literal

Srtp = Literal["required", "optional", "never"]
#: Values of FreeSWITCH's ``rtp_secure_media``. Without one it accepts SRTP and does not offer it.
MODES: dict[str, str] = {"required": "mandatory", "optional": "optional", "never": "forbidden"}
