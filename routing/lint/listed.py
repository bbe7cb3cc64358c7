"""Numbers of schemes and pools against those that gateways list. Silent while something in the folder is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.phones import numbers_led
from routing.lint.whole import WholeFolder
from routing.model.problem import did_you_mean

#: With more numbers astray a list is missing, not a digit; to compare each with each would take minutes.
_MOST_TYPOS = 100
#: Two digits of thirteen may differ; all numbers of a city are more alike than words are.
_ALIKE = 0.84


class UnlistedNumber(Lint):
    """No gateway lists the number, and gateways list others: a digit may be wrong, and no call comes.

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
        listed, led = _listed(whole), numbers_led(whole)
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
    """A gateway lists a number that is no scheme's and no pool's: whoever calls it reaches nobody.

    Allow it for a number that is only shown to those who are called.

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
        listed, led = _listed(whole), numbers_led(whole)
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
    hint = _nearest(number, astray, idle) or "list it under `numbers:` of the gateway that its calls come by"
    return f"no gateway lists {number}: its calls may never come", hint


def _nearest(number: str, astray: Collection[str], free: Collection[str]) -> str:
    """The one that was meant: of numbers that the other side has and nobody matched; the others are somebody's."""
    return did_you_mean(number, sorted(free), _ALIKE) if len(astray) <= _MOST_TYPOS else ""
