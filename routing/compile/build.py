"""From a scheme folder to a release folder: read, compile what changed, link, write to a temporary folder, rename.

The release is named by the hash of its content, apart from its own name and path, and never changes afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from routing.compile import schemes as compiling
from routing.compile.cache import Cache
from routing.compile.callback_table import callback_problems
from routing.compile.card_key import card_problems
from routing.compile.desk_table import desk_problems
from routing.compile.entry import accounts, entry_dialplans, number_in, shown
from routing.compile.export_table import export_problems
from routing.compile.link import link
from routing.compile.lists import RememberedLists
from routing.compile.need import Need
from routing.compile.parking import parking_problems
from routing.compile.pools import pool_entries, pool_problems
from routing.compile.recording import recording_problems
from routing.compile.scheme import SchemeRecord
from routing.compile.secrets import in_clear, known_or_refused, named_by_steps, names_secrets, needs, passwords
from routing.compile.shared_folders import shared_by, write_release
from routing.compile.sources import Opened, opened
from routing.compile.speech import SpeechFiles
from routing.compile.store import Store, digest, digest_of_tree, is_whole
from routing.compile.tree import release_files
from routing.compile.version import FORMAT, code_version
from routing.compile.waits import bound, longest_waits
from routing.load.folder import shared
from routing.load.lists import list_stats, read_lists
from routing.load.nodes import read
from routing.model.calendar import Calendar
from routing.model.folder import ANY, Folder
from routing.model.problem import Problem, Problems, gathered
from routing.model.spoken import SILENT, Voices
from routing.steps.dialstring import REGISTERED

#: Called with (done, total) while schemes compile.
Progress = Callable[[int, int], None]
#: The secrets by name, for the project's `secrets` setting: ``env`` or ``file:PATH``.
Secrets = Callable[[str], Mapping[str, str]]
#: Files of the cache of compiled schemes: a change of one scheme among ten thousand writes one of them.
CACHE_PARTS = 16
#: Placeholder for the release's own name and path while its content is hashed.
_OWN = "@THIS-RELEASE@"


@dataclass(frozen=True)
class Release:
    """A release on disk. ``longest`` and ``bound`` are seconds: see `routing.compile.waits`."""

    name: str
    folder: Path
    records: Sequence[SchemeRecord]
    longest: Mapping[str, float]
    bound: float
    compiled: int
    files: Mapping[str, str] = field(repr=False)
    calendars: Sequence[Calendar] = field(default=(), repr=False)

    @property
    def number_count(self) -> int:
        """The count of numbers that lead to schemes."""
        return sum(len(record.numbers) for record in self.records)


def build(
    schemes: Path,
    root: Path,
    secrets: Secrets,
    engine: str = "127.0.0.1:8084",
    progress: Progress | None = None,
    store: Store | None = None,  # the root's own
    voices: Voices = SILENT,  # for checks and tests: texts are silent
) -> Release:
    """Compile a folder into ``root/releases/<name>``. Raises Problems with all problems, and writes no release then."""
    root = _made(root)
    store, cache = store or Store(root), Cache(root, "schemes", CACHE_PARTS)
    cached = cache.load(code_version())
    found = opened(schemes, cached)
    folder, wrong = shared(found.documents, found.lengths, engine, found.excused)
    problems = [*found.problems, *wrong]
    if folder is None:
        raise Problems(problems)
    folder, wrong = _with_lists(folder, schemes, root)
    problems += wrong
    common = common_key(folder, found, engine)
    jobs = compiling.Jobs(folder, store, common, found.schemes, found.texts, cached)
    jobs.broken |= {"*"} if ("schemes", ANY) in found.excused else set()
    entries, wrong = compiling.compile_all(jobs, progress)
    problems += wrong
    records = [SchemeRecord.from_json(entry["record"]) for entry in entries.values()]
    problems += _problems_across(folder, found, records, jobs.broken)
    pools = {} if problems else pool_entries(folder, found.documents, store)
    records += [SchemeRecord.from_json(entry["record"]) for entry in pools.values()]
    problems += link(records, jobs.broken)
    known, missing = passwords([*needs(folder, found.documents, records)], secrets(folder.project.secrets))
    if problems := [*problems, *missing, *in_clear(folder, found.documents)]:
        raise Problems(gathered(problems))
    files = found.sounds, list_stats(schemes), root, common
    speech, longest = SpeechFiles(folder, store, root, voices, found.documents), longest_waits(records)
    tree = release_files(folder, store, entries | pools, records, longest, known, *files, speech)
    cache.save(code_version(), entries)
    return _write(root, store, tree, records, longest, jobs.compiled, folder)


def _with_lists(folder: Folder, schemes: Path, root: Path) -> tuple[Folder, list[Problem]]:
    lists, wrong = read_lists(schemes, folder.project.country, RememberedLists(Cache(root, "lists"), folder))
    unread = {("lists", ANY)} if any(problem.file == "lists" for problem in wrong) else set()
    return replace(folder, lists=lists, broken=folder.broken | unread), wrong


def _problems_across(
    folder: Folder, found: Opened, records: Sequence[SchemeRecord], broken: Collection[str]
) -> Iterator[Problem]:
    """Problems of settings that name what stands in other files."""
    for problems in (pool_problems, callback_problems, export_problems):
        yield from problems(folder, found.documents, records, broken)
    yield from desk_problems(folder, found.documents)
    yield from recording_problems(folder, found.documents)
    yield from parking_problems(folder, found.documents)
    yield from card_problems(folder, found.documents)


def is_fit(root: Path) -> bool:
    """Whether a folder can be a release root: dialplans contain its path."""
    return re.fullmatch(r"/[\w/.+@~-]*", str(root.resolve())) is not None


def _made(root: Path) -> Path:
    """Create the root; dialplans contain its path, where spaces, commas, brackets and ``$`` have a meaning."""
    root = root.resolve()
    if not is_fit(root):
        message = "the path of a release root may only contain letters, digits and / . _ + @ ~ -"
        raise Problems([Problem(str(root), 1, 1, "", message, "choose another with --out")])
    root.mkdir(parents=True, exist_ok=True)
    return root


def load_shared(schemes: Path, engine: str = "127.0.0.1:8084") -> Folder:
    """The shared part of a folder, without its schemes. Raises Problems."""
    return _shared(schemes, engine)[0]


def needed(schemes: Path) -> list[Need]:
    """Every secret that a folder names; schemes are read but not checked. Raises Problems."""
    folder, found = _shared(schemes, "")
    needed = [*needs(folder, found.documents)]
    for source in found.schemes:
        if names_secrets(found.texts[source.name]):
            needed += named_by_steps(read(source.name, found.texts[source.name]))
    return known_or_refused(needed)


def _shared(schemes: Path, engine: str) -> tuple[Folder, Opened]:
    found = opened(schemes, {})
    folder, wrong = shared(found.documents, found.lengths, engine, found.excused)
    if folder is None or found.problems or wrong:
        raise Problems([*found.problems, *wrong])
    return folder, found


def common_key(folder: Folder, found: Opened, engine: str) -> str:
    """A hash of everything that a scheme's dialplan depends on, apart from the scheme's own text."""
    hashed = hashlib.sha256(f"{code_version()} {engine}".encode())
    for document in found.documents:
        hashed.update(os.fsencode(document.file) + found.texts[document.file])
    hashed.update(json.dumps([sorted(folder.sounds.items()), sorted(folder.lists)]).encode())
    return hashed.hexdigest()


def _write(
    root: Path, store: Store, tree: dict[str, str], records: Sequence[SchemeRecord], longest: Mapping[str, float],
    compiled: int, folder: Folder,
) -> Release:  # fmt: skip
    most = bound(records)
    entry_files = entry_dialplans(_OWN, folder.project.country, number_in(folder), accounts(folder), shown(folder))
    # what FreeSWITCH itself must know, the fixed dialplan's variable included: `routing.release.publish`
    reloaded = (f"{path} {tree[path]}\n" for path in sorted(tree) if _needs_reload(path))
    manifest = {
        "release": _OWN,
        "format": FORMAT,
        "project": folder.project.name,
        "files": len(tree) + len(entry_files) + 1,
        "schemes": len(records),
        "longest_seconds": dict(sorted(longest.items())),
        "bound_seconds": most,
        "reload": digest((REGISTERED + "".join(reloaded)).encode()),
    }
    if folder.project.decides_inside:
        manifest["transport"] = "inline"
    if shared := shared_by(tree):  # an older version counts no files behind links: it compiles a release of its own
        manifest["shared"] = shared
    own = entry_files | {"release.json": json.dumps(manifest, indent=1) + "\n"}
    written = {**tree, **own}
    name = digest_of_tree(written)[:12]
    target = root / "releases" / name
    for path, text in own.items():
        tree[path] = store.put(text.replace(_OWN, name if path == "release.json" else str(target)).encode())
    if not is_whole(target, tree):
        target.parent.mkdir(exist_ok=True)
        write_release(store, target, tree)
    return Release(name, target, records, longest, most, compiled, tree, [*folder.calendars.values()])


def _needs_reload(path: str) -> bool:
    """Whether FreeSWITCH reads a file only at start and on reloadxml."""
    return path == "directory.xml" or path.startswith("gateways/")
