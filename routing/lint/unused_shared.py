"""Unused calendars, sounds, lists, CRMs and gateways. Reports nothing while the folder has problems."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.unused import entries, used
from routing.lint.whole import WholeFolder
from routing.model.callback_settings import Callbacks
from routing.model.problem import Problem
from routing.model.spoken import recorded


def callbacks(whole: WholeFolder) -> Callbacks:
    """How the project calls clients back; the defaults name nothing."""
    return whole.folder.project.callbacks or Callbacks()


class UnusedCalendar(Lint):
    """No scheme uses the calendar.

    Good::

        calendars:
          front: {open: {mon: "09:00-18:00"}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{hours: {calendar: front, closed: [hangup]}}, {ring: ivan}, hangup]

    Bad::

        calendars:
          back: {open: {mon: "09:00-18:00"}}
    """

    id = "unused-calendar"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Calendars that no scheme names."""
        idle = whole.folder.calendars.keys() - used(whole, "calendars") - {callbacks(whole).calendar}
        yield from entries(self.id, whole, "calendars", sorted(idle), "calendar", "remove it")


class UnusedSound(Lint):
    """No step plays the file, though every release contains it.

    Good::

        - ring: ivan
        - play: greeting.wav
        - hangup

    Bad, with `greeting.wav` in the folder::

        - ring: ivan
        - play: closed.wav
        - hangup
    """

    id = "unused-sound"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Files that no step, phone or callback names."""
        played = used(whole, "sounds") | recorded(whole.folder.shared_sounds())
        for name in sorted(whole.folder.sounds.keys() - played) if whole.complete else ():
            yield LintFinding(Problem(f"sounds/{name}", 1, 1, "", "nothing plays this file", "remove it"), self.id)


class UnusedList(Lint):
    """No `match` uses the list of numbers.

    Good::

        - match: {when: {list: vip.txt}, steps: [{ring: ivan}]}
        - hangup

    Bad, with `vip.txt` in the folder::

        - ring: ivan
        - hangup
    """

    id = "unused-list"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Files of `lists/`."""
        for name in (
            sorted(whole.folder.lists.keys() - used(whole, "lists") - {*callbacks(whole).exclude})
            if whole.complete
            else ()
        ):
            yield LintFinding(Problem(f"lists/{name}.txt", 1, 1, "", "no `match` uses this list", "remove it"), self.id)


class UnusedCrm(Lint):
    """No step uses the CRM.

    Good::

        crm: {shop_crm: {vendor: bitrix24, webhook: HOOK}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{crm: shop_crm}, {ring: ivan}, hangup]

    Bad::

        crm: {shop_crm: {vendor: bitrix24, webhook: HOOK}}
    """

    id = "unused-crm"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """CRMs that no scheme names."""
        yield from entries(
            self.id, whole, "crm", sorted(whole.folder.crm.keys() - used(whole, "crm")), "CRM", "remove it"
        )


class UnusedGateway(Lint):
    """No phone dials through the gateway. The first gateway is the default, the others need phones that name them.

    Allow it for a trunk that only receives calls.

    Good::

        people:
          petro: {name: P, phones: {sim: {number: "+380671112233", confirm: "1", gateway: spare}}}
        gateways:
          spare: {proxy: y.example}

    Bad::

        gateways:
          spare: {proxy: y.example}
    """

    id = "unused-gateway"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Gateways after the first without phones and without numbers."""
        phones = (phone for person in whole.folder.people.values() for phone in person.phones.values())
        named = {phone.gateway for phone in phones}
        idle = [
            name
            for name, gateway in list(whole.folder.gateways.items())[1:]
            if name not in named and not gateway.numbers
        ]
        yield from entries(self.id, whole, "gateways", idle, "gateway", "remove it, or set it as a phone's gateway")
