"""The files of an imported project, from its draft."""

from __future__ import annotations

import array
import io
import json
import math
import wave
from collections.abc import Iterator, Mapping
from typing import Any

import phonenumbers

from routing.imports.derived_tests import tests_of
from routing.imports.draft import DraftPerson, DraftScheme, ImportDraft
from routing.imports.names import comment, label
from routing.imports.yaml_text import block, flow, scalar
from routing.model.numbers import may_be_dialled

GITIGNORE = "# secrets, releases, recordings: never in git\nvar/\n"
RATE = 8000


def files_of(draft: ImportDraft) -> dict[str, bytes]:
    """Path in the project -> content. The report is not among them: it also says what comes of the project."""
    texts = {
        "schemes/project.yaml": _project(draft),
        "schemes/people.yaml": _people(draft),
        "schemes/calendars.yaml": _calendars(draft),
        ".gitignore": GITIGNORE,
    }
    for scheme in draft.schemes.values():
        texts[f"schemes/{scheme.folder}/{scheme.id}.yaml"] = _scheme(scheme)
    for scheme, tests in tests_of(draft):
        texts[f"schemes/{scheme.folder}/{scheme.id}.test.yaml"] = file_of_tests(tests)
    files = {path: text.encode() for path, text in texts.items() if text}
    placeholder = _tone()
    for path in draft.sounds:
        files[f"schemes/sounds/{path}"] = draft.recordings.get(path, placeholder)
    return files


def _project(draft: ImportDraft) -> str:
    settings = {
        "name": draft.name,
        "timezone": draft.timezone,
        "country": draft.country,
        "secrets": {"file": "../var/secrets"},
    }
    if abroad := _abroad(draft):
        settings["destinations"] = [draft.country, *abroad]
    lines = [
        _schema(1),
        f"# Imported from {draft.system}. What could not be carried over stands in ../REPORT.txt.",
        "project:",
        *block(settings, 2),
    ]
    if draft.gateways:
        lines += ["", "gateways:"]
    for name, (fields, source) in draft.gateways.items():
        lines += [f"  # {source}", f"  {name}:", *block(fields, 4)]
    return _text(lines)


def _abroad(draft: ImportDraft) -> list[str]:
    """Countries of phones that the project's own country does not cover."""
    found: list[str] = []
    for person in draft.people.values():
        for phone in person.phones.values():
            number = phone.get("number", "")
            if number and not may_be_dialled(number, [draft.country, *found]):
                region = phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
                found += [region] if region and region != "001" else []
    return sorted(set(found) - {draft.country})


def _people(draft: ImportDraft) -> str:
    lines = [_schema(1), f"# People, phones and groups of {draft.system}."]
    if draft.people:
        lines += ["people:"]
    for person in draft.people.values():
        lines += [f"  {person.id}:{_source(person.source)}", *block(_person(person), 4)]
    if draft.groups:
        lines += ["", "groups:"]
    for name, (members, source) in draft.groups.items():
        lines += [f"  {name}: {flow(members)}{_source(source)}"]
    return _text(lines) if draft.people else ""


def _person(person: DraftPerson) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": person.name, "phones": person.phones}
    if person.ring:
        fields["ring"] = person.ring
    if person.extension:
        fields["extension"] = person.extension
    if person.email:
        fields["email"] = person.email
    return fields


def _calendars(draft: ImportDraft) -> str:
    if not draft.calendars:
        return ""
    lines = [_schema(1), f"# Time conditions of {draft.system}: `open` is when the condition matches.", "calendars:"]
    for name, calendar in draft.calendars.items():
        fields = {**({"timezone": calendar.timezone} if calendar.timezone else {}), **calendar.fields}
        lines += [f"  {name}:{_source(calendar.source)}", *block(fields, 4)]
    return _text(lines)


def _scheme(scheme: DraftScheme) -> str:
    lines = [_schema(2), f"# {comment(scheme.source, 110)}", f"scheme: {scheme.id}"]
    if title := label(scheme.title):
        lines.append(f"title: {scalar(title)}")
    if scheme.numbers:
        lines += block({"numbers": scheme.numbers}, 0)
        lines[-1] += _source(", ".join(dict.fromkeys(filter(None, scheme.number_notes))))
    if scheme.record:
        lines.append(f"record: {scheme.record}")
    if scheme.notify:
        lines.append(f"notify: {flow(scheme.notify)}")
    return _text([*lines, "steps:", *block(scheme.steps, 2)])


def file_of_tests(tests: list[Mapping[str, Any]]) -> str:
    """A file of scheme tests."""
    lines = ["# yaml-language-server: $schema=../tests.schema.json"]
    lines += ["# Derived from the imported settings: what callers met there, they meet here.", "tests:"]
    return _text([*lines, *_tests(tests)])


def _tests(tests: list[Mapping[str, Any]]) -> Iterator[str]:
    for test in tests:
        fields = list(test.items())
        yield f"  - {fields[0][0]}: {scalar(fields[0][1])}"
        yield from block(dict(fields[1:]), 4)


def _schema(depth: int) -> str:
    return f"# yaml-language-server: $schema={'../' * (depth - 1)}schema.json"


def _source(source: str) -> str:
    return f"  # {comment(source, 80)}" if source else ""


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def _tone() -> bytes:
    """Half a second of a low tone, where a recording belongs."""
    waves = (int(6000 * math.sin(2 * math.pi * 440 * at / RATE)) for at in range(RATE // 2))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        sound.writeframes(array.array("h", waves).tobytes())
    return file.getvalue()


def schema_text(schema: Any) -> bytes:
    """A JSON Schema as a file."""
    return (json.dumps(schema, indent=1, ensure_ascii=False) + "\n").encode()
