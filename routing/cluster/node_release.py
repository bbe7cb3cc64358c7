"""A release on one node: written, examined, made live, taken back. What the node's side of a publish does.

Going live is unconfirmed until the publisher says that all nodes have done so; the file ``unconfirmed.json`` of the
root says what to go back to, after a kill or a power cut too.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from routing.cluster.bundle import Bundle, BundleFault, BundleWriter, bundle_of, folder_of
from routing.cluster.waiting_callers import let_go, waiting_callers
from routing.doctor.diagnosis import Level
from routing.doctor.machine import Linux
from routing.doctor.node import CheckedNode, NoAnswer
from routing.doctor.release import dialplan
from routing.esl.client import SwitchFault, api
from routing.esl.protocol import EventSocket
from routing.model.problem import UserFailure
from routing.node.files import event_socket
from routing.proxy import accounts
from routing.proxy.files import FACTS
from routing.release import history, node_options, pruning, sources
from routing.release import publish as publishing
from routing.release.formats import FormatFault, check_format
from routing.release.history import Publication
from routing.release.inline import InlineState, inline_state, wants_inline

UNCONFIRMED = "unconfirmed.json"
SWITCH_SECONDS = 20.0


@dataclass
class NodeRelease:
    """Folders of the node. ``node``: None where no FreeSWITCH runs; ``proxy``: None where no Kamailio runs."""

    root: Path
    node: Path | None = None
    proxy: Path | None = None

    @property
    def switch(self) -> Callable[[str], str] | None:
        """Sends an API command to the node's FreeSWITCH and returns the answer. Raises SwitchFault, BundleFault."""
        return self._ask if self.node else None

    def _ask(self, command: str) -> str:
        if not self.node:
            raise BundleFault("no FreeSWITCH runs there")
        try:
            port, password = event_socket(self.node)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            why = getattr(problem, "strerror", None) or problem
            raise BundleFault(f"{self.node}: its event_socket.json cannot be read: {why}") from None
        return api(EventSocket("127.0.0.1", port, password), command, SWITCH_SECONDS)

    def calls(self) -> dict[str, str | int | None]:
        """``calls``: how many channels its FreeSWITCH has, None where none runs; ``fault``: why that is not known."""
        if not self.node:
            return {"calls": None, "fault": ""}
        try:
            return {"calls": int(self._ask("show channels count").split()[0]), "fault": ""}
        except (UserFailure, ValueError, IndexError) as problem:
            return {"calls": None, "fault": str(problem)}

    def waiting(self) -> int:
        """How many callers wait in its queues. Raises SwitchFault, BundleFault, ValueError."""
        return len(waiting_callers(self._ask)) if self.node else 0

    def let_go(self) -> int:
        """Let those leave as after their longest wait; how many. Raises as `waiting`."""
        return let_go(self._ask)

    def writer(self, bundle: Bundle) -> BundleWriter | None:
        """What writes the release; None when it is there already. Raises OSError."""
        if self._digest(bundle.release) == bundle.digest:
            return None
        live = publishing.current(self.root)
        return BundleWriter(self.root, bundle, bundle_of(self.root, live) if live else None)

    def _digest(self, release: str) -> str:
        with suppress(OSError):
            return bundle_of(self.root, release).digest
        return ""

    def examine(self, release: str, *, is_new: bool) -> tuple[str, list[str]]:
        """The hash of a release that is on the disk, and what the operator should know. ``is_new``: not one that has
        run here before, to which a rollback returns. Raises BundleFault
        for one that would not run here, OSError."""
        folder, live = folder_of(self.root, release), publishing.current(self.root)
        if not folder.is_dir():
            raise BundleFault(f"there is no release {release}")
        try:
            check_format(folder)
        except FormatFault as problem:
            raise BundleFault(f"release {release} cannot go live there: {problem}") from None
        try:
            publishing.verify(folder, self.root / "releases" / live if live and live != release else None)
        except (ValueError, KeyError) as problem:
            raise BundleFault(f"release {release} is damaged: {problem}") from None
        self._check_switch(folder)
        state = inline_state(self._ask) if self.node and wants_inline(folder) else InlineState()
        if is_new and state.lacks:
            raise BundleFault(f"the project says `transport: inline`, and {state.lacks} (hint: {state.hint})")
        if self.proxy and not (self.proxy / FACTS).is_file():
            raise BundleFault(f"{self.proxy}: `routing proxy init` has not written it")
        os.sync()  # so that going live is short
        warnings = [*self._warnings(folder), *([f"{state.problem} (hint: {state.hint})"] if state.problem else [])]
        return bundle_of(self.root, release).digest, warnings

    def _check_switch(self, folder: Path) -> None:
        """FreeSWITCH answers, and its own dialplan is of this root and has what the release needs."""
        if not self.node:
            return
        if not self._ask("status").startswith("UP"):
            raise BundleFault("FreeSWITCH is not up")
        ports = self._answer, lambda path: "", str, lambda _: False, Linux()
        checked = CheckedNode(self.root.resolve(), *ports, coming=folder)
        for each in dialplan(checked):
            if each.level is Level.WRONG:
                raise BundleFault(f"{each.summary} (hint: {each.mend})")

    def _answer(self, command: str) -> str:
        try:
            return self._ask(command)
        except SwitchFault as problem:
            raise NoAnswer(str(problem)) from None

    def _warnings(self, folder: Path) -> Iterator[str]:
        if self.node and (place := node_options.engine_of(folder)):
            host, _, port = place.rpartition(":")
            try:
                socket.create_connection((host.strip("[]"), int(port)), timeout=2).close()
            except OSError as problem:
                yield f"its engine does not answer at {place}: {problem.strerror or problem}"
        found = node_options.changed_passwords(self.root / "current", folder)
        if found.changed:
            yield f"{found.changed} of {found.accounts} SIP accounts get another password: their phones are locked out"

    def go_live(self, release: str, line: Publication, engine: str) -> str:
        """Make it live, unconfirmed; how FreeSWITCH took it. Raises PublishFailed, OSError, NoAccounts."""
        before, earlier = publishing.current(self.root), publishing.previous(self.root)
        facts = {"release": release, "before": before, "earlier": earlier}
        unfinished = self.root / f".{UNCONFIRMED}.new"
        unfinished.write_text(json.dumps(facts) + "\n", encoding="utf-8")
        unfinished.replace(self.root / UNCONFIRMED)
        self._line, self._engine = replace(line, at_s=time.time(), release=release, before=before or ""), engine
        try:
            reload = publishing.publish(self.root, release, self.switch).reload
            self._tell_proxy()
        except BaseException:
            self.go_back()
            raise
        return reload

    def _tell_proxy(self) -> None:
        if self.proxy and publishing.current(self.root):
            accounts.store(self.proxy, accounts.passwords(self.root))

    def confirm(self) -> None:
        """The release stays: every node has it. Raises OSError."""
        (self.root / UNCONFIRMED).unlink()
        history.note(self.root, self._line)
        options = node_options.kept(self.root)
        node_options.keep(self.root, replace(options, engine=self._engine or options.engine))
        pruning.prune(self.root, time.time(), self.switch)
        sources.prune(self.root)

    def go_back(self) -> bool:
        """Undo what was never confirmed; whether there was something. Raises PublishFailed, OSError."""
        try:
            facts = json.loads((self.root / UNCONFIRMED).read_bytes())
            release, before, earlier = facts["release"], facts["before"], facts["earlier"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        is_ours: bool = publishing.current(self.root) == release
        if is_ours and before != release:
            publishing.undo(self.root, before, earlier, self.switch)
        (self.root / UNCONFIRMED).unlink()
        if is_ours:
            self._tell_proxy()
        return is_ours
