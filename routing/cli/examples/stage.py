"""Prepares the sample calls: a release of the schemes, the engine and its partners as processes on free ports.

The schemes name fixed ports of the partners; a copy of the folder names the ports that the partners get here.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.cli.errors import UserError
from routing.cli.examples.processes import POLL_SECONDS, START_SECONDS, ExampleProcess, ExampleProcesses
from routing.cli.examples.remembering import Remembering
from routing.cli.examples.site import SampleSite
from routing.cli.secrets import add_missing
from routing.compile.build import Release, build, needed
from routing.offline.published import PublishedRelease
from routing.process.secrets import read_secrets
from routing.release import publish as publishing
from routing.store import embedded
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.memory import RedisMemory
from routing.testing.names import Names
from routing.testing.sample import Sample

#: Where the schemes expect a partner -> the script that listens there, and the secret that it shares with the engine.
PARTNERS = {
    "http://127.0.0.1:8085": ("sample_handler.py", "WEBHOOK_SECRET"),
    "http://127.0.0.1:8087": ("sample_orders.py", "SHOP_KEY"),
    "http://127.0.0.1:8095": ("ringostat_handler.py", ""),
    "http://127.0.0.1:8096": ("sample_crm.py", "CRM_TOKEN"),
}
CRM = "sample_crm"
ANY_PORT = "127.0.0.1:0"


@dataclass(frozen=True)
class StagePaths:
    """Folders and files from the command line."""

    schemes: Path
    tools: Path
    out: Path
    secrets: Path
    #: The release root.
    root: Path


@dataclass(frozen=True)
class Stage:
    """Everything that a sample call needs. ``shown``: process -> where it listens, as text."""

    engine: ExampleProcess
    partners: Sequence[ExampleProcess]
    release: Release
    names: Names
    #: None where there is no Redis to remember anything in.
    remembering: Remembering | None
    site: SampleSite
    shown: Mapping[str, str]

    def can_carry(self, sample: Sample) -> bool:
        """Whether the sample can run: talks, turns, lent numbers and ratings need Redis; phrases need sound."""
        is_about_memory = sample.sticky or sample.turns or sample.loads or sample.entities or sample.source
        is_rated = any(each.kind in ("rate", "rated") for each in sample.expect)
        remembers = self.remembering is not None or not (is_about_memory or is_rated)
        return remembers and not sample.caller.says

    @property
    def handlers(self) -> Sequence[ExampleProcess]:
        """The handlers of webhook steps."""
        return [partner for partner in self.partners if partner.name != CRM]

    def logged(self, uuid: str) -> Mapping[str, Mapping[str, Any]]:
        """The engine's lines about its decisions for a call, by ``scheme/step``."""
        lines = self.engine.log.read_text("utf-8", "replace").splitlines()
        facts = [json.loads(line) for line in lines if uuid in line]
        return {f"{each['scheme']}/{each['step']}": each for each in facts if each.get("event") == "decision"}


def set_up(children: ExampleProcesses, places: StagePaths) -> Stage:
    """Start everything, compile and publish. Raises UserError, Problems, SecretsFault."""
    keys = _keys(places)
    places.root.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(places.root / embedded.FOLDER, ignore_errors=True)  # forget an earlier run
    partners = [_partner(children, places.tools / script, keys, name) for script, name in PARTNERS.values()]
    served = ["--root", str(places.root), "--http", ANY_PORT, "--listen", ANY_PORT]
    engine = _routing(children, "engine", ["serve", *served, "--workers", "2", "--drain", "1"], keys)
    tracking = _routing(children, "tracking", ["track", *served], keys)
    here = {url: _url(partner) for url, partner in zip(PARTNERS, partners, strict=True)}
    listen = _port(engine, "listen")
    staged = _staged(places.schemes, places.out / "schemes", here)
    release = build(staged, places.root, lambda setting: keys, listen)
    publishing.publish(places.root, release.name, None)
    _wait_for(engine)
    published = PublishedRelease(places.root)
    api = _port(tracking, "listen")
    shown = {"engine": f"on {listen}", "tracking API": f"on {api}"}
    for partner, (url, at) in zip(partners, here.items(), strict=True):
        shown[partner.name] = f"on {at[7:]}; the schemes say {url[7:]}"
    remembering, site = _remembering(places.root, published), _site(release, api)
    return Stage(engine, partners, release, Names(published), remembering, site, shown)


def _keys(places: StagePaths) -> Mapping[str, str]:
    """The secrets of the schemes; missing ones are generated and kept, as `routing secrets` does."""
    known = read_secrets(places.secrets, {}) if places.secrets.exists() else {}
    return {**add_missing(places.secrets, needed(places.schemes), known), **known}


def _partner(children: ExampleProcesses, script: Path, keys: Mapping[str, str], name: str) -> ExampleProcess:
    if not script.is_file():
        raise UserError(f"{script} is not there: run this in the project's source folder, or use --tools")
    command = [sys.executable, str(script), "--port", "0", "--quiet"]
    return children.start(script.stem, command, {name: keys[name]} if name else {})


def _routing(
    children: ExampleProcesses, name: str, arguments: Sequence[str], keys: Mapping[str, str]
) -> ExampleProcess:
    shared = {name: keys[name] for _, name in PARTNERS.values() if name}
    return children.start(name, [sys.executable, "-m", "routing", *arguments], shared)


def _url(partner: ExampleProcess) -> str:
    return partner.wait_for_line(r"http://127\.0\.0\.1:\d+")[0]


def _port(child: ExampleProcess, which: str) -> str:
    return child.wait_for_line(rf'"{which}": "([^"]+)"')[1]


def _wait_for(engine: ExampleProcess) -> None:
    """Wait until its workers take calls."""
    http = _port(engine, "http")
    until = time.monotonic() + START_SECONDS
    while not _healthy(http):
        if time.monotonic() > until or engine.process.poll() is not None:
            raise UserError(f"the engine is not ready; see {engine.log}")
        time.sleep(POLL_SECONDS)


def _healthy(http: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{http}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _staged(schemes: Path, staged: Path, moved: Mapping[str, str]) -> Path:
    """A copy of the folder with the URLs of the running partners."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(schemes, staged)
    pattern = re.compile("|".join(map(re.escape, moved)))
    for file in staged.rglob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(pattern.sub(lambda found: moved[found[0]], text), "utf-8")
    return staged


def _remembering(root: Path, published: PublishedRelease) -> Remembering | None:
    if not embedded.answers(root):
        return None
    memory = RedisMemory(RedisStore(parse(embedded.url(root))))
    return Remembering(memory, str(published.table["project"]), published.timezone)


def _site(release: Release, api: str) -> SampleSite:
    """The company's site; without tracking its visitors get no number."""
    file = release.folder / "tracking.json"
    tracking = json.loads(file.read_text("utf-8"))["tracking"] if file.is_file() else None
    return SampleSite(str((tracking or {"origins": [""]})["origins"][0]), api)
