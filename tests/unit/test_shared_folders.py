"""Releases share the folder of a large company's numbers: whole, never torn, removed with the last that has it."""

from __future__ import annotations

import json
import tarfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from routing.cluster.bundle import BundleWriter, bundle_of, content_of
from routing.compile.build import Release
from routing.compile.shared_folders import FOLDER, FROM_FILES, files_of
from routing.node.backup import NodePlaces, write_backup
from routing.release import pruning
from routing.release.publish import PublishFailed, current, publish, rollback, verify
from support.release_folder import Folder

#: What comes after a decision is no part of the numbers' files.
STEPS = "scheme: a\nnumbers: [{}]\nsteps: [{{webhook: 'http://127.0.0.1:9/x'}}, {{ring: ivan}}, {{hangup: {}}}]\n"


class Company(Folder):
    """A company whose scheme has so many numbers, each in a file of its own."""

    def release(self, cause: str, numbers: int = FROM_FILES) -> Release:
        """Compile it with another hangup cause."""
        listed = ", ".join(f'"+38080033{number:04}"' for number in range(numbers))
        self.write("a.yaml", STEPS.format(listed, cause))
        return self.build()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def shared(release: Release) -> Path:
    return (release.folder / "numbers").resolve()


def test_a_change_of_steps_leaves_the_folder_of_numbers_as_it_is(company: Company) -> None:
    first, second = company.release("USER_BUSY"), company.release("NO_ANSWER")
    assert first.name != second.name
    assert shared(first) == shared(second)
    assert shared(first).parent == (company.root / FOLDER).resolve()
    assert sum(1 for _ in shared(first).iterdir()) == FROM_FILES
    third = company.release("NO_ANSWER", FROM_FILES + 1)
    assert shared(third) != shared(second)
    for each in (first, second, third):
        verify(each.folder, None)


def test_a_small_company_has_its_numbers_in_the_release(company: Company) -> None:
    release = company.release("USER_BUSY", FROM_FILES - 1)
    assert not (release.folder / "numbers").is_symlink()
    assert not (company.root / FOLDER).exists()


def test_the_manifest_names_what_is_shared_so_that_an_older_version_compiles_anew(company: Company) -> None:
    manifests = [
        company.release("USER_BUSY", numbers).folder / "release.json" for numbers in (FROM_FILES - 1, FROM_FILES)
    ]
    assert [json.loads(path.read_bytes()).get("shared") for path in manifests] == [None, ["numbers"]]


def test_only_what_is_new_is_parsed(company: Company) -> None:
    first, second = company.release("USER_BUSY"), company.release("NO_ANSWER")
    assert verify(second.folder, first.folder) < 10
    assert verify(second.folder, None) > FROM_FILES


@pytest.mark.parametrize("damage", ["missing", "torn", "empty", "folder"])
def test_a_damaged_folder_is_noticed_and_compiling_again_mends_it(company: Company, damage: str) -> None:
    live = company.release("USER_BUSY")
    publish(company.root, live.name, None)
    release = company.release("NO_ANSWER", FROM_FILES + 1)
    file = shared(release) / "0007.xml"
    if damage == "folder":
        shared(release).rename(company.root / "elsewhere")
    else:
        file.unlink()  # the store's own file has that inode too, and stays
    if damage in ("torn", "empty"):
        file.write_text("<conte" if damage == "torn" else "")
    with pytest.raises(PublishFailed, match=f"damaged.*compile again.*{live.name} stays live"):
        publish(company.root, release.name, None)
    assert company.release("NO_ANSWER", FROM_FILES + 1).name == release.name
    publish(company.root, release.name, None)
    assert current(company.root) == release.name
    assert sum(1 for _ in shared(release).iterdir()) == FROM_FILES + 1


def test_a_lost_folder_is_no_crash_for_who_lists_the_release(company: Company) -> None:
    """``routing doctor`` counts what is there."""
    release = company.release("USER_BUSY")
    whole = len([*files_of(release.folder)])
    shared(release).rename(company.root / "elsewhere")
    left = [*files_of(release.folder)]
    assert len(left) == whole - FROM_FILES
    assert all(path.stat().st_size for path in left)


def test_the_folder_goes_with_the_last_release_that_has_it(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for numbers in (0, 1, 2):  # three folders; the last two releases share one
        publish(company.root, company.release("USER_BUSY", FROM_FILES + numbers).name, None)
    publish(company.root, company.release("NO_ANSWER", FROM_FILES + 2).name, None)
    for left in ("killed.1.new", "killed.2.old"):
        (company.root / FOLDER / left).mkdir()
    assert pruning.prune(company.root, 0) == 0
    assert sum(1 for _ in (company.root / FOLDER).iterdir()) == 3
    kept = {(company.root / name / "numbers").resolve() for name in ("current", "previous")}
    assert len(kept) == 1
    monkeypatch.setattr(pruning, "KEEP_RELEASES", 0)
    assert pruning.prune(company.root, 10**10) == 2
    assert {*(company.root / FOLDER).resolve().iterdir()} == kept
    rollback(company.root, None)
    verify(company.root / "current", None)


def test_another_node_gets_every_file(company: Company, tmp_path: Path) -> None:
    release = company.release("USER_BUSY")
    bundle = bundle_of(company.root, release.name)
    assert len(bundle.files) == json.loads((release.folder / "release.json").read_bytes())["files"]
    there = tmp_path / "there"
    writer = BundleWriter(there, bundle, None)
    for sha in writer.missing():
        writer.put(sha, content_of(company.root, bundle, sha))
    writer.write()
    assert verify(there / "releases" / release.name, None) == len(bundle.files)
    assert (there / "releases" / release.name / "numbers").is_symlink()
    assert bundle_of(there, release.name).digest == bundle.digest


def test_a_backup_holds_every_file(company: Company, tmp_path: Path) -> None:
    release = company.release("USER_BUSY")
    publish(company.root, release.name, None)
    file = tmp_path / "backup.tar.gz"
    write_backup(file, NodePlaces(company.root), nullcontext((release.name, None)), with_sounds=False)
    with tarfile.open(file) as archive:
        names = {name for name in archive.getnames() if name.startswith(f"root/releases/{release.name}/")}
    assert len(names) == sum(1 for _ in files_of(release.folder)) > FROM_FILES
