"""A folder of schemes at a git revision, extracted into a temporary folder; the work tree is not touched."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from routing.cli.errors import UserError
from routing.load.disk import COPY, LEAVES
from routing.model.problem import Problem, Problems


def extract(revision: str, folder: Path, target: Path) -> Path:
    """The folder at a revision below ``target``. Raises UserError: no repository, no such revision, no folder there."""
    where = folder.absolute()
    while not where.is_dir():
        where = where.parent
    top = _git(where, "rev-parse", "--show-toplevel")
    if top is None:
        raise UserError(f"{revision} is neither a folder nor a git revision: {where} is in no git repository")
    commit = _git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UserError(f"{revision} is neither a folder nor a git revision")
    root = Path(top.decode().strip())
    inside = folder.resolve().relative_to(root.resolve()).as_posix()
    name = commit.decode().strip()
    tree = f"{name}:{'' if inside == '.' else inside}"
    if (_git(root, "cat-file", "-t", tree) or b"").strip() != b"tree":
        raise UserError(f"there is no folder {inside} at {revision}: name it with --schemes")
    packed = _git(root, "archive", "--format=tar", tree)
    if packed is None:
        raise UserError(f"git could not read {inside} at {revision}")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        if out := [member.name for member in archive if _leaves(member)]:
            raise Problems([Problem(name, 1, 1, "", LEAVES, COPY) for name in out])
        # Python before 3.11.4 has no filter; git has no path outside the tree, and no file below a link.
        checked = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(target, **checked)  # type: ignore[arg-type]  # noqa: S202
    return target


def _leaves(member: tarfile.TarInfo) -> bool:
    """Whether it is a link out of the folder."""
    to = os.path.normpath(os.path.join(os.path.dirname(member.name), member.linkname))
    return member.issym() and (to == ".." or to.startswith(("../", "/")))


def _git(where: Path, *arguments: str) -> bytes | None:
    """git's output; None when it fails."""
    try:
        done = subprocess.run(["git", "-C", str(where), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("git is not installed: give folders instead of revisions") from None
    if b"dubious ownership" in done.stderr:
        hint = f"`git config --global --add safe.directory {where}`"
        raise UserError(f"git refuses to read {where}: it belongs to another user (hint: {hint})")
    return done.stdout if done.returncode == 0 else None
