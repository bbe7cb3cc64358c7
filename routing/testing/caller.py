"""What the caller of a scheme test does: `caller` in its file."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from routing.model.fields import Fields, OneOrMany, Seconds, Text, refuse, shown
from routing.offline import phones


def _transfer(value: Any) -> phones.PhoneTransfer:
    try:
        return phones.parse_transfer(str(value))
    except phones.BadBehaviour as error:
        raise refuse(str(error)) from None


def _keys(value: Any) -> str:
    if not isinstance(value, str) or not _PRESSED.fullmatch(value):
        raise refuse(f"{shown(value)} are no keys", f'write them in quotes, as `"*3"`, or `{phones.PARKS}`')
    return value


_PRESSED = re.compile(rf"[0-9*#]{{1,16}}|{phones.PARKS}")
PressedKeys = Annotated[
    str, BeforeValidator(_keys), WithJsonSchema({"type": "string", "pattern": f"^({_PRESSED.pattern})$"})
]


def _typed_keys(value: str) -> str:
    if not _TYPED.fullmatch(value):
        hint = 'write all keys as one word: `"15"` for two menus, `"4711#1122#"` for two numbers'
        raise refuse(f"{shown(value)} are no keys", hint)
    return value


_TYPED = re.compile(r"[0-9A-D*#-]*")
TypedKeys = Annotated[
    Text, AfterValidator(_typed_keys), WithJsonSchema({"type": "string", "pattern": f"^{_TYPED.pattern}$"})
]
_SENDS = {"type": "string", "examples": ["to 103 after 5s", "to 103 after 5s, attended"]}
Transfer = Annotated[phones.PhoneTransfer, BeforeValidator(_transfer), WithJsonSchema(_SENDS)]


class CallerFields(Fields):
    """What the caller does: keys in order, ``-`` skips a prompt; ``speaks`` after a voicemail's beep."""

    digits: TypedKeys = Field(
        "",
        description="Keys in order, for all prompts: `2580#4711#`; at the next prompt the rest counts; `-` skips one.",
    )
    presses: dict[PressedKeys, Annotated[list[Seconds], OneOrMany]] = Field(
        {},
        description="Keys outside prompts, in a queue or of a calling phone's talk, with times from the INVITE: "
        '`{"1": 40s}`, `{"*3": [10s, 20s]}`, `{parks: 10s}`.',
    )
    says: Annotated[list[Text], OneOrMany] = Field(
        [],
        description="What they say at `listen` steps, one for each prompt: a phrase, `-` for nothing, any other words; "
        "`sales 0.3` is heard with so little confidence, `recogniser down` needs no words.",
    )
    hangs_up_after: Seconds | None = Field(None, description="When they hang up, from the INVITE.")
    speaks: Seconds = Field(10, description="How long they speak after a voicemail's beep.")
    transfers: Transfer | None = Field(
        None,
        description="A calling phone of the project transfers the called party: `to 103 after 5s`, `..., attended`.",
    )

    def scripted(self) -> phones.ScriptedCaller:
        """For the offline switch."""
        leaves = self.hangs_up_after
        leaves_ms = None if leaves is None else leaves * 1000
        keys = sorted((after * 1000, key) for key, moments in self.presses.items() for after in moments)
        return phones.ScriptedCaller(
            self.digits, leaves_ms, self.speaks * 1000, sends=self.transfers,
            presses=tuple((key, at_ms) for at_ms, key in keys), says=tuple(self.says),
        )  # fmt: skip
