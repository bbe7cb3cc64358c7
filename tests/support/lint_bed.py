"""A small company in memory, and what lints find when files are added to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from routing.cli.check import checked_folder
from routing.lint.facts import facts_of
from routing.lint.findings import LintFinding
from routing.lint.run import LintReport, run
from routing.lint.whole import WholeFolder
from routing.load.folder import shared
from routing.load.nodes import Document, read

TODAY = date(2026, 11, 22)
PROJECT = "project: {name: p, timezone: Europe/Kyiv, country: UA}\n"
COMPANY = """
people:
  ivan:
    name: I
    phones: {desk: {sip: "1001"}, mobile: {number: "+380501112233", confirm: "1"}}
    extension: "101"
    email: ivan@x.example
  olena: {name: O, phones: {desk: {sip: "1002"}}, extension: "102"}
  nina: {name: N, phones: {desk: {sip: "1003"}, mobile: {number: "+380501112233", confirm: "1"}}}
calendars:
  office: {open: {mon-fri: "09:00-18:00"}}
  saturday: {open: {sat: "00:00-24:00"}}
  rest: {open: {mon-fri: "18:00-09:00", sat: "00:00-24:00", sun: "00:00-24:00", mon: "00:00-09:00"}}
gateways:
  main: {proxy: x.example, register: false}
"""
CRM = "crm: {bitrix24: {webhook: HOOK}}\n"
OTHER = (
    'scheme: other\nnumbers: "+380440000009"\nsteps: [{ring: olena}, {voicemail: {box: sales, notify: a@x.example}}]\n'
)
SOUNDS = {
    "greeting.wav": 9.0,
    "menu.wav": 8.0,
    "closed.wav": 5.0,
    "long.wav": 25.0,
    "song.mp3": 30.0,
    "stereo.wav": 4.0,
}
CHANNELS = {"greeting.wav": 1, "stereo.wav": 2}
LISTS = {"vip": ["+380671112233"]}


def told(files: Sequence[str], today: date = TODAY, *, complete: bool = True) -> LintReport:
    """What is told of some files beside the company; a file may replace the project, or say `gateways: {}`."""
    bare = any(own.startswith("gateways: {}") for own in files)
    texts = [COMPANY.partition("gateways:")[0] if bare else COMPANY, *files]
    texts += [
        text for key, text in (("project:", PROJECT), ("crm:", CRM)) if not any(own.startswith(key) for own in files)
    ]
    documents = [read(f"{at}.yaml", text.encode()) for at, text in enumerate(texts)]
    schemes = [document for document in documents if "scheme" in document.data]
    others = [document for document in documents if "scheme" not in document.data]
    folder, problems = shared(others, SOUNDS, "127.0.0.1:8084")
    assert folder is not None and problems == []
    folder = replace(folder, lists=LISTS)
    known: list[Document] = [*schemes, read("other.yaml", OTHER.encode())]
    facts = [facts_of(document, folder) for document in known]
    channels = {name: count for name, count in CHANNELS.items() if any(name in text for text in files)}
    assert None not in facts, "a scheme does not compile"
    return run(WholeFolder(folder, others, {each.scheme: each for each in facts if each}, today, complete, channels))


def found(lint: str, *files: str, today: date = TODAY) -> list[str]:
    """Lines of one lint's findings."""
    return [str(each.shown) for each in findings(lint, *files, today=today)]


def findings(lint: str, *files: str, today: date = TODAY) -> list[LintFinding]:
    """One lint's findings."""
    return [each for each in told(files, today).findings if each.lint == lint]


def front(steps: str) -> str:
    """A scheme `front` with a number and these steps."""
    return f'scheme: front\nnumbers: "+380440000001"\nsteps:\n{steps}'


TODAY = date(2026, 11, 22)


def said(schemes: Path, cache: Path | None = None) -> str:
    """Lines of a check, the company's own left out."""
    checked = checked_folder(schemes, cache, None, TODAY)
    lines = sorted([*checked.problems, *(found.shown for found in checked.findings)])
    return "".join(f"{line}\n" for line in lines if line.file != "company.yaml")
