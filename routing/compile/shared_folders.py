"""Large folders that releases share whole, by the hash of what they hold: few changes touch the files of numbers.

``releases/<name>/numbers`` is a link to ``folders/<hash>`` then. A small folder stands in each release itself.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from routing.compile.store import Store, digest_of_tree, is_whole, remove_tree, write_tree

FOLDER = "folders"
#: The folders that most changes leave as they are; files of schemes are links of their own.
SHARED = ("numbers",)
#: With fewer files a folder of links costs nothing that anybody notices.
FROM_FILES = 500


def shared_by(files: Collection[str]) -> list[str]:
    """The folders of a release (relative paths) that are shared."""
    return [name for name in SHARED if sum(path.startswith(f"{name}/") for path in files) >= FROM_FILES]


def write_release(store: Store, folder: Path, files: Mapping[str, str]) -> None:
    """Write a release (relative path: content name); it appears completely or not at all. Raises OSError."""
    place, own, links = folder.parent.parent / FOLDER, dict(files), {}
    for name in shared_by(files):
        part = {path: content for path, content in files.items() if path.startswith(f"{name}/")}
        links[name] = f"../../{FOLDER}/{_written(store, place, name, part)}"
        own = {path: content for path, content in own.items() if path not in part}
    write_tree(store, folder, own, links)


def _written(store: Store, place: Path, name: str, part: Mapping[str, str]) -> str:
    """The hash of a folder that is there now."""
    files = {path.removeprefix(f"{name}/"): content for path, content in part.items()}
    key = digest_of_tree(files)[:32]
    if not is_whole(place / key, files):  # a power failure may leave a part of it
        place.mkdir(exist_ok=True)
        write_tree(store, place / key, files)
    return key


def files_of(folder: Path) -> Iterator[Path]:
    """Every file of a release, those of shared folders under the release's own path, by name."""
    for directory, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        # a link to a folder that is lost stands among the files
        yield from (path for name in sorted(names) if (path := Path(directory, name)).is_file())


def sweep(root: Path) -> None:
    """Remove shared folders and stored content that no release has any more."""
    links = (link for name in SHARED for link in root.glob(f"releases/*/{name}") if link.is_symlink())
    used = {os.path.basename(os.readlink(link)) for link in links}
    for each in list(root.glob(f"{FOLDER}/*")):
        if each.name not in used:
            remove_tree(each)
    Store(root).sweep()
