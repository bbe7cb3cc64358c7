"""What callers cannot know, because nothing tells them: keys that leave a queue, and that a tone takes a message."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.lint.ways import Ways
from routing.model.problem import Loc
from routing.model.project import Project
from routing.model.spoken import Phrase, SpokenSound, parts_of
from routing.model.template_fields import SpokenTemplate
from routing.steps.base import Complaint, Step
from routing.steps.play import PlayStep
from routing.steps.queue import QueueStep
from routing.steps.say import SayStep
from routing.steps.voicemail import VoicemailStep
from routing.words.cardinal import cardinal
from routing.words.grammar import LANGUAGES, Case, Gender

#: Sounds that tell callers nothing.
_MUTE = ("music", "whisper", "confirm_prompt", "greeting")
#: How the keys that are no digits are called in texts.
_SIGNS = {"*": r"\*|star|зірочк|зв[её]здочк|gwiazdk", "#": r"#|hash|pound|решітк|реш[её]тк|krzyżyk"}


class _PromptsHeard(NamedTuple):
    """What a caller has certainly heard: a recording, of which nobody knows the words, and texts."""

    recording: bool
    texts: frozenset[str] = frozenset()

    def and_sounds(self, sounds: Iterable[str], project: Project) -> _PromptsHeard:
        """With these sounds too."""
        variants = [each for sound in sounds for part in parts_of(sound) for each in _variants(part)]
        texts = {each.text for each in variants if isinstance(each, Phrase) and _is_understood(each, project)}
        unknown = any(not isinstance(each, Phrase) or not _is_understood(each, project) for each in variants)
        return _PromptsHeard(self.recording or unknown, self.texts | texts)

    def anything(self) -> bool:
        """Whether the caller has heard words."""
        return self.recording or bool(self.texts)

    def tells(self, key: str) -> bool:
        """Whether the key can have been named."""
        return self.recording or any(map(_naming(key).search, self.texts))


def _variants(part: str) -> tuple[Phrase | str, ...]:
    return tuple(part.variants.values()) if isinstance(part, SpokenSound) else (part,)


def _is_understood(phrase: Phrase, project: Project) -> bool:
    """Whether the words are of a language whose numbers are known here."""
    return (phrase.language or next(iter(project.call_languages), "")) in LANGUAGES


@functools.cache
def _naming(key: str) -> re.Pattern[str]:
    if not key.isdigit():
        return re.compile(_SIGNS[key], re.IGNORECASE)
    numerals = {cardinal(int(key), language, *form) for language in LANGUAGES for form in product(Case, Gender)}
    return re.compile(rf"(?<!\d){key}(?!\d)|\b(?:{'|'.join(sorted(numerals))})\b", re.IGNORECASE)


class _PromptWalk(Ways[_PromptsHeard]):
    """What callers have heard at each step; a scheme that others lead to may begin after anything."""

    @property
    def at_start(self) -> _PromptsHeard:
        """At the start of the scheme."""
        return _PromptsHeard(recording=not self.one.fields.numbers)

    def enter(self, step: Step, loc: Loc, state: _PromptsHeard) -> _PromptsHeard:
        """The sounds of a step that every caller hears."""
        if isinstance(step, PlayStep) and step.unless:
            return state
        project = self.one.folder.project
        if isinstance(step, SayStep) and isinstance(step.text, SpokenTemplate):
            texts = step.text.texts
            return state.and_sounds([SpokenSound.of({at: Phrase(at, text) for at, text in texts.items()})], project)
        sounds = [sound for below, sound in step.sounds() if below[0] not in _MUTE]
        if isinstance(step, SayStep) and not sounds:
            return _PromptsHeard(True, state.texts)
        return state.and_sounds(sounds, project)

    def join(self, one: _PromptsHeard, other: _PromptsHeard) -> _PromptsHeard:
        """Heard on both paths."""
        return _PromptsHeard(one.recording and other.recording, one.texts & other.texts)


class _LeaveKeys(_PromptWalk):
    def enter(self, step: Step, loc: Loc, state: _PromptsHeard) -> _PromptsHeard:
        heard = super().enter(step, loc, state)
        if isinstance(step, QueueStep):
            for key in step.leave:
                if not heard.tells(key):
                    message = f"nothing tells waiting callers that they can press `{key}`"
                    hint = "say so in `announce: {texts: ...}`, or in a prompt before the queue"
                    self.complaints_found.append(((*loc, "leave", key), message, hint))
        return heard


class _BareTones(_PromptWalk):
    def enter(self, step: Step, loc: Loc, state: _PromptsHeard) -> _PromptsHeard:
        if isinstance(step, VoicemailStep) and not step.greeting and not state.anything():
            message = "callers hear a tone, and nothing before it says that they can leave a message"
            self.complaints_found.append((loc, message, "add `greeting: ...`, or play a prompt before"))
        return super().enter(step, loc, state)


class UnnamedKey(Lint):
    """Waiting callers could leave a queue by a key, and nothing tells them: no announcement, no prompt before.

    Recordings are taken to tell it, and so are texts in other languages than Ukrainian, Russian, Polish and English;
    music is not.

    Good::

        project: {name: p, timezone: UTC, country: UA, speech: {en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - queue: {to: ivan, announce: {texts: {text: Press one to hang up.}}, leave: {"1": [hangup]}}
          - hangup

    Bad::

        - queue: {to: ivan, leave: {"1": [hangup]}}
        - hangup

    Bad, another key::

        project: {name: p, timezone: UTC, country: UA, speech: {en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps:
          - queue: {to: ivan, announce: {texts: {text: Press one to hang up.}}, leave: {"2": [hangup]}}
          - hangup
    """

    id = "unnamed-key"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The keys of every queue."""
        walk = _LeaveKeys(one)
        return walk.complaints(walk.at_start)


class BareTone(Lint):
    """A voicemail has no greeting, and nothing is said before it: callers hear a tone and hang up.

    Judged where the project has `speech` or `languages`: there a greeting is a line of text, in each of them.

    Good::

        project: {name: p, timezone: UTC, country: UA, speech: {en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {voicemail: {box: sales, greeting: {text: Leave a message.}, notify: ivan}}]

    Bad::

        project: {name: p, timezone: UTC, country: UA, speech: {en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {voicemail: {box: sales, notify: ivan}}]
    """

    id = "bare-tone"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every voicemail without a greeting."""
        if not one.folder.project.call_languages:
            return iter(())
        walk = _BareTones(one)
        return walk.complaints(walk.at_start)
