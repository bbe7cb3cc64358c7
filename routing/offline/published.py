"""A release root as a node runs it: the fixed dialplan rendered for it, its files, its people and its sounds.

`routing trace`, scheme tests and our own tests make one and then many calls. Reads files below the root only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from routing.compile.numbers import entry_dialplan
from routing.compile.templates import render
from routing.offline.decider import Decider, refused
from routing.offline.events import Event
from routing.offline.files import DirectoryFiles
from routing.offline.limits import Limits
from routing.offline.own_numbers import with_own_numbers
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.sounds import ReleaseSounds
from routing.offline.switch import INBOUND, OfflineCall, run
from routing.offline.world import World

TEMPLATE = "dialplan/routing.xml.j2"
DOMAIN = "phones.invalid"
RECORDINGS = "/recordings"
#: A number in the file that leads to its scheme.
NUMBER = re.compile(r"routing_number=(\+\d+)")
#: How events name the release and its root, wherever they are.
RELEASE, ROOT = "release", "root"
#: The flood limits of a node as delivered; one call alone never meets them.
LIMITS = {
    "caller_rate": "10/60", "caller_calls": "5", "anonymous_rate": "60/60", "number_rate": "600/60",
    "number_calls": "200", "account_rate": "30/60", "account_calls": "5",
}  # fmt: skip
#: Globals of a node: where a call goes that a phone sends on.
_TRANSFERS = {
    "force_transfer_dialplan": "XML",
    "force_transfer_context": "routing_transferred",
    "import": "routing_target",
}
#: What a node's calls pass on to the legs that they dial; nobody writes into a dial string here, so no leg needs it.
LEG_MARK = "leg"
_BOUNDS = {f"routing_limit_{name}": bound for name, bound in LIMITS.items()}


class NoRelease(ValueError):
    """The root has no current release."""


def fixed_dialplan(root: Path) -> str:
    """The dialplan that FreeSWITCH itself loads."""
    return render(TEMPLATE, root=root, leg_mark=LEG_MARK, **LIMITS)


@dataclass
class PublishedRelease:
    """The current release of ``root``. Raises NoRelease."""

    root: Path
    #: Whether the node has flood limits, as it is delivered with.
    limited: bool = True
    files: DirectoryFiles = field(init=False)
    dialplan: str = field(init=False)
    table: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.root = self.root.absolute()
        self.files = DirectoryFiles(self.root)
        self._sounds = ReleaseSounds(self.root)
        self._release = re.compile(rf"{re.escape(str(self.root))}/(?:releases/[^/ ]+|current)(?=[/ ]|$)")
        text = self.files.read(f"{self.root}/current/table.json")
        if text is None:
            raise NoRelease(f"{self.root} has no current release")
        self.table = json.loads(text)
        self.dialplan = fixed_dialplan(self.root)

    @property
    def entry_dialplan(self) -> str:
        """Where the gateways' profile hunts: the release itself, then the fixed dialplan."""
        return entry_dialplan(self.root, limited=self.limited)

    @property
    def timezone(self) -> str:
        """The project's zone."""
        return str(self.table.get("timezone") or "UTC")

    @property
    def country(self) -> str | None:
        """The project's country, for numbers written without ``+``."""
        return self.table.get("country")

    @property
    def accounts(self) -> Mapping[str, str]:
        """SIP account to ``person.phone``."""
        accounts: Mapping[str, str] = self.table.get("accounts", {})
        return accounts

    def targets(self) -> set[str]:
        """What a phone may be called: persons, ``person.phone``, SIP accounts."""
        people = self.table.get("people", {})
        phones = {f"{person}.{phone}" for person, facts in people.items() for phone in facts["phones"]}
        return phones | set(people) | set(self.accounts)

    def run(
        self,
        call: OfflineCall,
        phones: ScriptedPhones | None = None,
        caller: ScriptedCaller | None = None,
        decider: Decider = refused,
        globals_: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        world: World | None = None,
    ) -> list[Event]:
        """Carry one call; ``globals_`` holds overrides such as ``hours_office=closed``, ``limits`` what calls share,
        ``world`` those that are under way at the same time (`routing.offline.switch.run`).

        Events name files of the release ``release/...``: what two runs tell can be compared.
        """
        happened = run(
            replace(call, dialplan=self.entry_dialplan) if call.context.startswith(INBOUND) else call,
            self.files,
            self.dialplan,
            replace(phones or ScriptedPhones(), aliases=self.accounts),
            caller,
            decider=decider,
            sounds=self._sounds,
            globals_={"domain": DOMAIN, "recordings_dir": RECORDINGS, **_TRANSFERS, **_BOUNDS, **(globals_ or {})},
            limits=limits,
            world=world,
        )
        return [self._without_place(event) for event in with_own_numbers(happened, self.leads)]

    def leads(self, number: str) -> bool:
        """Whether an E.164 number leads to a scheme."""
        text = self.files.read(f"{self.root}/current/numbers/{number[-4:]}.xml") if number.startswith("+") else None
        return text is not None and number in NUMBER.findall(text)

    def _without_place(self, event: Event) -> Event:
        """An event in which files are named from the release on: the root may be of this run alone."""
        if str(self.root) not in f"{event.subject} {event.detail}":
            return event
        return replace(event, subject=self._named(event.subject), detail=self._named(event.detail))

    def _named(self, text: str) -> str:
        return self._release.sub(RELEASE, text).replace(str(self.root), ROOT)
