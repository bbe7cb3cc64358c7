"""Makes the schemes of this folder live on the node where it runs: check, test, publish, look; rolled back when worse.

    python deploy.py --schemes schemes --root /srv/routing/root --secrets /srv/routing/secrets

Nothing changes before the schemes are checked and tested. After the publish `routing doctor` is asked again: what is
wrong now and was not before makes the release before live again. Exit code 0 only when the new schemes are live. Give
it ROUTING_ESL_PASSWORD. Needs `routing` on the PATH, nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

LEVEL = "wrong"


def routing(*words: str, show: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command; what it says is shown as it comes, or returned."""
    if show:
        print(f"$ routing {' '.join(words)}", flush=True)
    return subprocess.run(["routing", *words], text=True, stdout=None if show else subprocess.PIPE, check=False)


def wrong(root: str) -> set[tuple[str, str]]:
    """What the doctor finds wrong with the node, by check."""
    said = routing("doctor", "--root", root, "--json", show=False).stdout
    return {(each["check"], each["words"]) for each in json.loads(said) if each["level"] == LEVEL}


def live(root: str) -> str:
    """The live release's name; empty when there is none."""
    current = Path(root) / "current"
    return os.path.basename(os.readlink(current)) if current.is_symlink() else ""


def deploy(schemes: str, root: str, secrets: str) -> int:
    """The whole way; returns the exit code."""
    kept = ["--secrets", secrets] if secrets else []
    for words in (["check", "--schemes", schemes, "--strict"], ["test", "--schemes", schemes]):
        if routing(*words).returncode:
            print("not published: the schemes are refused; nothing has changed")
            return 1
    Path(root).mkdir(parents=True, exist_ok=True)
    before, earlier = live(root), wrong(root)
    if routing("publish", "--schemes", schemes, "--root", root, *kept).returncode:
        print(f"not published; live: {before or 'nothing'}")
        return 1
    worse = sorted(wrong(root) - earlier)
    if not worse:
        print(f"live: {live(root)}")
        return 0
    for check, words in worse:
        print(f"wrong since the publish: {check}: {words}")
    if not before or live(root) == before:
        print("nothing to roll back to: there was no other release")
        return 1
    back = routing("rollback", "--root", root).returncode
    print(f"rolled back; live: {live(root)}" if not back else "the rollback failed: look at the node at once")
    return 1


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Publish schemes on this node, or leave it as it was.")
    parser.add_argument("--schemes", default="schemes")
    parser.add_argument("--root", required=True)
    parser.add_argument("--secrets", default="")
    options = parser.parse_args()
    return deploy(options.schemes, options.root, options.secrets)


if __name__ == "__main__":
    sys.exit(main())
