"""The CRMs of a project while the engine runs: each adapter is made for the first look-up and then kept.

Settings come from releases (they name secrets), the secrets' values from the engine. Changed settings or secrets make a
new adapter.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.crm.cache import FRESH_SECONDS
from routing.crm.fault import Fault
from routing.crm.lookup import Tasks
from routing.crm.system import MALFORMED, CrmBreaker, System
from routing.crm.throttle import Throttle
from routing.crm.vendors import VENDORS
from routing.model.lookup import Failed, Kind, Knows, Outcome
from routing.model.web import Http

MOST_SYSTEMS = 50


@dataclass
class Systems:
    """``clock``: monotonic seconds; ``now``: seconds since the epoch; ``secrets`` by name, replaced on reload."""

    http: Http
    breaker: CrmBreaker
    tasks: Tasks
    secrets: Mapping[str, str] = field(repr=False)
    clock: Callable[[], float]
    now: Callable[[], float]
    held: OrderedDict[str, System] = field(default_factory=OrderedDict, repr=False)

    def lookup(
        self,
        config: Mapping[str, Any],
        caller: str,
        order: Sequence[Kind],
        knows: Knows,
        deadline_s: float,
        visitor: Mapping[str, str],
    ) -> Outcome:
        """Who is responsible for a caller. ``config``: the step's ``crm`` entry; ``deadline_s``: for all of it.

        ``visitor``: the visitor's facts that the CRM's templates use, by template name (``entity.region``).
        """
        try:
            system = self._system(config)
        except Fault as problem:
            return Failed(f"{config.get('system')}: {problem}")
        except MALFORMED as problem:
            return Failed(f"{config.get('system')}: its settings do not fit its vendor ({problem!r})")
        return system.lookup(caller, order, knows, deadline_s, visitor)

    def renew(self, secrets: Mapping[str, str]) -> None:
        """Replace the secrets; every adapter is made again."""
        self.secrets = secrets
        self.held.clear()

    def _system(self, config: Mapping[str, Any]) -> System:
        key = json.dumps(config, sort_keys=True)
        if key not in self.held:
            self.held[key] = self._connected(config)
            if len(self.held) > MOST_SYSTEMS:
                self.held.popitem(last=False)
        return self.held[key]

    def _connected(self, config: Mapping[str, Any]) -> System:
        name, vendor = str(config["system"]), VENDORS[config["vendor"]]
        adapter, auth = vendor.connect(config, self._secret)
        throttle = Throttle(self.clock, self.now, vendor.is_limit)
        fresh_s = float(config.get("remember", FRESH_SECONDS))
        home = str(config.get("country") or "")
        return System(name, adapter, auth, self.http, self.breaker, throttle, self.tasks, self.clock, fresh_s, home)

    def _secret(self, name: str) -> str:
        value = self.secrets.get(name, "")
        if not value:
            raise Fault(f"secret {name} is not set", ours=True)
        return value
