"""What speaks and understands while calls wait: voices and speech recognisers of the live release."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from routing.doctor.diagnosis import Diagnosis, ok, warning
from routing.doctor.node import CheckedNode, NoAnswer

#: The engine's metric: one row for each recogniser, 1 where it answers.
UP = "routing_recogniser_up"


def voices(node: CheckedNode) -> Iterator[Diagnosis]:
    """The voices are installed here, where the engine runs."""
    commands = {command for step in _steps(node) for command in step.get("say", {}).get("voices", {}).values()}
    programs = {shlex.split(command)[0] for command in commands}
    missing = [name for name in sorted(programs) if not node.machine.has_program(name)]
    for name in missing:
        yield warning(
            f"the voice `{name}` is not installed: callers hear `instead` where a scheme speaks of their call",
            "install it on the machine of the engine",
        )
    if commands and not missing:
        yield ok("the voices that speak while calls wait are installed")


def recognisers(node: CheckedNode) -> Iterator[Diagnosis]:
    """The engine has every recogniser that a speech menu names, and it answers."""
    named = {name for step in _steps(node) for name in (step.get("recognisers") or {}).values()}
    try:
        families = text_string_to_metric_families(node.http("/metrics")) if named else ()
        states = {each.labels["recogniser"]: each.value for one in families if one.name == UP for each in one.samples}
    except (NoAnswer, ValueError):
        return
    for name in sorted(named):
        if name not in states:
            yield warning(
                f"the engine has no recogniser `{name}`: callers of a `listen` choose by keys",
                f'serve with --recogniser "{name}=COMMAND"',
            )
        elif not states[name]:
            yield warning(
                f"the recogniser `{name}` does not answer: callers of a `listen` choose by keys",
                "the engine's log says why; run its command by hand to see what it complains of",
            )
    if named and all(states.get(name) for name in named):
        yield ok("the recognisers of speech menus answer")


def _steps(node: CheckedNode) -> Iterator[dict[str, Any]]:
    """The engine's settings of every step of the live release."""
    for file in sorted(node.release.glob("schemes/*.json")) if node.release else ():
        yield from json.loads(file.read_text(encoding="utf-8"))["steps"].values()
