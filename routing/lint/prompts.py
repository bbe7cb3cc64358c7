"""Prompts and menus: before anybody was rung, too long, with too many choices."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.lint.ways import UntilChosen, UntilRung
from routing.model.problem import Loc
from routing.model.spoken import label_of
from routing.steps.base import Complaint, Step
from routing.steps.listen import ListenStep
from routing.steps.menu import MenuStep
from routing.steps.play import PlayStep
from routing.steps.say import SayStep

LONGEST_PROMPT_SECONDS = 18
MOST_CHOICES = 3


class LongPrompt(Lint):
    """Callers listen to a prompt for 18 seconds at most, then they hang up.

    Only WAV files are checked; the length of other formats is unknown. `music` may have any length.

    Good::

        - ring: ivan
        - play: greeting.wav
        - voicemail: {box: sales, notify: ivan}

    Bad, 25 seconds::

        - ring: ivan
        - play: long.wav
        - voicemail: {box: sales, notify: ivan}
    """

    id = "long-prompt"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every prompt."""
        for step, loc, _ in one.steps:
            for below, sound in step.sounds():
                seconds = one.folder.usual_seconds(sound)
                listens = below[0] not in ("music", "whisper", "confirm_prompt") and sound.endswith(".wav")
                if listens and seconds > LONGEST_PROMPT_SECONDS:
                    message = f"{label_of(sound)} is {seconds:.0f} s long"
                    yield (*loc, *below), message, f"at most {LONGEST_PROMPT_SECONDS} s"


class _FirstMenu(UntilRung):
    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        if isinstance(step, MenuStep | ListenStep) and not state:
            self.complaints_found.append(
                (loc, "a menu before anybody was rung", "ring first, and ask who is still there")
            )
        return state if isinstance(step, PlayStep | SayStep) else super().enter(step, loc, state)


class _FirstPrompt(UntilRung):
    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        if isinstance(step, MenuStep | ListenStep):  # `menu-before-ring` reports it, with the sound right before it
            self.complaints_found = [each for each in self.complaints_found if each[0][:-2] != loc[:-2]]
        elif isinstance(step, PlayStep | SayStep) and not state:
            hint = "ring first, and greet only if nobody answers in two rings"
            self.complaints_found.append((loc, "a prompt before anybody was rung", hint))
        return super().enter(step, loc, state)


class MenuBeforeRing(Lint):
    """A caller who could talk to a person at once must press keys first.

    Not reported for calls outside opening hours, when there is nobody to ring.

    Good::

        - ring: {to: ivan, for: 2 rings}
        - menu: {prompt: menu.wav, options: {"1": [{ring: olena}]}}
        - hangup

    Bad::

        - menu: {prompt: menu.wav, options: {"1": [{ring: olena}]}}
        - hangup
    """

    id = "menu-before-ring"
    until = "rung"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The first menu of each path."""
        return _FirstMenu(one).complaints(False)


class PromptBeforeRing(Lint):
    """A caller who could talk to a person at once must listen first.

    A sound right before a menu counts as part of the menu (`menu-before-ring`). Not reported outside opening hours.

    Good::

        - hours: {calendar: office, closed: [{play: closed.wav}, hangup]}
        - ring: {to: ivan, for: 2 rings}
        - play: greeting.wav
        - ring: ivan
        - hangup

    Bad::

        - play: greeting.wav
        - ring: ivan
        - hangup
    """

    id = "prompt-before-ring"
    until = "rung"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The first prompt of each path."""
        if one.folder.project.announce_recording and one.fields.record != "no":
            return iter(())  # the project requires an announcement first
        return _FirstPrompt(one).complaints(False)


class _Wide(UntilChosen):
    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        if isinstance(step, MenuStep) and not state and len(step.options) > MOST_CHOICES:
            message = f"{len(step.options)} choices in the first menu"
            self.complaints_found.append((loc, message, f"at most {MOST_CHOICES}; ask the rest in a second menu"))
        return super().enter(step, loc, state)


class WideMenu(Lint):
    """The first menu of a call offers more than three choices: callers remember three.

    Good::

        - ring: ivan
        - menu: {prompt: menu.wav, options: {"1": [{ring: ivan}], "2": [{ring: olena}], "3": [hangup]}}
        - hangup

    Bad::

        - ring: ivan
        - menu:
            prompt: menu.wav
            options: {"1": [{ring: ivan}], "2": [{ring: olena}], "3": [hangup], "4": [{scheme: other}]}
        - hangup
    """

    id = "wide-menu"
    until = "chosen"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """The first menu of each path."""
        return _Wide(one).complaints(False)
