"""The table of checks, in the order of the report. A new check is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from routing.doctor import (
    engine,
    floods,
    gateways,
    host,
    inline,
    journal,
    owners,
    private,
    proxy,
    release,
    sip,
    speech,
    switch,
)
from routing.doctor.diagnosis import Diagnosis, Level, unknown, wrong
from routing.doctor.node import CheckedNode, NoAnswer

Check = Callable[[CheckedNode], Iterator[Diagnosis]]

#: Component -> its checks by name. Those of FreeSWITCH are skipped when it does not answer.
CHECKS: dict[str, dict[str, Check]] = {
    "FreeSWITCH": {
        "reachable": switch.reachable,
        "version": switch.version,
        "modules": switch.modules,
        "rooms": switch.rooms,
        "expansion": switch.expansion,
        "event-socket": switch.event_socket,
        "limits": switch.limits,
        "clock": host.clock,
    },
    "release": {
        "current": release.current,
        "dialplan": release.dialplan,
        "readable": release.readable,
        "writable": host.writable,
        "accounts": release.accounts,
        "stock-accounts": release.stock,
        "zones": host.zones,
    },
    "SIP": {
        "profiles": sip.profiles,
        "transfers": sip.transfers,
        "guesses": sip.guesses,
        "gateways": gateways.gateways,
        "proxy": proxy.proxy,
        "phones": sip.phones,
    },
    "engine": {
        "healthy": engine.healthy,
        "secrets": engine.secrets,
        "breakers": engine.open_breakers,
        "memory": engine.memory,
        "inline": inline.inline,
        "voices": speech.voices,
        "recognisers": speech.recognisers,
    },
    "machine": {
        "disk": host.disk,
        "rtp-ports": host.rtp_ports,
        "private": private.private,
        "unchanged": owners.unchanged,
        "owned": owners.owned,
    },
    "journal": {
        "spool": journal.spool,
        "unfinished": host.unfinished,
        "recordings": journal.recordings,
        "floods": floods.floods,
    },
}


@dataclass(frozen=True)
class CheckResult:
    """A diagnosis and the check that made it."""

    component: str
    check: str
    finding: Diagnosis


def examine(node: CheckedNode) -> Iterator[CheckResult]:
    """Run all checks of a node, in the table's order."""
    for component, checks in CHECKS.items():
        for name, check in checks.items():
            try:
                yield from (CheckResult(component, name, finding) for finding in check(node))
            except NoAnswer as silence:
                yield CheckResult(component, name, _silent(name, check, silence))


def _silent(name: str, check: Check, silence: NoAnswer) -> Diagnosis:
    if name == "reachable":
        value = "the event socket's password, in the node's event_socket.json"
        refused = f"ROUTING_ESL_PASSWORD must be {value}; or --esl is another node's"
        away = f"is it running, and is that its event socket? ROUTING_ESL_PASSWORD is {value}"
        return wrong(f"FreeSWITCH does not answer: {silence}", refused if "password" in str(silence) else away)
    purpose = (check.__doc__ or "").partition("\n")[0]
    return unknown(f"{name}: unknown while FreeSWITCH does not answer", f"would check: {purpose}")


def worst(results: list[CheckResult]) -> Level:
    """The worst level of the results."""
    levels = [one.finding.level for one in results]
    return next((level for level in (Level.WRONG, Level.UNKNOWN, Level.WARNING) if level in levels), Level.OK)
