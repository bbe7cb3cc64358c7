"""What is defined and nobody uses. Silent while something in the folder is wrong: it may be used there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from routing.lint.base import Found, Lint
from routing.lint.whole import Whole
from routing.model.problem import Problem

#: Steps that can ring anybody on the word of a web server or of the caller.
_ANYBODY = ("webhook", "crm", "extensions", "sticky")


def used(whole: Whole, *kinds: str) -> set[str]:
    """Names of some kinds that schemes use."""
    return {name for facts in whole.schemes.values() for kind in kinds for name in facts.uses.get(kind, ())}


def _entries(lint: str, whole: Whole, kind: str, names: Iterable[str], what: str, hint: str) -> Iterator[Found]:
    if whole.complete:
        for name in names:
            yield whole.at(lint, (kind, name), f"{what} `{name}` is not used", hint, at_key=True)


class UnusedScheme(Lint):
    """Nothing leads to the scheme: no number, no pool, no other scheme, and there is no webhook that could name it.

    Good::

        scheme: front
        numbers: "+380440000001"
        steps: [{scheme: back}]
        ---
        scheme: back
        steps: [{ring: ivan}, hangup]

    Bad::

        scheme: back
        steps: [{ring: ivan}, hangup]
    """

    id = "unused-scheme"

    def folder(self, whole: Whole) -> Iterator[Found]:
        """Schemes without a way in."""
        if not whole.complete or used(whole, "webhook"):
            return
        led = {pool.scheme for pool in whole.folder.pools.values()}
        for name, facts in whole.schemes.items():
            led |= {to for to, _, _ in facts.jumps if to != name}
        for name, facts in whole.schemes.items():
            if not facts.numbers and name not in led:
                yield facts.at(self.id, facts.place, f"nothing leads to scheme `{name}`", "give it a number")


class UnusedCalendar(Lint):
    """No scheme goes by the calendar.

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

    def folder(self, whole: Whole) -> Iterator[Found]:
        """Calendars that no scheme names."""
        idle = whole.folder.calendars.keys() - used(whole, "calendars")
        yield from _entries(self.id, whole, "calendars", sorted(idle), "calendar", "remove it")


class UnusedGroup(Lint):
    """No scheme rings the group, nor is it in one that is rung.

    Good::

        groups: {couple: [ivan, olena]}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: couple}, hangup]

    Bad::

        groups: {couple: [ivan, olena]}
    """

    id = "unused-group"

    def folder(self, whole: Whole) -> Iterator[Found]:
        """Groups that no ring reaches."""
        idle = whole.folder.groups.keys() - _reached(whole)
        yield from _entries(self.id, whole, "groups", sorted(idle), "group", "remove it")


def _reached(whole: Whole) -> set[str]:
    """Names that ring lists have, and those in their groups."""
    queue = list(used(whole, "confirmed", "unconfirmed"))
    found = set(queue)
    while queue:
        fresh = set(whole.folder.groups.get(queue.pop(), ())) - found
        found |= fresh
        queue += fresh
    return found


class UnusedPerson(Lint):
    """Nothing can ring the person: no scheme, group, extension or account, and no step that could name anybody.

    Good::

        people:
          petro: {name: P, phones: {mobile: {number: "+380671112233", confirm: "1"}}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: petro}, hangup]

    Bad::

        people:
          petro: {name: P, phones: {mobile: {number: "+380671112233", confirm: "1"}}}
    """

    id = "unused-person"

    def folder(self, whole: Whole) -> Iterator[Found]:
        """People outside of everything."""
        if used(whole, *_ANYBODY):
            return
        known = {name.partition(".")[0] for name in _reached(whole) | used(whole, "told")}
        idle = [
            name
            for name, person in whole.folder.people.items()
            if name not in known and not person.extension and not any(phone.sip for phone in person.phones.values())
        ]
        yield from _entries(self.id, whole, "people", idle, "person", "remove it")


class UnusedSound(Lint):
    """No step plays the file; every release carries it.

    Good::

        - ring: ivan
        - play: greeting.wav
        - hangup

    Bad, beside a file that nobody plays::

        - ring: ivan
        - play: closed.wav
        - hangup
    """

    id = "unused-sound"

    def folder(self, whole: Whole) -> Iterator[Found]:
        """Files that neither steps nor phones name."""
        phones = (phone for person in whole.folder.people.values() for phone in person.phones.values())
        played = used(whole, "sounds") | {phone.confirm_prompt for phone in phones}
        for name in sorted(whole.folder.sounds.keys() - played) if whole.complete else ():
            yield Found(Problem(f"sounds/{name}", 1, 1, "", "nobody plays this file", "remove it"), self.id)


class UnusedList(Lint):
    """No `match` asks the list of numbers.

    Good::

        - match: {when: {list: vip.txt}, steps: [{ring: ivan}]}
        - hangup

    Bad, beside a list that nobody asks::

        - ring: ivan
        - hangup
    """

    id = "unused-list"

    def folder(self, whole: Whole) -> Iterator[Found]:
        """Files of `lists/`."""
        for name in sorted(whole.folder.lists.keys() - used(whole, "lists")) if whole.complete else ():
            yield Found(Problem(f"lists/{name}.txt", 1, 1, "", "no `match` asks this list", "remove it"), self.id)


class UnusedCrm(Lint):
    """No step asks the CRM.

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

    def folder(self, whole: Whole) -> Iterator[Found]:
        """CRMs that no scheme names."""
        yield from _entries(
            self.id, whole, "crm", sorted(whole.folder.crm.keys() - used(whole, "crm")), "CRM", "remove it"
        )


class UnusedGateway(Lint):
    """No phone dials through the gateway. The first one is for every number, and the others for phones that name them.

    Calls that come in need no gateway of their own name: allow it for a trunk that only receives.

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

    def folder(self, whole: Whole) -> Iterator[Found]:
        """Gateways after the first that no phone names and that have no numbers of their own."""
        phones = (phone for person in whole.folder.people.values() for phone in person.phones.values())
        named = {phone.gateway for phone in phones}
        idle = [
            name
            for name, gateway in list(whole.folder.gateways.items())[1:]
            if name not in named and not gateway.numbers
        ]
        yield from _entries(self.id, whole, "gateways", idle, "gateway", "remove it, or name it at a phone")
