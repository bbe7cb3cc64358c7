"""Sets the stage for sample calls: a release of the schemes, the engine and the webhook handlers, on free ports.

The schemes name their handlers' ports; a copy of the folder names the ports that the handlers got here.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.app import publish as publishing
from routing.app.secrets import read_secrets
from routing.cli.errors import UserError
from routing.cli.examples.children import POLL_SECONDS, START_SECONDS, Child, Children
from routing.compile.build import Release, build
from routing.offline.published import Published

#: Where the schemes expect a handler -> the script that listens there.
HANDLERS = {"http://127.0.0.1:8085": "sample_handler.py", "http://127.0.0.1:8087": "ringostat_handler.py"}
SIGNING = "WEBHOOK_SECRET"


@dataclass(frozen=True)
class Stage:
    """Everything a sample call needs."""

    engine: Child
    handlers: tuple[Child, ...]
    release: Release
    published: Published
    places: Mapping[str, str]

    def logged(self, uuid: str) -> Mapping[str, Any]:
        """The engine's line about its decision for a call; empty when it made none."""
        for line in reversed(self.engine.log.read_text("utf-8", "replace").splitlines()):
            if uuid in line:
                facts = json.loads(line)
                if facts.get("event") == "decision":
                    found: Mapping[str, Any] = facts
                    return found
        return {}


@dataclass(frozen=True)
class Places:
    """Folders and files as the command was told."""

    schemes: Path
    tools: Path
    out: Path
    secrets: Path


def set_up(children: Children, places: Places) -> Stage:
    """Start handlers and engine, compile and publish. Raises UserError, Problems, SecretsFault."""
    known = read_secrets(places.secrets, os.environ)
    key = known.get(SIGNING) or "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    moved, handlers = {}, []
    for url, script in HANDLERS.items():
        handler, here = _handler(children, places.tools / script, key)
        handlers.append(handler)
        moved[url] = here
    root = places.out / "root"
    root.mkdir(parents=True, exist_ok=True)
    engine, listen = _engine(children, root, places.secrets, key)
    staged = _staged(places.schemes, places.out / "schemes", moved)
    release = build(staged, root, lambda setting: {**known, SIGNING: key}, listen)
    publishing.publish(root, release.name, None)
    published = Published(root)
    shown = {"engine": f"pid {engine.process.pid} on {listen}"}
    for handler, (url, here) in zip(handlers, moved.items(), strict=True):
        shown[handler.name] = f"pid {handler.process.pid} on {here.partition('//')[2]}, in the schemes {url[7:]}"
    return Stage(engine, tuple(handlers), release, published, shown)


def _handler(children: Children, script: Path, key: str) -> tuple[Child, str]:
    if not script.is_file():
        raise UserError(f"{script} is not there: run this in the project's source folder, or say --tools")
    command = [sys.executable, str(script), "--port", "0", "--quiet"]
    child = children.start(script.stem, command, {SIGNING: key})
    return child, child.said(r"http://127\.0\.0\.1:\d+")[0]


def _engine(children: Children, root: Path, secrets_file: Path, key: str) -> tuple[Child, str]:
    command = [sys.executable, "-m", "routing", "serve", "--root", str(root), "--secrets", str(secrets_file)]
    command += ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", "2", "--drain", "1"]
    child = children.start("engine", command, {SIGNING: key})
    listen = child.said(r'"listen": "([^"]+)"')[1]
    http = child.said(r'"http": "([^"]+)"')[1]
    until = time.monotonic() + START_SECONDS
    while not _healthy(http):
        if time.monotonic() > until or child.process.poll() is not None:
            raise UserError(f"the engine is not ready; see {child.log}")
        time.sleep(POLL_SECONDS)
    return child, listen


def _healthy(http: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{http}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _staged(schemes: Path, staged: Path, moved: Mapping[str, str]) -> Path:
    """A copy of the folder whose webhooks go to where the handlers are."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(schemes, staged)
    pattern = re.compile("|".join(map(re.escape, moved)))
    for file in staged.rglob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(pattern.sub(lambda found: moved[found[0]], text), "utf-8")
    return staged
