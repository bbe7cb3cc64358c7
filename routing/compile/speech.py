"""The sounds of a release that are no recordings: texts that voices speak, and sounds by language.

Only new texts are spoken: the rest is in the store, by its text and the voice's identity.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from routing.compile.cache import Cache
from routing.compile.store import Store
from routing.load.nodes import Document
from routing.model.folder import Folder
from routing.model.problem import Problem, Problems
from routing.model.spoken import RATES, TABLE, Phrase, PhraseAudio, SpokenSound, VoiceFault, Voices, parts_of, shortened
from routing.steps.pieces import CLOCK, PiecesStep
from routing.steps.scheme_file import SchemeFields, every_step

#: Sample rate -> name in the store.
_Stored = dict[int, str]
#: The cache's key: changes when its entries have another form.
_FORM = "names by rate"


def written(sounds: Iterable[str]) -> list[list[list[str]]]:
    """Those that are no recordings, as plain data: of each variant its language, its text, its file."""
    found = {part: part for sound in sounds for part in parts_of(sound) if isinstance(part, SpokenSound)}
    return [[_plain(language, each) for language, each in part.variants.items()] for part in found.values()]


def of_steps(fields: SchemeFields, folder: Folder) -> list[list[list[str]]]:
    """The same of what a scheme's steps play: what authors wrote, and what is said in the project's languages."""
    steps = [step for step, _, _ in every_step(fields)]
    return written(
        [*(sound for step in steps for _, sound in step.sounds()), *(s for step in steps for s in step.spoken(folder))]
    )


def opening_calendars(fields: SchemeFields) -> list[str]:
    """The calendars of which a scheme's steps say when they open, and `CLOCK` where they say the present time."""
    steps = [step for step, _, _ in every_step(fields)]
    names = {name for step in steps for name in step.openings(fields.hours)}
    return sorted(names | {CLOCK for step in steps if isinstance(step, PiecesStep) and step.says_the_time})


def _plain(language: str, variant: Phrase | str) -> list[str]:
    return [language, variant.text, ""] if isinstance(variant, Phrase) else [language, "", variant]


def sounds_of(records: Iterable[Sequence[Sequence[str]]]) -> Iterator[SpokenSound]:
    """The sounds behind `written`."""
    for variants in records:
        yield SpokenSound.of({language: Phrase(language, text) if text else file for language, text, file in variants})


class SpeechFiles:
    """Fills the files of these sounds."""

    def __init__(self, folder: Folder, store: Store, root: Path, voices: Voices, documents: Sequence[Document]) -> None:
        self._languages, self._commands = folder.project.call_languages, folder.project.speech
        self._store, self._cache, self._voices, self._documents = store, Cache(root, "speech"), voices, documents

    def files(self, sounds: Sequence[SpokenSound], recordings: Mapping[str, str]) -> dict[str, str]:
        """Path in the release -> name in the store, `TABLE` included. ``recordings``: the same of `sounds/`.

        Raises Problems.
        """
        if not sounds:
            return {}
        places = [place for sound in dict.fromkeys(sounds) for place in sound.places(self._languages)]
        stored = self._stored([self._of_language(each) for _, each in places if isinstance(each, Phrase)])
        tree: dict[str, str] = {}
        for name, each in places:
            if isinstance(each, str):
                tree[f"sounds/{name}"] = recordings[f"sounds/{each}"]
                continue
            names = stored[self._of_language(each)]
            folder, _, file = name.rpartition("/")
            tree[f"sounds/{name}"] = names[max(names)]
            tree |= {f"sounds/{folder}/{rate}/{file}": names[rate] for rate in RATES if rate in names}
        return tree | {TABLE: self._store.put(self._table(sounds).encode())}

    def _of_language(self, phrase: Phrase) -> Phrase:
        """A text without a language is spoken in the project's first that has a voice."""
        if phrase.language:
            return phrase
        return phrase._replace(language=next(each for each in self._languages if each in self._commands))

    def _stored(self, texts: Sequence[Phrase]) -> dict[Phrase, _Stored]:
        identities = {
            each: self._voices.identity(self._commands[each]) for each in {phrase.language for phrase in texts}
        }
        known = self._cache.load(_FORM)
        keys = {phrase: f"{identities[phrase.language]} {phrase.text}" for phrase in dict.fromkeys(texts)}
        found = {phrase: known[key] for phrase, key in keys.items() if key in known and self._is_there(known[key])}
        if new := [phrase for phrase in keys if phrase not in found]:
            try:
                spoken = self._voices.speak(new, self._commands)
            except VoiceFault as fault:
                raise _refused(fault, self._documents) from None
            found |= {phrase: self._put(audio) for phrase, audio in spoken.items()}
            kept = {key: stored for key, stored in known.items() if self._is_there(stored)}
            self._cache.save(_FORM, kept | {key: found[phrase] for phrase, key in keys.items()})
        return found

    def _is_there(self, stored: _Stored) -> bool:
        return all(self._store.has(name) for name in stored.values())

    def _put(self, audio: PhraseAudio) -> _Stored:
        return {rate: self._store.put(content) for rate, content in audio.files.items()}

    def _table(self, sounds: Iterable[SpokenSound]) -> str:
        says = {str(sound): dict(self._says(sound)) for sound in sorted(set(sounds))}
        return json.dumps({"languages": self._languages, "says": says}, ensure_ascii=False, indent=1) + "\n"

    def _says(self, sound: SpokenSound) -> Iterator[tuple[str, str]]:
        for language, each in sound.variants.items():
            yield self._of_language(each) if isinstance(each, Phrase) else (language, each)


def _refused(fault: VoiceFault, documents: Sequence[Document]) -> Problems:
    """A voice's fault at the place of its command."""
    document = next(each for each in documents if isinstance(each.data, dict) and "project" in each.data)
    message = f'the voice does not speak "{shortened(fault.phrase.text)}": {fault.fault}'
    problem: Problem = document.problem(("project", "speech", fault.phrase.language), message, fault.hint)
    return Problems([problem])
