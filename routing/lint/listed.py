"""Numbers of schemes and pools against those of gateways. Reports nothing while the folder has problems."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.phones import routed_numbers
from routing.lint.whole import WholeFolder
from routing.model.problem import did_you_mean

#: With more unlisted numbers than this a list is missing, not a digit; comparing all pairs would take minutes.
_MOST_TYPOS = 100
#: Two digits of thirteen may differ; numbers of a city are more alike than words.
_ALIKE = 0.84


class UnlistedNumber(Lint):
    """No gateway lists the number, though gateways list others: a digit may be wrong, and no call would arrive.

    Good::

        gateways:
          spare: {proxy: y.example, register: false, numbers: ["+380440000001", "+380440000009"]}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, hangup]

    Bad::

        gateways:
          spare: {proxy: y.example, register: false, numbers: ["+380440000001", "+380440000009"]}
        ---
        scheme: front
        numbers: "+380440000010"
        steps: [{ring: ivan}, hangup]
    """

    id = "unlisted-number"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Numbers of schemes and of pools."""
        listed, led = _listed(whole), routed_numbers(whole)
        if not listed or not whole.complete:
            return
        astray, idle = led.keys() - listed, listed - led.keys()
        for facts in whole.schemes.values():
            for number, place in zip(facts.numbers, facts.numbers_at, strict=True):
                if number in astray:
                    yield facts.at(self.id, place, *_unlisted(number, astray, idle))
        for name, pool in whole.folder.pools.items():
            for at, number in enumerate(pool.numbers):
                if number in astray:
                    yield whole.at(self.id, ("pools", name, "numbers", at), *_unlisted(number, astray, idle))


class UnusedNumber(Lint):
    """A gateway lists a number that no scheme and no pool uses: its callers reach nobody.

    Allow it for a number that is only used as caller ID.

    Good::

        gateways:
          spare: {proxy: y.example, register: false, numbers: "+380440000001"}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, hangup]

    Bad::

        gateways:
          spare: {proxy: y.example, register: false, numbers: ["+380440000001", "+380440000010"]}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, hangup]
    """

    id = "unused-number"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Numbers of gateways."""
        listed, led = _listed(whole), routed_numbers(whole)
        idle, astray = listed - led.keys(), led.keys() - listed
        for name, gateway in whole.folder.gateways.items() if whole.complete else ():
            for at, number in enumerate(gateway.numbers):
                if number in idle:
                    message = f"{number} leads to no scheme: its callers reach nobody"
                    hint = _nearest(number, idle, astray) or "list it under `numbers:` of a scheme, or remove it"
                    yield whole.at(self.id, ("gateways", name, "numbers", at), message, hint)


def _listed(whole: WholeFolder) -> set[str]:
    return {number for gateway in whole.folder.gateways.values() for number in gateway.numbers}


def _unlisted(number: str, astray: Collection[str], idle: Collection[str]) -> tuple[str, str]:
    """Message and hint."""
    hint = _nearest(number, astray, idle) or "list it under `numbers:` of the gateway that receives its calls"
    return f"no gateway lists {number}: its calls may never arrive", hint


def _nearest(number: str, astray: Collection[str], free: Collection[str]) -> str:
    """A hint with the intended number, taken from the unmatched numbers of the other side."""
    return did_you_mean(number, sorted(free), _ALIKE) if len(astray) <= _MOST_TYPOS else ""
