"""Makes the schemes of this folder live on the node where it runs: check, test, publish, look; rolled back when worse.

    python deploy.py --schemes schemes --root /srv/routing/root --secrets /srv/routing/secrets

Nothing changes before the schemes are checked and tested. After the publish `routing doctor` is asked again: what is
wrong now and was not before makes the release before live again; gateways get `--settle` seconds to register first.
Exit code 0 only when the new schemes are live. Give it ROUTING_ESL_PASSWORD. Needs `routing` on the PATH, nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

LEVEL = "wrong"
AGAIN_S = 2.0


def routing(*words: str, show: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command; what it says is shown as it comes, or returned."""
    if show:
        print(f"$ routing {' '.join(words)}", flush=True)
    return subprocess.run(["routing", *words], text=True, stdout=None if show else subprocess.PIPE, check=False)


class Node:
    """A node: its release root, and where its FreeSWITCH and engine are if not at the usual ports."""

    def __init__(self, root: str, esl: str, engine: str, http: str) -> None:
        self.root = root
        self.to_publish = [*_option("--esl", esl), *_option("--engine", engine)]
        self.to_roll_back = _option("--esl", esl)
        self.to_examine = [*_option("--esl", esl), *_option("--engine", engine), *_option("--http", http)]

    def wrong(self) -> list[tuple[str, str]]:
        """What the doctor finds wrong: the check and its text."""
        found = routing("doctor", "--root", self.root, *self.to_examine, "--json", show=False).stdout
        return [(each["check"], each["words"]) for each in json.loads(found) if each["level"] == LEVEL]

    def worse(self, earlier: list[tuple[str, str]], settle_s: float) -> list[tuple[str, str]]:
        """What is wrong in checks that find more wrong than before; a gateway may register within ``settle_s``.

        Checks are compared by number: a gateway that was down before is down in other words now.
        """
        deadline = time.monotonic() + settle_s
        before = Counter(check for check, _ in earlier)
        while True:
            now = self.wrong()
            more = Counter(check for check, _ in now) - before
            if not more or time.monotonic() >= deadline:
                return sorted(each for each in now if each[0] in more and each not in earlier)
            time.sleep(AGAIN_S)


def _option(name: str, value: str) -> list[str]:
    return [name, value] if value else []


def live(root: str) -> str:
    """The live release's name; empty when there is none."""
    current = Path(root) / "current"
    return os.path.basename(os.readlink(current)) if current.is_symlink() else ""


def deploy(schemes: str, node: Node, secrets: str, settle_s: float) -> int:
    """The whole way; returns the exit code."""
    for words in (["check", "--schemes", schemes, "--strict"], ["test", "--schemes", schemes]):
        if routing(*words).returncode:
            print("not published: the schemes are refused; nothing has changed")
            return 1
    root = node.root
    Path(root).mkdir(parents=True, exist_ok=True)
    before, earlier = live(root), node.wrong()
    kept = [*_option("--secrets", secrets), *node.to_publish]
    if routing("publish", "--schemes", schemes, "--root", root, *kept).returncode:
        print(f"not published; live: {before or 'nothing'}")
        return 1
    worse = node.worse(earlier, settle_s)
    if not worse:
        print(f"live: {live(root)}")
        return 0
    for check, words in worse:
        print(f"wrong since the publish: {check}: {words}")
    if not before or live(root) == before:
        print("nothing to roll back to: there was no other release")
        return 1
    back = routing("rollback", "--root", root, *node.to_roll_back).returncode
    print(f"rolled back; live: {live(root)}" if not back else "the rollback failed: look at the node at once")
    return 1


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Publish schemes on this node, or leave it as it was.")
    parser.add_argument("--schemes", default="schemes")
    parser.add_argument("--root", required=True)
    parser.add_argument("--secrets", default="")
    parser.add_argument("--esl", default="", metavar="HOST:PORT", help="FreeSWITCH's event socket, if not the usual")
    parser.add_argument("--engine", default="", metavar="HOST:PORT", help="where the engine listens, if not as usual")
    parser.add_argument("--http", default="", metavar="HOST:PORT", help="the engine's health, if not the usual")
    parser.add_argument("--settle", type=float, default=20, metavar="SECONDS", help="for gateways to register (20)")
    options = parser.parse_args()
    node = Node(options.root, options.esl, options.engine, options.http)
    return deploy(options.schemes, node, options.secrets, options.settle)


if __name__ == "__main__":
    sys.exit(main())
