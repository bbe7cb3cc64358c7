"""All files of a release by the name of their content: schemes from the cache, everything else rendered here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from routing.compile import schemes as compiling
from routing.compile.cache import Cache
from routing.compile.calendars import calendar_context
from routing.compile.callback_table import callbacks_json
from routing.compile.callbacks import callback_contexts
from routing.compile.card_key import card_context, card_settings
from routing.compile.codes import codes_context, codes_table
from routing.compile.desk_table import TABLE as DESK
from routing.compile.desk_table import desk_json
from routing.compile.export_table import exports_json
from routing.compile.flood_table import floods_json
from routing.compile.floods import FILE as FLOODS_FILE
from routing.compile.floods import flood_contexts, guarded
from routing.compile.link import answering
from routing.compile.lists import list_contexts
from routing.compile.number_files import number_files
from routing.compile.opening_files import OpeningFiles
from routing.compile.parking import PARKING, parking_context
from routing.compile.people import (
    colleagues_context,
    directory_xml,
    gateway_xml,
    internal_context,
    person_context,
)
from routing.compile.pools import tracking_json
from routing.compile.rooms import pins_context
from routing.compile.scheme import SchemeRecord
from routing.compile.secrets import for_decisions
from routing.compile.speech import SpeechFiles, sounds_of, written
from routing.compile.store import Store
from routing.compile.table_text import table_json
from routing.compile.talk_keys import talk_context
from routing.compile.talk_targets import targets_context
from routing.compile.tones import tones
from routing.compile.whole import CONTEXTS
from routing.compile.xml import to_xml
from routing.load.disk import read_bytes
from routing.load.files import LARGEST_SOUND, Sound
from routing.model import numbers
from routing.model.callback_call import FILE
from routing.model.callback_plan import TABLE as CALLBACKS
from routing.model.card_request import FILE as CARD
from routing.model.conference import PINS
from routing.model.crm_settings import owners
from routing.model.export_plan import TABLE as EXPORTS
from routing.model.flood import TABLE as FLOODS
from routing.model.folder import CODES, Folder
from routing.model.ringing import Wave
from routing.model.talk_keys import TALK
from routing.steps import targets


def release_files(
    folder: Folder,
    store: Store,
    entries: Mapping[str, compiling.CachedScheme],
    records: Sequence[SchemeRecord],
    longest: Mapping[str, float],
    secrets: Mapping[str, str],
    sounds: Mapping[str, Sound],
    lists: Mapping[str, os.stat_result],
    root: Path,
    common: str,
    speech: SpeechFiles,
) -> dict[str, str]:
    """Every file of the release: relative path -> content name.

    ``longest``: see `routing.compile.waits`. ``sounds`` and ``lists`` are copied, ``speech`` fills the spoken sounds.
    ``root`` holds caches; ``common`` identifies the folder's shared part. Raises Problems.
    """

    def put(path: str, text: str) -> None:
        tree[path] = store.put(text.encode())

    tree = _schemes(store, entries, records) | _shared(folder, store, Cache(root, "shared"), common)
    for name, calendar in folder.calendars.items():
        put(f"calendars/{name}.xml", to_xml(calendar_context(calendar)))
    tree |= _copied(folder, store, sounds, lists)
    tree |= _spoken(folder, store, records, speech, tree)
    tree |= {path: store.put(text.encode()) for path, text in _tables(folder, records, longest)}
    tree |= {path: store.put(text.encode(), store.secret) for path, text in _private(folder, secrets)}
    if lists_of := {name: sorted(gateway.numbers) for name, gateway in folder.gateways.items()}:
        put("gateways/numbers.json", json.dumps(lists_of))
    return tree | number_files(records, store, Cache(root, "numbers"), folder.project.country, guarded(folder))


def _spoken(
    folder: Folder, store: Store, records: Sequence[SchemeRecord], speech: SpeechFiles, recordings: Mapping[str, str]
) -> dict[str, str]:
    """What voices say, and the dialplans that choose among openings of calendars."""
    openings = OpeningFiles(folder, {name for record in records for name in record.openings})
    tree = {f"{name}.xml": store.put(to_xml(context).encode()) for name, context in openings.contexts}
    of_steps = (each for record in records for each in record.spoken)
    shared = written([*folder.shared_sounds(), *openings.sounds])
    return tree | speech.files([*sounds_of(shared), *sounds_of(of_steps)], recordings)


def _private(folder: Folder, secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Files with passwords and PINs."""
    yield "directory.xml", directory_xml(folder, secrets)
    if (pins := pins_context(secrets)).extensions:
        yield f"{PINS}.xml", to_xml(pins)
    for name, gateway in folder.gateways.items():
        yield f"gateways/{name}.xml", gateway_xml(name, gateway, secrets.get(f"gateway {name}", ""))


def _copied(
    folder: Folder, store: Store, sounds: Mapping[str, Sound], lists: Mapping[str, os.stat_result]
) -> dict[str, str]:
    """Sounds and lists of numbers, readable by nobody who cannot read the source."""
    tree = {f"sounds/{name}": store.put(content) for name, content in tones().items()}
    for name, sound in sounds.items():
        tree[f"sounds/{name}"] = store.put(read_bytes(sound.path, LARGEST_SOUND), store.mode(sound.stat))
    for name, listed in folder.lists.items():
        for file, context in list_contexts(name, listed):
            tree[file] = store.put(to_xml(context).encode(), store.mode(lists.get(name)))
    return tree


def _shared(folder: Folder, store: Store, cache: Cache, common: str) -> dict[str, str]:
    """The dialplans that depend on the shared part of the folder alone."""
    tree = cache.load(common)
    if not tree or not all(store.has(name) for name in tree.values()):
        tree = {path: store.put(text.encode()) for path, text in _shared_texts(folder)}
        cache.save(common, tree)
    return tree


def _shared_texts(folder: Folder) -> Iterator[tuple[str, str]]:
    for name in folder.people:
        yield f"people/{name}.xml", to_xml(person_context(name, folder))
    for name, context in CONTEXTS:
        yield f"{name}.xml", to_xml(context(folder))
    yield f"schemes/{CODES}.xml", to_xml(codes_context(folder))
    yield f"schemes/{CODES}.json", codes_table(folder)
    yield "internal.xml", to_xml(internal_context(folder), colleagues_context(folder))


def _schemes(
    store: Store, entries: Mapping[str, compiling.CachedScheme], records: Sequence[SchemeRecord]
) -> dict[str, str]:
    """The compiled files of every scheme."""
    tree: dict[str, str] = {}
    answers_first = answering(records)
    for entry, record in zip(entries.values(), records, strict=True):
        tree[f"schemes/{record.scheme}.xml"] = entry["xml"]
        tree[f"schemes/{record.scheme}.json"] = entry["table"]
        if record.scheme in answers_first and not record.answers:
            tree[f"schemes/{record.scheme}.json"] = _answering_too(store, entry["table"])
    return tree


def _answering_too(store: Store, table: str) -> str:
    """The table of a scheme that does not answer itself but jumps to one that does."""
    facts = json.loads(store.path(table).read_bytes()) | {"answers_first": True}
    return store.put(table_json(facts).encode())


def _tables(folder: Folder, records: Sequence[SchemeRecord], longest: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """The tables of the whole release, and the dialplan of callbacks: file and content."""
    yield "table.json", _table(folder, records)
    yield DESK, desk_json(folder, records, longest)
    callbacks = folder.project.callbacks
    if folder.pools or folder.project.tracking or (callbacks and callbacks.origins):
        yield "tracking.json", tracking_json(folder)
    if callbacks:
        yield CALLBACKS, callbacks_json(folder, records)
        yield FILE, to_xml(*callback_contexts(folder, callbacks))
    if folder.project.talk_keys:
        yield f"{TALK}.xml", to_xml(talk_context(folder), targets_context(folder))
    if folder.project.card_key:
        yield f"{CARD}.xml", to_xml(card_context(folder))
    if folder.project.parking:
        yield f"{PARKING}.xml", to_xml(parking_context(folder, folder.project.parking))
    if folder.project.floods:
        yield FLOODS, floods_json(folder, records)
        yield f"{FLOODS_FILE}.xml", to_xml(*flood_contexts())
    if folder.project.exports:
        yield EXPORTS, exports_json(folder)


def _table(folder: Folder, records: Sequence[SchemeRecord]) -> str:
    """The release's table: ids that webhooks may name, allowed destinations and names of secrets for the engine;
    addresses for the journal."""
    people = {
        name: {
            "phones": list(person.phones),
            "extension": person.extension,
            "sip": {phone.sip: label for label, phone in person.phones.items() if phone.sip},
            **({"email": person.email} if person.email else {}),
            **_waves(name, folder),
        }
        for name, person in folder.people.items()
    }
    table = {
        "project": folder.project.name,
        "timezone": folder.project.timezone,
        "country": folder.project.country,
        **_settings(folder, records),
        **card_settings(folder),
        "people": people,
        "accounts": folder.accounts,
        "numbers": folder.outside,
        "extensions": folder.extensions,
        **owners(folder.people),
        "destinations": [numbers.destination_pattern(region) for region in folder.project.regions],
    }
    return table_json(table)


def _waves(name: str, folder: Folder) -> dict[str, Any]:
    """Delay and longest ring time of each wave of a person's phones; empty when all ring at once."""
    waves = targets.waves(targets.alone(name, folder))
    if waves in ((), (Wave(),)):
        return {}
    return {"waves": [[wave.after_s] if wave.longest_s == Wave().longest_s else list(wave) for wave in waves]}


def _settings(folder: Folder, records: Sequence[SchemeRecord]) -> dict[str, Any]:
    """The project's settings for screen pops and the journal, and the secrets that decisions need, if any."""
    project = folder.project
    settings = {
        "pops": project.pops.model_dump() if project.pops else None,
        **(project.keep.table() if project.keep else {}),
        "encrypt": list(project.encrypt_recordings) or None,
        "places": project.parking.numbers if project.parking else None,
        "notify": list(project.notify) or None,
        "secrets": for_decisions(folder, records) or None,
    }
    return {name: value for name, value in settings.items() if value is not None}
