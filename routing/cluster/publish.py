"""One release on every node, or on none: each has it, verified, before any goes live; then all go live at once, and
those that did go back when one could not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.cluster.bundle import Bundle, bundle_of, content_of
from routing.cluster.link import Link, NodeAnswer, NodeFault, together
from routing.cluster.settings import ClusterNode
from routing.model.problem import UserFailure


class ClusterFault(UserFailure):
    """Why the nodes run what they ran before, or which of them run what."""


@dataclass(frozen=True)
class PublishedNode:
    """A node that runs the release: what ran before, how FreeSWITCH took it, what the operator should know."""

    node: ClusterNode
    release: str
    before: str
    reload: str
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Going:
    """What a node is to run. ``root``: where the release is on this machine; None: only on the node itself."""

    release: str
    engine: str = ""
    root: Path | None = None


@dataclass
class ClusterPublisher:
    """Publishes to nodes that are connected (`connected`) and locked. ``line``: kind, author, subject, commit."""

    links: Sequence[Link]
    line: Mapping[str, str]
    report: Callable[[str], None] = lambda text: None
    _bundles: dict[str, Bundle] = field(default_factory=dict)

    def publish(self, going: Mapping[str, Going]) -> list[PublishedNode]:
        """Node's name -> what it is to run. Raises ClusterFault."""
        before = self._live()
        for each in going.values():
            if each.root and each.release not in self._bundles:
                self._bundles[each.release] = bundle_of(each.root, each.release)
        self.report(f"phase 1 of 2: the release goes to {len(self.links)} nodes and is verified there")
        examined = self._all_or_none(together(self.links, lambda link: self._prepare(link, going[link.node.name])))
        self._same_everywhere(going, examined)
        self.report("phase 2 of 2: every node is ready; all go live")
        reloads = self._go_live(going, before)
        nodes = {link.node.name: link.node for link in self.links}
        return [
            PublishedNode(node, going[name].release, before[name], reloads[name], examined[name]["warnings"])
            for name, node in nodes.items()
        ]

    def _live(self) -> dict[str, str]:
        found = self._all_or_none(together(self.links, lambda link: link.ask("status")))
        return {name: str(status["live"] or "") for name, status in found.items()}

    def _prepare(self, link: Link, going: Going) -> dict[str, Any]:
        bundle = self._bundles.get(going.release)
        if bundle and going.root:
            missing = link.ask("prepare", bundle.to_json().encode(), release=going.release)
            for sha in json.loads(missing["body"]):
                link.tell("content", content_of(going.root, bundle, sha), sha=sha)
        answer = link.ask("examine", release=going.release, kind=self.line["kind"])
        if bundle and answer["digest"] != bundle.digest:
            raise NodeFault(f"release {going.release} is not the same there: its files have another hash")
        return answer

    def _same_everywhere(self, going: Mapping[str, Going], examined: Mapping[str, dict[str, Any]]) -> None:
        """A release that comes from the nodes themselves (a rollback) is the same on all."""
        digests: dict[str, str] = {}
        for name, each in going.items():
            digest = examined[name]["digest"]
            if digests.setdefault(each.release, digest) != digest:
                raise ClusterFault(f"release {each.release} is not the same on {name} as on others; {_UNCHANGED}")

    def _go_live(self, going: Mapping[str, Going], before: Mapping[str, str]) -> dict[str, str]:
        def step(link: Link) -> str:
            each = going[link.node.name]
            answer = link.ask("go live", release=each.release, engine=each.engine, line=dict(self.line))
            return str(answer["reload"])

        live = together(self.links, step)
        if any(outcome.fault for outcome in live.values()):
            raise self._undone(live, before)
        confirmed = together(self.links, lambda link: link.ask("confirm"))
        if faults := {name: outcome for name, outcome in confirmed.items() if outcome.fault}:
            raise ClusterFault(
                f"all nodes went live, but {self._named(faults)} did not hear that it stays and may have gone back: "
                "publish again, and look at `routing node status`"
            )
        return {name: str(outcome.result) for name, outcome in live.items()}

    def _undone(self, live: Mapping[str, NodeAnswer], before: Mapping[str, str]) -> ClusterFault:
        """Take back what went live; what every node runs then."""
        failed = {name: outcome for name, outcome in live.items() if outcome.fault}
        back = together(self.links, lambda link: link.ask("go back")["live"])
        runs: dict[str, list[str]] = {}
        for name, outcome in back.items():
            # a node that has failed has gone back by itself, or does so when it finds its publisher gone
            known = f"release {outcome.result}" if outcome.result else "no release"
            runs.setdefault(known if not outcome.fault else "unknown", []).append(name)
        text = "; ".join(f"{', '.join(sorted(names))}: {what}" for what, names in sorted(runs.items()))
        if all(not outcome.fault and (outcome.result or "") == before[name] for name, outcome in back.items()):
            return ClusterFault(f"{self._named(failed)}; the others were taken back; {_UNCHANGED} ({text})")
        return ClusterFault(
            f"{self._named(failed)}; the others were taken back, as far as they could be: {text} "
            "(hint: `routing node status` says what an unreachable node runs once it is back; then publish again)"
        )

    def _all_or_none(self, outcomes: Mapping[str, NodeAnswer]) -> dict[str, Any]:
        if faults := {name: outcome for name, outcome in outcomes.items() if outcome.fault}:
            raise ClusterFault(f"{self._named(faults)}; {_UNCHANGED}")
        return {name: outcome.result for name, outcome in outcomes.items()}

    def _named(self, outcomes: Mapping[str, NodeAnswer]) -> str:
        nodes = {link.node.name: link.node for link in self.links}
        return "; ".join(f"{nodes[name]}: {outcome.fault}" for name, outcome in sorted(outcomes.items()))


_UNCHANGED = "every node runs what it ran before"


@contextmanager
def connected(
    nodes: Sequence[ClusterNode], *, locked: bool, silence_s: float,
    repaired: Callable[[ClusterNode], None] = lambda node: None,
) -> Iterator[list[Link]]:  # fmt: skip
    """Conversations with all nodes. ``locked``: nobody else publishes there meanwhile; ``repaired``: told of a node
    that took back what a dead publisher had left; a node that says nothing for ``silence_s`` is given up. Raises
    ClusterFault when one is not there.
    """
    with ExitStack() as stack:
        links, faults = _opened(nodes, silence_s, stack)
        if faults:
            raise ClusterFault(f"{'; '.join(faults)}; {_UNCHANGED}")
        # one after another, in the order of their names: of two publishers the first node chooses one
        for link in links if locked else ():
            try:
                if link.ask("lock")["repaired"]:
                    repaired(link.node)
            except NodeFault as problem:
                raise ClusterFault(f"{link.node}: {problem}; {_UNCHANGED}") from None
        yield links


def _opened(nodes: Sequence[ClusterNode], silence_s: float, stack: ExitStack) -> tuple[list[Link], list[str]]:
    """Conversations with the nodes that answer, and what is wrong with the others."""
    links, faults = [], []
    for node in nodes:
        try:
            link = Link(node, silence_s)
        except NodeFault as problem:
            faults.append(f"{node}: {problem}")
            continue
        stack.callback(link.close)
        links.append(link)
    opened = together(links, Link.open)
    faults += [f"{link.node}: {opened[link.node.name].fault}" for link in links if opened[link.node.name].fault]
    return [link for link in links if not opened[link.node.name].fault], faults
