"""Trunks that do less than their lines seem to say."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.whole import WholeFolder


class UnregisteredGateway(Lint):
    """A gateway without `username` does not register, and nobody wrote that it should not: its calls may never come.

    Good::

        gateways:
          spare: {proxy: y.example, username: p, numbers: "+380440000099"}

    Good, a trunk that the carrier knows by its address::

        gateways:
          spare: {proxy: y.example, register: false, numbers: "+380440000099"}

    Bad::

        gateways:
          spare: {proxy: y.example, numbers: "+380440000099"}
    """

    id = "unregistered-gateway"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Gateways that say neither `username` nor `register`."""
        for name, gateway in whole.folder.gateways.items():
            if gateway.username is None and "register_" not in gateway.model_fields_set:
                hint = "add `username`, or `register: false` for a carrier that knows you by your address"
                yield whole.at(self.id, ("gateways", name), "does not register: no `username`", hint, at_key=True)


class NoWayOut(Lint):
    """There are people and no gateway: their phones cannot dial emergency numbers, nor any other outside number.

    Good::

        gateways:
          spare: {proxy: y.example, username: p}

    Bad, beside people with phones::

        gateways: {}
    """

    id = "no-way-out"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """The project, when it has people and nothing to dial through."""
        if whole.complete and whole.folder.people and not whole.folder.gateways:
            message = "no gateway: people cannot call emergency numbers, nor anybody outside"
            yield whole.at(self.id, ("project", "name"), message, "add the carrier's trunk under `gateways:`")


class ReadableKeys(Lint):
    """A gateway encrypts its sound and is not reached by TLS: the keys stand in its messages, for everybody to read.

    Good::

        gateways:
          spare: {proxy: y.example, username: p, numbers: "+380440000099", transport: tls, srtp: required}

    Bad::

        gateways:
          spare: {proxy: y.example, username: p, numbers: "+380440000099", srtp: required}
    """

    id = "readable-keys"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Gateways with `srtp` and another transport than TLS."""
        for name, gateway in whole.folder.gateways.items():
            if gateway.srtp in ("required", "optional") and gateway.transport != "tls":
                message = f"the keys of its encrypted sound travel readable by {gateway.transport.upper()}"
                yield whole.at(self.id, ("gateways", name, "srtp"), message, "write `transport: tls`", at_key=True)
