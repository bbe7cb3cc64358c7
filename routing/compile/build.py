"""A scheme folder to a release folder: reads, compiles what changed, links, writes beside and renames.

The release is named by the hash of its content and never changes afterwards.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from routing.compile import schemes as compiling
from routing.compile.calendars import calendar_context
from routing.compile.link import link, longest_times
from routing.compile.numbers import Line, entry_contexts, numbers_context, shards
from routing.compile.people import directory_xml, gateway_xml, internal_context, outbound_context, person_context
from routing.compile.scheme import Record
from routing.compile.secrets import passwords
from routing.compile.store import Cache, Store, digest, write_tree
from routing.compile.templates import freeswitch_folder
from routing.compile.tones import tones
from routing.compile.xml import to_xml
from routing.load import files
from routing.load.folder import shared
from routing.load.nodes import Document, read
from routing.model import numbers
from routing.model.folder import Folder
from routing.model.problem import Problem, Problems

#: Called with (done, total) while schemes compile.
Progress = Callable[[int, int], None]
#: The secrets by name, for the project's own word on where they are: ``env`` or ``file:PATH``.
Secrets = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Release:
    """A release on disk. ``longest`` has the seconds to a person or an end, by scheme."""

    name: str
    folder: Path
    records: Sequence[Record]
    longest: Mapping[str, float]
    compiled: int
    files: Mapping[str, str] = field(repr=False)

    @property
    def number_count(self) -> int:
        """How many numbers lead somewhere."""
        return sum(len(record.numbers) for record in self.records)


@functools.cache
def code_version() -> str:
    """Changes with every change of the compiler, its templates or the libraries whose tables it compiles in."""
    package = Path(__file__).resolve().parent.parent
    hashed = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), *(freeswitch_folder() / "release").iterdir()]):
        hashed.update(path.read_bytes())
    for library in ("phonenumbers", "holidays", "jinja2"):
        hashed.update(importlib.metadata.version(library).encode())
    return hashed.hexdigest()


def build(
    schemes: Path,
    root: Path,
    secrets: Secrets,
    engine: str = "127.0.0.1:8084",
    progress: Progress | None = None,
) -> Release:
    """Compile a folder into ``root/releases/<name>``. Raises Problems with everything that is wrong, and writes nothing then."""
    root.mkdir(parents=True, exist_ok=True)
    root = root.resolve()
    store, cache = Store(root), Cache(root, "schemes")
    sources = files.sources(schemes)
    cached = cache.load(code_version())
    texts = compiling.changed_texts(sources, cached)
    documents, scheme_files, problems = _split(sources, texts, cached)
    sounds = files.sounds(schemes)
    lengths = {name: seconds for name, (_, seconds, _) in sounds.items()}
    folder, wrong = shared(documents, lengths, engine)
    problems += wrong
    if folder is None:
        raise Problems(problems)
    common = _common(folder, documents, texts, sources, engine)
    jobs = compiling.Jobs(folder, store, common, scheme_files, texts, cached)
    entries, wrong = compiling.compile_all(jobs, progress)
    problems += wrong
    records = [Record.from_json(entry["record"]) for entry in entries.values()]
    problems += link(records)
    known, missing = passwords(folder, documents, secrets(folder.project.secrets))
    if problems + missing:
        raise Problems(problems + missing)
    tree = _tree(folder, store, entries, records, known, sounds, Cache(root, "numbers"))
    cache.save(code_version(), entries)
    return _write(root, store, tree, records, jobs.compiled, folder)


def load_shared(schemes: Path, engine: str = "127.0.0.1:8084") -> Folder:
    """The shared part of a folder, schemes not looked at. Raises Problems."""
    sources = files.sources(schemes)
    documents, _, problems = _split(sources, compiling.changed_texts(sources, {}), {})
    folder, wrong = shared(documents, {name: 0.0 for name in files.sounds(schemes)}, engine)
    if folder is None or problems + wrong:
        raise Problems(problems + wrong)
    return folder


def _split(
    sources: Sequence[files.Source], texts: Mapping[str, bytes], cached: Mapping[str, object]
) -> tuple[list[Document], list[files.Source], list[Problem]]:
    """Shared documents, and the sources that are schemes."""
    documents, schemes, problems = [], [], []
    for source in sources:
        if source.name not in texts or files.SCHEME_KEY.search(texts[source.name]):
            schemes.append(source)
            continue
        try:
            document = read(source.name, texts[source.name])
        except Problems as error:
            problems += error.problems
            continue
        if isinstance(document.data, dict) and "scheme" in document.data:
            schemes.append(source)
        else:
            documents.append(document)
    return documents, schemes, problems


def _common(
    folder: Folder,
    documents: Sequence[Document],
    texts: Mapping[str, bytes],
    sources: Sequence[files.Source],
    engine: str,
) -> str:
    """A hash of everything besides its own text that a scheme's dialplan depends on."""
    hashed = hashlib.sha256(f"{code_version()} {engine}".encode())
    for document in documents:
        hashed.update(document.file.encode() + texts[document.file])
    hashed.update(json.dumps(sorted(folder.sounds.items())).encode())
    return hashed.hexdigest()


def _tree(
    folder: Folder,
    store: Store,
    entries: Mapping[str, compiling.Entry],
    records: Sequence[Record],
    secrets: Mapping[str, str],
    sounds: Mapping[str, tuple[Path, float, str]],
    cache: Cache,
) -> dict[str, str]:
    """Every file of the release: relative path to content name."""
    tree: dict[str, str] = {}

    def put(path: str, text: str, *, private: bool = False) -> None:
        tree[path] = store.put(text.encode(), private=private)

    for entry, record in zip(entries.values(), records, strict=True):
        tree[f"schemes/{record.scheme}.xml"] = entry["xml"]
        if entry["table"]:
            tree[f"schemes/{record.scheme}.json"] = entry["table"]
    for name in folder.people:
        put(f"people/{name}.xml", to_xml(person_context(name, folder)))
    for name, calendar in folder.calendars.items():
        put(f"calendars/{name}.xml", to_xml(calendar_context(calendar)))
    put("outbound.xml", to_xml(outbound_context(folder)))
    put("internal.xml", to_xml(internal_context(folder)))
    put("table.json", _table(folder))
    put("directory.xml", directory_xml(folder, secrets), private=True)
    for name, gateway in folder.gateways.items():
        put(f"gateways/{name}.xml", gateway_xml(name, gateway, secrets.get(f"gateway {name}", "")), private=True)
    for name, content in tones().items():
        tree[f"sounds/{name}"] = store.put(content)
    for name, (path, _, _) in sounds.items():
        tree[f"sounds/{name}"] = store.put(path.read_bytes())
    tree |= _numbers(records, store, cache, folder.project.country)
    return tree


def _numbers(records: Sequence[Record], store: Store, cache: Cache, country: str | None) -> dict[str, str]:
    """Number files; when no number moved all of them are as before, else those whose lines changed are rendered."""
    whole = digest(repr([(record.scheme, record.numbers_key) for record in records]).encode())
    version = f"{code_version()} {country}"
    cached = cache.load(version)
    if cached.get("whole") == whole and all(store.has(known[1]) for known in cached["files"].values()):
        return {f"numbers/{shard}.xml": known[1] for shard, known in cached["files"].items()}
    lines = (Line(number, record.scheme, pays) for record in records for number, pays, _ in record.numbers)
    before, kept = cached.get("files", {}), {}
    for shard, of_shard in shards(lines).items():
        key = digest(repr(of_shard).encode())
        known = before.get(shard)
        if not (known and known[0] == key and store.has(known[1])):
            known = [key, store.put(to_xml(numbers_context(of_shard, country)).encode())]
        kept[shard] = known
    cache.save(version, {"whole": whole, "files": kept})
    return {f"numbers/{shard}.xml": known[1] for shard, known in kept.items()}


def _table(folder: Folder) -> str:
    """What the engine must know besides a scheme: ids that an answer may name, destinations."""
    people = {
        name: {
            "phones": list(person.phones),
            "sip": {phone.sip: label for label, phone in person.phones.items() if phone.sip},
        }
        for name, person in folder.people.items()
    }
    table = {
        "project": folder.project.name,
        "timezone": folder.project.timezone,
        "country": folder.project.country,
        "people": people,
        "accounts": folder.accounts,
        "extensions": folder.extensions,
        "destinations": [numbers.destination_pattern(region) for region in folder.project.regions],
    }
    return json.dumps(table, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def _write(
    root: Path, store: Store, tree: dict[str, str], records: Sequence[Record], compiled: int, folder: Folder
) -> Release:
    name = digest("".join(f"{path} {content}\n" for path, content in sorted(tree.items())).encode())[:12]
    target = root / "releases" / name
    longest = longest_times(records)
    manifest = {
        "release": name,
        "project": folder.project.name,
        "schemes": len(records),
        "longest_seconds": dict(sorted(longest.items())),
        "reload": digest("".join(f"{path} {tree[path]}\n" for path in sorted(tree) if _needs_reload(path)).encode()),
    }
    tree["entry.xml"] = store.put(to_xml(*entry_contexts(str(target))).encode())
    tree["release.json"] = store.put((json.dumps(manifest, indent=1) + "\n").encode())
    if not target.is_dir():
        target.parent.mkdir(exist_ok=True)
        write_tree(store, target, tree)
    return Release(name, target, records, longest, compiled, tree)


def _needs_reload(path: str) -> bool:
    """Files that FreeSWITCH reads at start and on reloadxml only."""
    return path == "directory.xml" or path.startswith("gateways/")
