"""``rate``: after the talk, ask the caller to rate it by a digit, 1 to 5.

The step stands before the steps that ring, and holds for the rest of the call, in other schemes too. When the person
hangs up first, after a talk of at least ``talked`` with the last person, the caller hears the prompt; the person's
phone is free at once. A client who is called back is asked too, whoever was rung first. Who hangs up first, hides
their number, or was asked within ``once_in`` is not asked; nor is anybody without the engine or its memory, because
nobody knows then who was asked. The recording ends with the talk.

The score belongs to the last person who talked, after transfers too. Silence is no score; after a wrong key the prompt
is played again, ``tries`` times in all. Of a score up to ``low`` those in ``notify`` are notified, by default the
recipients of the scheme's missed calls. Rooms (`conference`) and talks with an outside number that is nobody's are not
rated.

Good::

    - rate: {prompt: menu.wav, notify: quality@example.com}
    - ring: ivan

Good, only long talks, and only the worst score is reported::

    - rate: {prompt: menu.wav, talked: 2m, once_in: 90d, low: 1}
    - ring: ivan

Bad, nobody is notified of a score that does not exist (``must be at most 5``)::

    - rate: {prompt: menu.wav, low: 6}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from routing.model.addresses import Addressee
from routing.model.caller_shown import WITH_OUTSIDE
from routing.model.fields import OneOrMany, Seconds, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.rating import (
    AFTER_TALK,
    AS_TALK_BEGINS,
    CALLED_BACK,
    CONTEXT,
    LOW,
    RATED_LEG,
    REQUESTED,
    SCORE,
    SCORES,
    TALKS,
    TOO_SHORT,
    WHERE,
)
from routing.model.sound_fields import Sound
from routing.steps.base import HEAR_TONES, Complaint, Emitter, Reference, sound_files, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import MEMORY_SECONDS, DynamicStep, when
from routing.steps.keys_read import RESULT, UNHEARD_SOUND
from routing.steps.menu import INVALID

#: Failed tries, one ``x`` each.
_TRIED = "routing_rate_tried"
#: FreeSWITCH's own: a transfer releases nothing of what the leg is counted for.
_KEEPS_COUNTS = "limit_ignore_transfer"
#: The counter's bound as a talk begins: only the time matters.
_ANY_TIMES = 1_000_000


class RateStep(DynamicStep):
    """Ask the caller to rate the talk when the person has hung up; falls through at once."""

    kind: ClassVar[str] = "rate"
    primary: ClassVar[str] = "prompt"
    needs_caller: ClassVar[bool] = True
    obeys: ClassVar[frozenset[str]] = frozenset({"ask"})
    hears_waiting: ClassVar[bool] = False

    prompt: Sound = Field(description="Prompt that asks for a digit, 1 to 5.")
    talked: Seconds = Field(20, description="Shortest talk with the last person that is rated.")
    once_in: Seconds = Field(30 * 86_400, description="A caller is asked once in this time.", examples=["30d", "7d"])
    wait: Seconds = Field(5, description="Timeout for the digit, after the prompt.")
    tries: Whole = Field(2, ge=1, le=5, description="How often the prompt is played while keys are wrong.")
    invalid: Sound | None = Field(None, description="Played after a wrong key.")
    thanks: Sound | None = Field(None, description="Played after the score.")
    low: Whole = Field(2, ge=1, le=5, description="The highest score of which somebody is notified.")
    notify: Annotated[list[Addressee], OneOrMany] = Field(
        default_factory=list,
        description="Recipients of notices of low scores; default: those of the scheme's missed calls.",
    )

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Every recipient has an address."""
        for index, recipient in enumerate(self.notify):
            if complaint := folder.cannot_notify(recipient):
                yield (*loc, "notify", index), *complaint

    @property
    def budget_seconds(self) -> float:
        """One Redis lookup."""
        return MEMORY_SECONDS

    def own_seconds(self, folder: Folder) -> float:
        """Nobody waits: the question comes after the talk."""
        return 0.0

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Mark the leg: what it does as a talk begins, and where it goes when the other party has hung up.

        FreeSWITCH transfers it through a context of the fixed dialplan: that argument holds no file.
        """
        where = f"{path}@{out.scheme}"
        here.set(WHERE, where)
        here.set(AFTER_TALK, f"{where}:XML:{CONTEXT}")
        here.set(AS_TALK_BEGINS, f"execute_extension {out.go(f'{path}.begins')}")
        begins = out.context.extension(f"{path}.begins")
        begins.do("limit", f"hash {TALKS} ${{bridge_uuid}} {_ANY_TIMES}/{self.talked}")
        self._talked(out, path)
        self._question(out, path)
        return here

    def unheard(self, out: Emitter, here: Extension, path: str, after: str) -> None:
        """Nobody's leg tells whoever picks up, and their leg the client's: `routing.compile.callback_parts`."""
        here.set(WHERE, f"{path}@{out.scheme}")
        super().unheard(out, here, path, after)

    def _talked(self, out: Emitter, path: str) -> None:
        """After the talk: FreeSWITCH's counter admits a second time only when its interval is over. A talk with an
        outside number, to which a person has sent the caller on, or which a webhook has named, is nobody's."""
        # a client who was called back has their own number there, until they are sent on
        number = Condition(f"${{routing_target}}@${{{CALLED_BACK}}}", r"^(\+\d+)@(?!\1$)")
        for nobody in (Condition(f"${{{WITH_OUTSIDE}}}", "^true$"), number):
            outside = out.context.extension(f"{path}.talked", nobody)
            outside.set(WITH_OUTSIDE, "true")
            outside.do("hangup", "NORMAL_CLEARING")
        if out.folder.project.callbacks:
            own = Condition(f"${{{CALLED_BACK}}}@${{routing_caller}}", r"^(\+\d+)@(?!\1$)")
            called_back = out.context.extension(f"{path}.talked", own)
            called_back.set("routing_caller", "$1")
            called_back.do("transfer", out.go(f"{path}.talked"))
        elsewhere = out.context.extension(f"{path}.talked", Condition("${routing_scheme}", f"^(?!{out.scheme}$)"))
        elsewhere.set("routing_scheme", out.scheme)
        elsewhere.do("transfer", out.go(f"{path}.talked"))
        here = out.context.extension(f"{path}.talked")
        here.enter(path, self.kind)
        for variable in (WHERE, AFTER_TALK, AS_TALK_BEGINS, SCORE):
            here.set(variable, "")
        here.set(RATED_LEG, "${bridge_uuid}")
        # FreeSWITCH counts who talked until a transfer: a queue would ring them after the question only
        here.set(_KEEPS_COUNTS, "false")
        here.do("transfer", out.go(f"{path}.free"))
        here = out.context.extension(f"{path}.free")
        here.set(_KEEPS_COUNTS, "true")
        here.do("stop_record_session", "all")
        here.do("clear_digit_action", "all")
        here.do("limit", f"hash {TALKS} ${{bridge_uuid}} 1/{self.talked} {out.go(f'{path}.short')}")
        self.emit_frame(out, here, path, out.go(f"{path}.over"))
        short = out.context.extension(f"{path}.short")
        short.set(TOO_SHORT, "true")
        short.do("hangup", "NORMAL_CLEARING")
        out.context.extension(f"{path}.over").do("hangup", "NORMAL_CLEARING")

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """The caller may be asked."""
        when(out, path, f"^{own}:ask$").do("transfer", out.go(f"{path}.ask"))

    def _question(self, out: Emitter, path: str) -> None:
        """Read one digit; silence ends the call, a wrong one leads to the next try."""
        ask = out.context.extension(f"{path}.ask")
        ask.set(REQUESTED, "true")
        ask.set(_TRIED, "")
        ask.do("execute_extension", HEAR_TONES)
        self._read(out, ask, path, sound_path(self.prompt))
        wrong = out.context.extension(f"{path}.wrong")
        both = (self.invalid or INVALID, self.prompt)
        self._read(out, wrong, path, f"file_string://{'!'.join(map(sound_files, both))}")
        if self.tries > 1:
            typed = Condition(f"${{{RESULT}}}@${{{_TRIED}}}", f"^(?:success|timeout)@x{{0,{self.tries - 2}}}$")
            again = out.context.extension(f"{path}.again", typed)
            again.set(_TRIED, f"${{{_TRIED}}}x")
            again.set(SCORE, "")
            again.do("transfer", out.go(f"{path}.wrong"))
        last = out.context.extension(f"{path}.again")
        last.set(SCORE, "")
        last.do("transfer", out.go(f"{path}.over"))
        self._scored(out, path)

    def _read(self, out: Emitter, here: Extension, path: str, sounds: str) -> None:
        wait, score = self.wait * 1000, f"^[{SCORES[0]}-{SCORES[-1]}]$"
        again = out.go(f"{path}.again")
        here.do("play_and_get_digits", f"1 1 1 {wait} none {sounds} {UNHEARD_SOUND} {SCORE} {score} {wait} {again}")
        here.do("transfer", out.go(f"{path}.scored"))

    def _scored(self, out: Emitter, path: str) -> None:
        low = out.context.extension(f"{path}.scored", Condition(f"${{{SCORE}}}", f"^[{SCORES[0]}-{self.low}]$"))
        low.set(LOW, "true")
        if self.notify:
            low.set("routing_notify", " ".join(self.notify))
        low.do("transfer", out.go(f"{path}.thanks"))
        out.context.extension(f"{path}.scored").do("transfer", out.go(f"{path}.thanks"))
        thanks = out.context.extension(f"{path}.thanks")
        if self.thanks:
            thanks.do("playback", sound_path(self.thanks))
        thanks.do("hangup", "NORMAL_CLEARING")

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "decisions", self.kind
        yield from (("notified", name) for name in self.notify)

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """In which project a caller counts as asked, and for how long."""
        return {
            "kind": self.kind,
            "project": folder.project.name,
            "timeout_s": self.budget_seconds,
            "once_in_s": self.once_in,
        }

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The prompts."""
        for name in ("prompt", "invalid", "thanks"):
            if sound := getattr(self, name):
                yield (name,), sound
