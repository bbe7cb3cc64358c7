"""``listen``: a speech menu. The caller says what they want, or presses a key: the keys of options always work.

A phrase interrupts the prompt, and so does a key. FreeSWITCH finds where the phrase begins and ends; the engine lets
the recogniser of the call's language choose among the phrases. A phrase that is not surely one of them is asked for
once more, with the prompt to its end; after the second one `keys` is played, and keys alone choose. Silence is no
mistake: the prompt is played again, then `keys`. `keys` is played at once when the engine or the recogniser is down,
or takes longer than two seconds. After a menu of keys without a choice `otherwise` follows, or the next step.

What callers say is deleted as soon as it is recognised, by FreeSWITCH, whatever runs or not; the journal keeps the
name of the option, and whether it was said or pressed. With ``keep: {utterances: 14d}`` of the project the engine keeps
each phrase for so long, with what the recogniser heard: ``routing recordings list --kind utterance``.

Good, with ``recognisers: {english: en}`` in the project::

    - listen:
        prompt: greeting.wav
        keys: menu.wav
        options:
          sales: {phrases: [sales, new order], key: "1", steps: [{ring: ivan}]}
          support: {phrases: [support, it is broken], key: "2", steps: [{ring: olena}]}

Bad, nobody can choose while the recogniser is down (``no option has a key``)::

    - listen: {prompt: greeting.wav, keys: menu.wav, options: {sales: {phrases: sales, steps: [hangup]}}}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from routing.model.fields import Id, Seconds, Whole, refuse
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.recognition import BUDGET_SECONDS
from routing.model.sound_fields import Sound
from routing.steps.base import Complaint, Emitter, Reference, StepItem
from routing.steps.dialplan import Extension
from routing.steps.dynamic import DynamicStep, when
from routing.steps.listen_dialplan import END_SECONDS, MISSES, RESERVED, SILENCES, Listening
from routing.steps.listen_fields import ListenOption
from routing.steps.lists import Steps

#: Options of a menu, spoken or not: nobody keeps more in mind.
MOST_OPTIONS = 12


class ListenStep(DynamicStep):
    """Let the caller choose by a phrase or a key; falls through without a choice and without `otherwise`."""

    kind: ClassVar[str] = "listen"
    falls_when: ClassVar[str] = "no choice"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True
    obeys: ClassVar[frozenset[str]] = frozenset({"option", "unclear", "noinput"})
    hears_waiting: ClassVar[bool] = False

    prompt: Sound = Field(description="Prompt that asks what the caller wants: `Sales or support?`")
    keys: Sound = Field(description="Prompt that says which key is for what, where speech has not helped.")
    options: dict[Id, ListenOption] = Field(
        min_length=1, max_length=MOST_OPTIONS, description="Options by name, each with `phrases`, `key` and `steps`."
    )
    recogniser: Id | None = Field(
        None, description="One of the project's `recognisers`; default: the first that knows the call's language."
    )
    wait: Seconds = Field(5, ge=1, le=30, description="Timeout for a phrase or key, after the prompt.", examples=["5s"])
    at_most: Seconds = Field(6, ge=2, le=20, description="The longest phrase that is listened to.", examples=["6s"])
    confidence: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="With less confidence the caller is asked again: 0 to 1."
    )
    unclear: Sound | None = Field(None, description="Played before the prompt when a phrase was not understood.")
    invalid: Sound | None = Field(None, description="Played after a wrong key.")
    tries: Whole = Field(2, ge=1, le=5, description="How often `keys` is played.")
    otherwise: Steps | None = Field(None, description="Steps without a choice.")

    @field_validator("options")
    @classmethod
    def _names(cls, value: dict[str, ListenOption]) -> dict[str, ListenOption]:
        if reserved := next((name for name in value if name in RESERVED), ""):
            raise refuse(f"`{reserved}` has another meaning in `listen`: call the option otherwise")
        return value

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Recognisers and keys; no phrase and no key for two options."""
        known = folder.project.recognisers
        hint = "write `project: {recognisers: {english: en}}`, and start the engine with `--recogniser`"
        if not known and not folder.excuses("project", "recognisers"):
            yield loc, "the project has no recogniser", hint
        elif self.recogniser and self.recogniser not in known and not folder.excuses("project", "recognisers"):
            yield (
                (*loc, "recogniser"),
                f"no recogniser is called `{self.recogniser}`",
                did_you_mean(self.recogniser, known) or hint,
            )
        if not any(option.key for option in self.options.values()):
            yield (
                (*loc, "options"),
                "no option has a key: nobody could choose without the recogniser",
                'write `key: "1"`',
            )
        for (name, one), (other, two) in combinations(self.options.items(), 2):
            if one.key and one.key == two.key:
                yield (*loc, "options", other, "key"), f"key {one.key} is that of `{name}` too", "give it another key"
            if same := self._same(one, two, folder):
                yield (*loc, "options", other, "phrases"), f"`{same}` is a phrase of `{name}` too", "leave it to one"

    def _same(self, one: ListenOption, two: ListenOption, folder: Folder) -> str:
        first, second = (self._by_language(each, folder) for each in (one, two))
        shared = (set(first.get(language, ())) & set(phrases) for language, phrases in second.items())
        return next((min(each) for each in shared if each), "")

    def _by_language(self, option: ListenOption, folder: Folder) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for language, phrases in option.phrases.items():
            known = language or default_language(folder)
            found[known] = (*found.get(known, ()), *phrases)
        return found

    def phrases(self, folder: Folder) -> dict[str, dict[str, str]]:
        """The option of each phrase, by language."""
        found: dict[str, dict[str, str]] = {}
        for name, option in self.options.items():
            for language, phrases in self._by_language(option, folder).items():
                found.setdefault(language, {}).update(dict.fromkeys(phrases, name))
        return found

    def recognisers(self, folder: Folder) -> dict[str, str]:
        """The recogniser of each language that has phrases and one."""
        known = folder.project.recognisers
        chosen = {self.recogniser: known[self.recogniser]} if self.recogniser in known else known
        return {
            language: next(name for name, languages in chosen.items() if language in languages)
            for language in self.phrases(folder)
            if any(language in languages for languages in chosen.values())
        }

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The options, then ``otherwise``."""
        for name, option in self.options.items():
            yield ("options", name, "steps"), name, option.steps
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """See `listen_dialplan`; the frame of all decisions where a phrase has ended."""
        listening = Listening(self, out, path)
        heard = listening.begin(here)
        self.emit_frame(out, heard, path, out.go(f"{path}.keys"))
        listening.finish(after)
        return None

    def emit_own(self, out: Emitter, path: str, own: str, then: str) -> None:
        """The recogniser has answered."""
        for name in self.options:
            when(out, path, f"^{own}:option:{name}$").do("transfer", out.go(f"{path}.{name}"))
        for decision, label in (("unclear", "unclear"), ("noinput", "silent")):
            when(out, path, f"^{own}:{decision}$").do("transfer", out.go(f"{path}.{label}"))

    def unheard(self, out: Emitter, here: Extension, path: str, after: str) -> None:
        """Nobody speaks and presses a key."""
        here.do("transfer", out.go(f"{path}.none"))

    @property
    def budget_seconds(self) -> float:
        """The recogniser's."""
        return BUDGET_SECONDS

    def own_seconds(self, folder: Folder) -> float:
        """Every prompt, each at its longest: with phrases until the last mistake, then with keys."""
        sounds = {
            name: folder.longest_seconds(getattr(self, name)) for name in ("prompt", "keys", "unclear", "invalid")
        }
        invalid = sounds["invalid"] or 1.0
        once = sounds["prompt"] + self.wait + self.at_most + END_SECONDS + self.watchdog_seconds
        once += max(sounds["unclear"], invalid)
        return (MISSES + SILENCES - 1) * once + self.tries * (sounds["keys"] + self.wait + invalid)

    def falls_past_branches(self) -> bool:
        """Not with ``otherwise``."""
        return self.otherwise is None

    def references(self) -> Iterator[Reference]:
        """See Step."""
        yield "decisions", self.kind

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The prompts."""
        for name in ("prompt", "keys", "unclear", "invalid"):
            if sound := getattr(self, name):
                yield (name,), sound

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The engine's settings."""
        return {
            "kind": self.kind,
            "timeout_s": BUDGET_SECONDS,
            "language": default_language(folder),
            "phrases": self.phrases(folder),
            "recognisers": self.recognisers(folder),
            "confidence": self.confidence,
            "longest_s": float(self.at_most),
            **({"keep_s": keep_s} if (keep_s := kept_seconds(folder)) else {}),
        }


def kept_seconds(folder: Folder) -> int:
    """How long the project keeps what callers say; 0: it is deleted at once."""
    keep = folder.project.keep
    return keep.utterances or 0 if keep else 0


def default_language(folder: Folder) -> str:
    """The language of phrases and calls for which nothing chooses another: the project's, or its first recogniser's."""
    known = (each for languages in folder.project.recognisers.values() for each in languages)
    return next(iter(folder.project.call_languages), "") or next(known, "")
