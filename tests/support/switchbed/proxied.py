"""A real Kamailio before two nodes of one company: the beds of tests that carry calls through it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.doctor import sip_ping
from routing.proxy import accounts
from routing.proxy.files import command, render, write
from routing.proxy.settings import ProxiedNode, ProxySettings
from support.processes import launch

from . import ports
from .agent import Agent
from .dialog import HOST, Call
from .engines import Engine, serving
from .lab import GATEWAY_PASSWORD, NUMBER, Lab, until
from .sip import Message
from .switch import Switch

#: Where carriers call from: the nodes, the proxy and the phones are at another address of this machine.
CARRIER_HOST = "127.0.0.2"
ACCOUNTS = ("2001", "2002", "2003", "2004")
_ROUTE = re.compile(r"^record-route:\s*(.+)$", re.I | re.M)


def missing(*modules: str) -> str:
    """What these tests need and this machine lacks; "" when nothing is missing. ``modules``: more ones of Kamailio."""
    for name in modules:
        if not any(Path("/usr/lib").glob(f"**/kamailio/modules/{name}.so")):
            return f"{name} of kamailio (Debian: kamailio-{name}-modules)"
    if shutil.which("kamailio") is None:
        return "kamailio (Debian: kamailio, kamailio-sqlite-modules)"
    folders = Path("/usr/lib").glob("**/kamailio/modules/db_sqlite.so")
    return "" if any(folders) else "db_sqlite of kamailio (Debian: kamailio-sqlite-modules)"


class RoutedAgent(Agent):
    """An agent that follows Record-Route: what it sends in a dialog names the proxy that the dialog came by."""

    def send_request(
        self, call: Call, method: str, cseq: int, headers: Sequence[str], body: str, kind: str = "application/sdp"
    ) -> None:
        """See Agent."""
        routes = self._routes(call) if "tag=" in call.remote else []
        super().send_request(call, method, cseq, [*[f"Route: {each}" for each in routes], *headers], body, kind)

    def heard_of(self, call: Call) -> bool:
        """Whether anything has come of a call that it has made."""
        return any(each.received and each.header("Call-ID") == call.id for each in list(self.log))

    def retransmit(self, call: Call) -> None:
        """Send the INVITE of a call once more, as nobody has answered it."""
        mine = (each for each in list(self.log) if not each.received and each.header("Call-ID") == call.id)
        text = next(each.text for each in mine if each.start == "INVITE")
        self.line.send(text.replace("\n", "\r\n").encode(), call.peer)

    def answers(self, call: Call) -> bool:
        """Whether a call that came has been answered and acknowledged."""
        return any(each.header("Call-ID") == call.id for each in self.received("ACK"))

    def cancel(self, call: Call) -> None:
        """Give up a call that rings: CANCEL, by the Via of its INVITE."""
        mine = (each for each in self.log if not each.received and each.header("Call-ID") == call.id)
        via = [each.header("Via") for each in mine if each.start == "INVITE"][-1]
        lines = [
            f"CANCEL {call.target} SIP/2.0", f"Via: {via}", f"From: {call.local}", f"To: {call.remote}",
            f"Call-ID: {call.id}", f"CSeq: {call.cseq} CANCEL", "Max-Forwards: 70", "Content-Length: 0", "", "",
        ]  # fmt: skip
        self.line.send("\r\n".join(lines).encode(), call.peer)

    def _routes(self, call: Call) -> list[str]:
        """The dialog's routes: of the INVITE in order, of the answer to ours in reverse."""
        for each in list(self.log):
            if not each.received or each.header("Call-ID") != call.id:
                continue
            found = [part.strip() for line in _ROUTE.findall(each.text) for part in line.split(",")]
            if each.start == "INVITE" and found:
                return found
            if each.start == "200" and found and "INVITE" in each.header("CSeq"):
                return found[::-1]
        return []


@dataclass(eq=False)
class Proxy:
    """A Kamailio on loopback before these nodes."""

    home: Path
    root: Path
    port: int
    changes: dict[str, Any] = field(default_factory=dict)

    def start(self, nodes: Sequence[ProxiedNode]) -> Proxy:
        """Write its configuration and boot it."""
        settings = ProxySettings(
            self.home, tuple(nodes), (f"{HOST}:{self.port}",), **{"carriers": (f"{CARRIER_HOST}/32",), "workers": 2}
            | self.changes,
        )  # fmt: skip
        self.home.mkdir(parents=True, exist_ok=True)
        write(self.home, render(settings))
        accounts.prepare(self.home)
        accounts.store(self.home, accounts.passwords(self.root))
        return self.boot()

    def boot(self) -> Proxy:
        """Start it on what is written, and wait until it answers."""
        with (self.home / "output").open("ab") as output:
            self.process = launch(
                ["kamailio", *command(self.home)], stdout=output, stderr=output, start_new_session=True
            )
        assert until(self.answers, 20), self.tail()
        return self

    def answers(self) -> bool:
        """Whether it answers OPTIONS."""
        return sip_ping.answers(f"{HOST}:{self.port}")

    def stop(self) -> None:
        """End it, asked first."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def ask(self, *words: str) -> str:
        """An answer of `kamcmd`."""
        asked = ["kamcmd", "-s", f"unix:{self.home}/run/ctl.socket", *words]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=False)
        return done.stdout + done.stderr

    def active(self) -> int:
        """How many places of nodes (each has two) may get calls."""
        return len(re.findall(r"FLAGS: A[PX]", self.ask("dispatcher.list")))

    def tail(self) -> str:
        """The end of its log."""
        return "\n".join((self.home / "output").read_text(errors="replace").splitlines()[-40:])


#: The number of `queued`.
QUEUE = "380800330988"


def queued(at_most: str) -> dict[str, str]:
    """A scheme whose callers wait for 2002, so long at most."""
    steps = f"[{{queue: {{to: [support], for: 5s, at_most: {at_most}, otherwise: [{{hangup: NO_ANSWER}}]}}}}]"
    return {"queued.yaml": f'scheme: queued\nnumbers: ["+{QUEUE}"]\nsteps: {steps}\n'}


@contextlib.contextmanager
def two_engines(place: Path, redis: str, more: dict[str, str]) -> Iterator[ProxiedNodes]:
    """Two nodes, each with its engine, which share a Redis (a URL)."""
    running = ProxiedNodes(place, more=more, engines=(ports.free(), ports.free()))
    with running.serving("--redis", redis):
        yield running
    running.stop()


@dataclass(eq=False)
class ProxiedNodes:
    """Nodes of the lab's company behind a proxy. ``lab`` has the first one, and the carrier that all call."""

    place: Path
    changes: dict[str, Any] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    #: Ports of the nodes' engines; nobody is there unless a test starts one.
    engines: tuple[int, ...] = (9, 9)

    def __post_init__(self) -> None:
        port = ports.free()
        behind = {"proxy": f"{HOST}:{port}", "carriers": (f"{HOST}/32",)}
        self.lab = Lab(self.place / "lab", {**behind, "name": "first"}, self.more, engine=f"{HOST}:{self.engines[0]}")
        settings = dict(behind, address=HOST, caller_rate="0", caller_calls=0, account_rate="0")
        self.further: list[Switch] = []
        for at, engine in enumerate(self.engines[1:], 2):
            root = self.lab.published(self.place / f"root{at}", f"{HOST}:{engine}")
            self.further.append(Switch(self.place / f"node{at}", root, {**settings, "name": f"node{at}"}).start())
        self.proxy = Proxy(self.place / "proxy", self.lab.root, port, self.changes).start(list(map(_place, self.nodes)))
        assert until(lambda: self.proxy.active() == 2 * len(self.nodes), 20), self.proxy.ask("dispatcher.list")

    @property
    def nodes(self) -> tuple[Switch, ...]:
        """All nodes."""
        return self.lab.switch, *self.further

    @contextlib.contextmanager
    def serving(self, *options: str) -> Iterator[tuple[Engine, ...]]:
        """The engine of each node, for as long as the block runs."""
        with contextlib.ExitStack() as stack:
            self._engines = tuple(
                stack.enter_context(serving(at, *options, port=port, watches=node.settings.esl_port)).wait_watching()
                for at, port, node in zip((self.lab, *self.further), self.engines, self.nodes, strict=True)
            )
            yield self._engines

    def stop(self) -> None:
        """End everything."""
        self.proxy.stop()
        for node in self.further:
            node.stop()
        self.lab.stop()

    @contextlib.contextmanager
    def phone(self, account: str, *, registers: bool = True, **words: Any) -> Iterator[RoutedAgent]:
        """A phone of an account, registered at the proxy."""
        port = self.changes["tls_port"] if words.get("transport") == "tls" else self.proxy.port
        with RoutedAgent((HOST, port), account, self.lab.password(account), **words) as agent:
            if registers:
                answer = agent.register()
                assert answer.start == "200", answer.text
            try:
                yield agent
            finally:
                if registers and self.proxy.process.poll() is None:
                    agent.register(seconds=0)

    @contextlib.contextmanager
    def caller(self, **words: Any) -> Iterator[RoutedAgent]:
        """Somebody outside, whom the carrier's network brings to the proxy."""
        self.lab.carrier.calls.clear()
        facts = {"host": CARRIER_HOST} | words
        with RoutedAgent((HOST, self.proxy.port), "+380671234567", **facts) as agent:
            yield agent

    def talk_of(self, caller: RoutedAgent) -> tuple[Call, Switch]:
        """A talk of somebody outside with 2002, and the node that carries it."""
        before = {node: node.channels() for node in self.nodes if node.process.poll() is None}
        call = caller.call(NUMBER)
        answer = caller.answered(call, 15)
        assert answer.start == "200", answer.text
        return call, next(node for node, count in before.items() if node.channels() > count)

    def joined(self) -> frozenset[str]:
        """The legs that a node has joined with others: some time after a phone's ACK."""
        rows = [
            row for node in self.nodes for row in json.loads(node.esl.api("show bridged_calls as json")).get("rows", [])
        ]
        return frozenset(row["uuid"] for row in rows)

    def know_busy(self, person: str) -> bool:
        """Whether every engine takes a person for busy, at its node or at another."""
        said = [worker for engine in self._engines for worker in _workers(engine)]
        return all(person in (*each["busy"], *each["busy_elsewhere"]) for each in said)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command with the list of these nodes: `first`, `node2` and so on, and the proxy `sip`."""
        file = self.place / "nodes.yaml"
        lines = [
            f"  {node.settings.name}: {{root: {node.root}, node: {node.home}, engine: '{HOST}:{port}', "
            f"address: {HOST}, sip_port: {node.settings.sip_port}}}"
            for node, port in zip(self.nodes, self.engines, strict=True)
        ]
        lines += [f"  sip: {{root: {self.place / 'sip'}, proxy: {self.proxy.home}}}"]
        file.write_text("\n".join(["nodes:", *lines]) + "\n")
        secrets = {f"SIP_PASSWORD_{account}": self.lab.password(account) for account in ACCOUNTS}
        secrets["GATEWAY_PASSWORD_MAIN"] = GATEWAY_PASSWORD
        return subprocess.run(
            [sys.executable, "-m", "routing", *words, "--nodes", str(file)], env=os.environ | secrets,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def publish(self) -> subprocess.CompletedProcess[str]:
        """Publish the lab's schemes to all of them."""
        return self.run("publish", "--schemes", str(self.lab.place / "schemes"), "--root", str(self.place / "here"))

    def restart(self, node: Switch) -> None:
        """Stop a node's FreeSWITCH and start it anew, at the ports where it was."""
        node.changes |= node.places()
        node.stop()
        node.start()

    def lengths(self) -> tuple[int, ...]:
        """How many calls wait in queues, by node."""
        return tuple(
            sum(len(queue["callers"]) for worker in _workers(each) for queue in worker["queues"])
            for each in self._engines
        )

    def send_to(self, *chosen: Switch) -> None:
        """New calls of carriers go to these nodes only."""
        for node in self.nodes:
            state = "ap" if node in chosen else "d"
            place = f"sip:{HOST}:{node.settings.external_port}"
            answer = self.proxy.ask("dispatcher.set_state", state, "2", place)
            assert "error" not in answer, answer

    def variables(self, call: Call) -> dict[str, str]:
        """The CDR variables of a caller's leg, once the node that carried it has written it."""

        def find() -> dict[str, str] | None:
            for path in (file for node in self.nodes for file in (node.home / "spool").glob("*.json")):
                with contextlib.suppress(ValueError, OSError):
                    variables = json.loads(path.read_text(errors="replace"))["variables"]
                    if variables.get("sip_call_id") == call.id:
                        return dict(variables)
            return None

        found = until(find, 15)
        assert found, f"no CDR of {call.id}"
        return found

    def carrying(self) -> list[Switch]:
        """The nodes that have channels."""
        return [node for node in self.nodes if node.process.poll() is None and node.channels()]

    def quiet(self) -> bool:
        """Wait until no node has a call."""
        return bool(until(lambda: not self.carrying(), 15))


def _workers(engine: Engine) -> list[dict[str, Any]]:
    """What the workers of an engine say of people and queues."""
    with urllib.request.urlopen(f"http://{engine.status}/people", timeout=5) as answer:
        return list(json.load(answer)["workers"])


def _place(node: Switch) -> ProxiedNode:
    return ProxiedNode(HOST, node.settings.sip_port, node.settings.external_port)


__all__ = ["CARRIER_HOST", "Message", "ProxiedNodes", "Proxy", "RoutedAgent", "missing"]
