"""The openings of calendars in a release: their dialplans, and every sound that these can play."""

from __future__ import annotations

from collections.abc import Collection

from routing.compile.openings import BY_HAND, opening_contexts
from routing.compile.openings_by_hand import by_hand_context
from routing.compile.present_time import present_time_context
from routing.model.folder import Folder
from routing.model.spoken import SpokenSound
from routing.steps.base import sound_files
from routing.steps.dialplan import Context
from routing.steps.pieces import CLOCK, OPENINGS, value_sound
from routing.words.opening import Opening, phrase
from routing.words.opening_parts import OpeningPart, part_phrase


class OpeningFiles:
    """``contexts``: file without ``.xml``, and content, for the calendars of which steps say when they open;
    `CLOCK` among them says the present time."""

    def __init__(self, folder: Folder, calendars: Collection[str]) -> None:
        self._folder = folder
        self._sounds: dict[Opening | OpeningPart, SpokenSound] = {}
        self.contexts: list[tuple[str, Context]] = []
        named = sorted({*calendars} - {CLOCK})
        for name in named:
            self.contexts += opening_contexts(folder.calendars[name], self._played)
        if CLOCK in calendars:
            self.contexts.append((f"{OPENINGS}/{CLOCK}", present_time_context(self._played)))
        if named:
            self.contexts.append((f"{OPENINGS}/{BY_HAND}", by_hand_context(self._played)))

    @property
    def sounds(self) -> list[SpokenSound]:
        """Every sound that they play."""
        return list(self._sounds.values())

    def _played(self, part: Opening | OpeningPart) -> str:
        if part not in self._sounds:
            self._sounds[part] = value_sound(lambda language: _phrase(part, language), self._folder)
        return sound_files(self._sounds[part])


def _phrase(part: Opening | OpeningPart, language: str) -> str:
    return phrase(part, language) if isinstance(part, Opening) else part_phrase(part, language)
