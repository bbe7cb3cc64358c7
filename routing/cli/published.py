"""What a publish leaves beside the release: a line of the history with its author, the schemes' files, its options."""

from __future__ import annotations

import getpass
import subprocess
import time
from pathlib import Path

import click

from routing.release import history, node_options, sources
from routing.release.history import Publication
from routing.release.node_options import NodeOptions
from routing.release.publish import PublishResult

_LAST = "--format=%an%x00%s%x00%h"
GIT_SECONDS = 10


def remember(
    root: Path, published: PublishResult, kind: str, schemes: Path | None = None, options: NodeOptions | None = None
) -> None:
    """Write them; a failure is a warning, since the release is live."""
    line = Publication(time.time(), published.release, published.before or "", kind, *authorship(schemes))
    try:
        history.note(root, line)
        if options:
            node_options.keep(root, options)
        if schemes:
            sources.keep(schemes, root, published.release)
        sources.prune(root)
    except OSError as problem:
        click.echo(f"warning: the history was not written: {problem.strerror or problem}", err=True)


def authorship(schemes: Path | None) -> tuple[str, str, str]:
    """Author, subject and short name of the schemes' last commit; without one the system's user."""
    author, subject, commit = _last_commit(schemes) if schemes else ("", "", "")
    return author or _user(), subject, commit


def _last_commit(schemes: Path) -> tuple[str, str, str]:
    """Author, subject and short name of the last commit of a folder; empty where there is no git."""
    command = ["git", "-C", str(schemes), "log", "-1", _LAST, "--", "."]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=GIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return "", "", ""
    parts = done.stdout.decode("utf-8", "replace").strip().split("\0")
    return (parts[0], parts[1], parts[2]) if done.returncode == 0 and len(parts) == 3 else ("", "", "")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
