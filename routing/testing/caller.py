"""What the caller of a scheme test does: `caller` in its file."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from routing.model.fields import Fields, Key, OneOrMany, Seconds, Text, refuse
from routing.offline import phones


def _transfer(value: Any) -> phones.PhoneTransfer:
    try:
        return phones.parse_transfer(str(value))
    except phones.BadBehaviour as error:
        raise refuse(str(error)) from None


_SENDS = {"type": "string", "examples": ["to 103 after 5s", "to 103 after 5s, attended"]}
Transfer = Annotated[phones.PhoneTransfer, BeforeValidator(_transfer), WithJsonSchema(_SENDS)]


class CallerFields(Fields):
    """What the caller does: keys in order, ``-`` skips a prompt; ``speaks`` after a voicemail's beep."""

    digits: Text = Field("", description="Keys in order; `-` skips a prompt.")
    presses: dict[Key, Seconds] = Field({}, description="Keys outside prompts, in a queue, with times from the INVITE.")
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
        keys = tuple((key, after * 1000) for key, after in self.presses.items())
        return phones.ScriptedCaller(self.digits, leaves_ms, self.speaks * 1000, sends=self.transfers,
                                     presses=keys, says=tuple(self.says))  # fmt: skip
