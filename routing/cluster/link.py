"""The publisher's side of a conversation with one node: ssh or a process here, and who is to blame when it fails."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from routing.cluster.agent import PROTOCOL
from routing.cluster.pipe import Message, MessagePipe, NotAMessage, PeerGone, PipeFault
from routing.cluster.settings import ClusterNode

#: No questions; an unknown or changed host key is refused; a dead host is noticed.
SSH = (
    "ssh", "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "ConnectTimeout=10",
    "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3", "-o", "ClearAllForwardings=yes",
)  # fmt: skip
#: How often nodes that are ready hear that the publisher waits for others.
WAIT_SECONDS = 5.0
END_SECONDS = 10.0
LONGEST_ERROR = 300

Result = TypeVar("Result")


class NodeFault(Exception):
    """A node did not do what it was asked; the text says why, without the node's name."""


def command_of(node: ClusterNode) -> list[str]:
    """The command whose standard input and output are the node's agent."""
    agent = ["node", "agent"]
    if not node.ssh:
        return [node.command, *agent] if node.command else [sys.executable, "-m", "routing", *agent]
    return [*SSH, "--", node.ssh, node.command or "routing", *agent]


class Link:
    """A conversation with a node. Every method that asks raises NodeFault."""

    def __init__(self, node: ClusterNode, silence_s: float) -> None:
        self.node, self.version, self._broken = node, "", ""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        try:
            # a session of its own: Ctrl-C ends the publisher, and the node takes back what was not confirmed
            self._process = subprocess.Popen(
                command_of(node), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
                start_new_session=True,
            )  # fmt: skip
        except OSError as problem:
            self._errors.close()
            raise NodeFault(f"{problem.filename or 'ssh'}: {problem.strerror}") from None
        reads, writes = self._process.stdout, self._process.stdin
        assert reads is not None and writes is not None
        self._pipe = MessagePipe(reads.fileno(), writes.fileno(), silence_s)
        self._open_ends = (writes, reads)

    def open(self) -> None:
        """Begin: the node says its version."""
        node = self.node
        answer = self.ask("open", root=node.root, node=node.node, proxy=node.proxy)
        self.version = str(answer.get("version"))
        if answer.get("protocol") != PROTOCOL:
            raise NodeFault(f"routing {self.version} there cannot be published to by this one: make them the same")

    def ask(self, does: str, body: bytes = b"", **facts: Any) -> Message:
        """The answer to a request; its bytes as ``body``."""
        self.tell(does, body, **facts)
        try:
            answer, more = self._pipe.receive()
        except PipeFault as problem:
            raise self._fault(problem) from None
        if "error" in answer:
            raise NodeFault(str(answer["error"]))
        return answer | {"body": more}

    def tell(self, does: str, body: bytes = b"", **facts: Any) -> None:
        """Send what has no answer."""
        if self._broken:  # a late answer would be taken for that of another request
            raise NodeFault(self._broken)
        try:
            self._pipe.send({"do": does, **facts}, body)
        except PipeFault as problem:
            raise self._fault(problem) from None

    def close(self) -> None:
        """End the conversation; what the node has not had confirmed it takes back."""
        for end in self._open_ends:
            with suppress(OSError):
                end.close()
        if self._broken and self.node.ssh:
            self._process.kill()  # ssh alone: the node notices by itself
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _fault(self, problem: PipeFault) -> NodeFault:
        self._broken = str(problem)
        if isinstance(problem, NotAMessage):
            self._broken = (
                f"`{problem.line}` came instead of an answer: its shell must print nothing before a command "
                "(hint: look at ~/.bashrc there)"
            )
        if isinstance(problem, PeerGone):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_SECONDS)
            self._broken = self._last_error() or self._broken
        return NodeFault(self._broken)

    def _last_error(self) -> str:
        """What ssh or the node's shell has complained of."""
        self._errors.seek(0)
        lines = self._errors.read(64 * 1024).decode("utf-8", "replace").split("\n")
        shown = [line.strip() for line in lines if line.strip()]
        text = "; ".join(shown[-2:])[:LONGEST_ERROR]
        if "not found" in text and "routing" in text:
            text += " (hint: write `command: /path/of/routing` for the node)"
        if "Host key verification failed" in text:
            text += f" (hint: compare its key, then `ssh {self.node.ssh}` once by hand)"
        return text if text.isprintable() else ascii(text)


@dataclass(frozen=True)
class NodeAnswer:
    """What became of a step at a node: its result, or why there is none."""

    result: Any = None
    fault: str = ""


def together(links: Sequence[Link], step: Callable[[Link], Any]) -> dict[str, NodeAnswer]:
    """Run a step at every node at once; node's name -> outcome. Nodes that are ready hear that they wait."""
    left, ready = len(links), threading.Condition()

    def run(link: Link) -> NodeAnswer:
        nonlocal left
        try:
            outcome = NodeAnswer(step(link))
        except NodeFault as problem:
            outcome = NodeAnswer(fault=str(problem))
        with ready:
            left -= 1
            ready.notify_all()
            while not outcome.fault and not ready.wait_for(lambda: left <= 0, WAIT_SECONDS):
                try:
                    link.tell("wait")
                except NodeFault as problem:
                    outcome = NodeAnswer(outcome.result, str(problem))
        return outcome

    with ThreadPoolExecutor(max(1, len(links))) as pool:
        return dict(zip((link.node.name for link in links), pool.map(run, links), strict=True))
