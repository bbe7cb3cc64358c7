"""Options of ``routing publish`` that belong to the node, not to the schemes: kept in the root, so that the next
publish has them without being given them again.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

FILE = "publish.json"
_ENGINE = re.compile(rb'application="socket" data="([0-9a-f.:\[\]]+:[0-9]+) ')


@dataclass(frozen=True)
class NodeOptions:
    """``engine`` and ``esl``: HOST:PORT; ``secrets``: the path of a file; "" for what nobody has given."""

    engine: str = ""
    secrets: str = ""
    esl: str = ""


def kept(root: Path) -> NodeOptions:
    """What the last publish was given; of an older root the engine that its live release asks."""
    try:
        facts = json.loads((root / FILE).read_bytes())
        return NodeOptions(**{name: str(facts.get(name, "")) for name in asdict(NodeOptions())})
    except (OSError, ValueError, AttributeError):
        return NodeOptions(engine=engine_of(root / "current"))


def keep(root: Path, options: NodeOptions) -> None:
    """Keep them for the next publish. Raises OSError."""
    options = replace(options, secrets=os.path.abspath(options.secrets) if options.secrets else "")
    unfinished = root / f".{FILE}.new"
    unfinished.write_text(json.dumps(asdict(options)) + "\n", encoding="utf-8")
    os.replace(unfinished, root / FILE)


def engine_of(release: Path) -> str:
    """The engine's address in a release; empty without a dynamic step."""
    files = sorted(release.glob("schemes/*.xml"))
    return next((found[1].decode() for file in files if (found := _ENGINE.search(file.read_bytes()))), "")


@dataclass(frozen=True)
class ChangedPasswords:
    """How many of the accounts that two releases have got another password."""

    changed: int
    accounts: int


def changed_passwords(before: Path, after: Path) -> ChangedPasswords:
    """The accounts of two releases whose passwords differ; none where one of them cannot be read."""
    old, new = _passwords(before), _passwords(after)
    both = old.keys() & new.keys()
    return ChangedPasswords(sum(old[name] != new[name] for name in both), len(both))


def _passwords(release: Path) -> dict[str, str]:
    try:
        users = ElementTree.parse(release / "directory.xml").iter("user")  # noqa: S314  # our own file
        return {str(user.get("id")): str(_password(user)) for user in users}
    except (OSError, ElementTree.ParseError):
        return {}


def _password(user: ElementTree.Element) -> str | None:
    found = user.find("params/param[@name='password']")
    return None if found is None else found.get("value")
