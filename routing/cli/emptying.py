"""``routing node drain --wait``: look at a node until it has no call, and say what is left there meanwhile."""

from __future__ import annotations

import time
from typing import Any

import click

from routing.cli.errors import UserError
from routing.cluster.link import Link, NodeFault
from routing.cluster.settings import ClusterNode
from routing.model.problem import counted

#: A node that says nothing for so long is not there.
ANSWER_SECONDS = 20.0
LOOK_SECONDS = 1.0


def is_empty(node: ClusterNode, wait_s: float, queues_s: float | None) -> bool:
    """Whether the node has no call within ``wait_s``. Callers who wait in a queue longer than ``queues_s`` leave it,
    None: nobody. Raises UserError for a node that does not answer."""
    began, last = time.monotonic(), ""
    while True:
        waited_s = time.monotonic() - began
        left = _left(node, lets_go=queues_s is not None and waited_s >= queues_s)
        if not left:
            click.echo(f"{node}: has no call")
            return True
        if waited_s >= wait_s:
            click.echo(f"{node}: still has {left}", err=True)
            return False
        if left != last:
            click.echo(f"{node}: {left} left")
        last = left
        time.sleep(LOOK_SECONDS)


def _left(node: ClusterNode, *, lets_go: bool) -> str:
    """What the node has: ``4 channels, 2 callers in queues``; "" for nothing."""

    def ask(link: Link) -> tuple[dict[str, Any], int]:
        link.open()
        status = link.ask("status")
        if status["fault"]:
            raise NodeFault(str(status["fault"]))
        return status, int(link.ask("waiting", let_go=lets_go)["waiting"]) if status["calls"] else 0

    try:
        link = Link(node, ANSWER_SECONDS)
        try:
            status, waiting = ask(link)
        finally:
            link.close()
    except NodeFault as problem:
        raise UserError(f"{node}: {problem}") from None
    if not status["calls"]:
        return ""
    queues = f", {counted(waiting, 'caller')} in queues" if waiting else ""
    return f"{counted(status['calls'], 'channel')}{queues}"
