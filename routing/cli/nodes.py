"""``routing node status``, ``drain`` and ``undrain``: the nodes of a list; ``agent``: what they start on a node."""

from __future__ import annotations

import ipaddress
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from routing.cli.emptying import ANSWER_SECONDS, is_empty
from routing.cli.errors import UserError
from routing.cli.options import DURATION, FILE
from routing.cli.terminal import terminal
from routing.cluster.agent import SILENCE_SECONDS, Agent
from routing.cluster.link import Link, NodeAnswer, NodeFault, together
from routing.cluster.pipe import MessagePipe
from routing.cluster.settings import ClusterNode, are_mixed, read_nodes
from routing.model.durations import parse_duration
from routing.model.problem import did_you_mean

PIPE_WIDTH = 140
#: Callers of all nodes are compared by when they came: a clock that is wrong by this gives some of them a wrong place.
CLOCK_SECONDS = 2.0

_nodes = click.option("--nodes", "file", type=FILE, required=True, help="The list of nodes.")


@click.command()
def agent() -> None:
    """The node's side of `routing publish --nodes`; ssh starts it."""
    Agent(MessagePipe(sys.stdin.fileno(), sys.stdout.fileno(), SILENCE_SECONDS)).serve()


@click.command()
@_nodes
def status(file: Path) -> None:
    """What each node of the list runs.

    The exit code is 1 when one or its FreeSWITCH does not answer, or they do not run the same. A clock that is off by
    two seconds or more is noted: callers of one queue are served in the order in which they came.
    """
    nodes = read_nodes(file)
    links, outcomes = _each(nodes, _status_of)
    _show(nodes, links, outcomes)
    known = {name: each.result for name, each in outcomes.items() if not each.fault}
    schemes = [facts.get("schemes", {}).get(facts["live"]) for facts in known.values()]
    differ = are_mixed(nodes, {name: facts["live"] for name, facts in known.items()}, schemes)
    if differ:
        click.echo("the nodes do not run the same release (hint: publish again)", err=True)
    wrong = (each.fault or each.result["unconfirmed"] or each.result["fault"] for each in outcomes.values())
    sys.exit(1 if differ or any(wrong) else 0)


def _status_of(link: Link) -> dict[str, Any]:
    """A node's status; ``clock_s``: how far its clock is ahead of this one, at the least: an answer takes its time."""
    sent_s = time.time()
    facts = link.ask("status", schemes=True)
    now_s = facts.get("now_s", sent_s)
    return facts | {"clock_s": now_s - min(max(now_s, sent_s), time.time())}


def _each(nodes: Sequence[ClusterNode], step: Any) -> tuple[dict[str, Link], dict[str, NodeAnswer]]:
    """One step at each node; the links, closed, for their versions."""
    links: dict[str, Link] = {}
    outcomes: dict[str, NodeAnswer] = {}
    for node in nodes:
        try:
            links[node.name] = Link(node, ANSWER_SECONDS)
        except NodeFault as problem:
            outcomes[node.name] = NodeAnswer(fault=str(problem))

    def opened(link: Link) -> Any:
        link.open()
        return step(link)

    try:
        outcomes |= together([*links.values()], opened)
    finally:
        for link in links.values():
            link.close()
    return links, outcomes


def _show(nodes: Sequence[ClusterNode], links: dict[str, Link], outcomes: dict[str, NodeAnswer]) -> None:
    drained = {place for each in outcomes.values() if not each.fault for place in each.result["drained"]}
    table = Table("node", "where", "live", "since", "by", "routing", "channels", "", box=None, header_style="bold")
    for node in nodes:
        outcome = outcomes[node.name]
        if outcome.fault:
            table.add_row(node.name, node.place, "?", "", "", "", "", "does not answer")
            continue
        facts = outcome.result
        since = f"{datetime.fromtimestamp(facts['at_s']).astimezone():%Y-%m-%d %H:%M}" if facts["at_s"] else ""
        notes = ["a publish was cut off: publish again"] if facts["unconfirmed"] else []
        notes += [f"its clock is {clock}"] if (clock := _clock(facts["clock_s"])) else []
        notes += ["drained"] if drained & {_place(node)} else []
        notes += ["FreeSWITCH does not answer"] if facts["fault"] else []
        channels = "" if facts["calls"] is None else str(facts["calls"])
        version = links[node.name].version
        table.add_row(
            node.name, node.place, facts["live"] or "nothing", since, facts["author"], version, channels,
            "; ".join(notes),
        )  # fmt: skip
    terminal(PIPE_WIDTH).print(table)
    for node in nodes:
        if problem := outcomes[node.name].fault or outcomes[node.name].result["fault"]:
            click.echo(f"{node}: {problem}", err=True)


def _clock(ahead_s: float) -> str:
    """How a clock is wrong, for people; "" when queues over nodes do not notice it."""
    if abs(ahead_s) < CLOCK_SECONDS:
        return ""
    return f"{abs(ahead_s):.0f} s {'ahead' if ahead_s > 0 else 'behind'}"


@click.command()
@click.argument("name")
@_nodes
@click.option("--wait", type=DURATION, default="", help="Wait until the node has no call, at most so long: 30m.")
@click.option("--queues", type=DURATION, default="", help="Callers who still wait in a queue there after so long leave "
              "it, as after its longest wait: 10m. With --wait.")  # fmt: skip
def drain(name: str, file: Path, wait: str, queues: str) -> None:
    """Let the proxies of the list send no new calls to a node; its calls go on to their end.

    Callers who wait there in a queue stay, and are connected in their turn. It holds until `undrain`, over restarts of
    Kamailio too. The last node that takes calls is not drained. The exit code is 1 when calls are left after --wait.
    """
    wait_s, queues_s = parse_duration(wait) if wait else 0, parse_duration(queues) if queues else None
    if queues_s is not None and queues_s >= wait_s:
        raise click.UsageError("--queues is a part of --wait: write a shorter time than that")
    node = _steer(name, file, drained=True)
    click.echo(f"{node}: drained; its calls go on")
    if wait and not is_empty(node, wait_s, queues_s):
        sys.exit(1)


@click.command()
@click.argument("name")
@_nodes
def undrain(name: str, file: Path) -> None:
    """Let a node get calls again, from its next answer to the proxy's ping on."""
    node = _steer(name, file, drained=False)
    click.echo(f"{node}: gets calls again as soon as it answers the proxy")


def _steer(name: str, file: Path, *, drained: bool) -> ClusterNode:
    nodes = {node.name: node for node in read_nodes(file)}
    if name not in nodes:
        raise UserError(f"there is no node `{name}` ({did_you_mean(name, nodes) or 'known: ' + ', '.join(nodes)})")
    node, place = nodes[name], _place(nodes[name])
    proxies = [each for each in nodes.values() if each.proxy]
    if not proxies:
        raise UserError(f"{file} names no proxy (hint: write `proxy: FOLDER` for the machine where Kamailio runs)")
    if not place:
        raise UserError(f"{file} does not say where the proxies reach {node} (hint: write its `address:`)")
    _, answers = _each(proxies, lambda link: link.ask("drain", place=place, drained=drained))
    faults = [f"{nodes[each]}: {outcome.fault}" for each, outcome in answers.items() if outcome.fault]
    if faults:
        others = [each for each, outcome in answers.items() if not outcome.fault]
        raise UserError("; ".join(faults) + (f" (done at {', '.join(others)})" if others else ""))
    for each in (each for each, outcome in answers.items() if not outcome.result["runs"]):
        click.echo(f"warning: {nodes[each]}: Kamailio does not run; it holds from its start", err=True)
    if node.node:
        _, own = _each([node], lambda link: link.ask("drain", drained=drained))
        if own[name].fault:
            request = "to begin no callbacks" if drained else "that it may begin callbacks again"
            click.echo(f"warning: {node}: its engine was not told {request}: {own[name].fault}", err=True)
    return node


def _place(node: ClusterNode) -> str:
    """Where proxies reach its FreeSWITCH; "" when that is not known."""
    host = node.address or node.ssh.rpartition("@")[2]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    return f"[{address}]:{node.sip_port}" if address.version == 6 else f"{address}:{node.sip_port}"
