"""Trunks that do less than it seems."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.whole import WholeFolder


class UnregisteredGateway(Lint):
    """A gateway has neither `username` nor `register: false`: it does not register, and calls may never arrive.

    Good::

        gateways:
          spare: {proxy: y.example, username: p, numbers: "+380440000099"}

    Good, a trunk that the carrier identifies by its address::

        gateways:
          spare: {proxy: y.example, register: false, numbers: "+380440000099"}

    Bad::

        gateways:
          spare: {proxy: y.example, numbers: "+380440000099"}
    """

    id = "unregistered-gateway"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Gateways with neither `username` nor `register`."""
        for name, gateway in whole.folder.gateways.items():
            if gateway.username is None and "register_" not in gateway.model_fields_set:
                hint = "add `username`, or `register: false` for a carrier that identifies you by your address"
                yield whole.at(self.id, ("gateways", name), "does not register: no `username`", hint, at_key=True)


class NoWayOut(Lint):
    """The project has people and no gateway: phones cannot dial emergency numbers or any other outside number.

    Good::

        gateways:
          spare: {proxy: y.example, username: p}

    Bad, in a project with people::

        gateways: {}
    """

    id = "no-way-out"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """The project, if it has people and no gateway."""
        if whole.complete and whole.folder.people and not whole.folder.gateways:
            message = "no gateway: people cannot call emergency numbers or any outside number"
            yield whole.at(self.id, ("project", "name"), message, "add the carrier's trunk under `gateways:`")


class ReadableKeys(Lint):
    """A gateway uses SRTP without TLS: everybody on the way can read the keys in its SIP messages.

    Good::

        gateways:
          spare: {proxy: y.example, username: p, numbers: "+380440000099", transport: tls, srtp: required}

    Bad::

        gateways:
          spare: {proxy: y.example, username: p, numbers: "+380440000099", srtp: required}
    """

    id = "readable-keys"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Gateways with `srtp` and a transport other than TLS."""
        for name, gateway in whole.folder.gateways.items():
            if gateway.srtp in ("required", "optional") and gateway.transport != "tls":
                message = f"its SRTP keys are sent unencrypted over {gateway.transport.upper()}"
                yield whole.at(self.id, ("gateways", name, "srtp"), message, "write `transport: tls`", at_key=True)
