"""Unused schemes, groups and people. Reports nothing while the folder has problems: they may be used there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding
from routing.lint.whole import WholeFolder

#: References of steps that can ring anybody: a web server or the caller decides.
_ANYBODY = ("decisions", "crm", "extensions")


def used(whole: WholeFolder, *kinds: str) -> set[str]:
    """The names of these kinds that schemes use."""
    return {name for facts in whole.schemes.values() for kind in kinds for name in facts.uses.get(kind, ())}


def entries(
    lint: str, whole: WholeFolder, kind: str, names: Iterable[str], what: str, hint: str
) -> Iterator[LintFinding]:
    """Findings at names of shared files."""
    if whole.complete:
        for name in names:
            yield whole.at(lint, (kind, name), f"{what} `{name}` is not used", hint, at_key=True)


class UnusedScheme(Lint):
    """Nothing leads to the scheme: no number, no pool, no other scheme, and no webhook or program could name it.

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

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Schemes to which nothing leads."""
        by_http = whole.folder.project.callbacks
        is_named_outside = "webhook" in used(whole, "decisions") or (by_http and (by_http.key or by_http.origins))
        if not whole.complete or is_named_outside:
            return
        led = used(whole, "callbacks") | {pool.scheme for pool in whole.folder.pools.values()}
        for name, facts in whole.schemes.items():
            led |= {to for to, _, _ in facts.jumps if to != name}
        for name, facts in whole.schemes.items():
            if not facts.numbers and name not in led:
                yield facts.at(self.id, facts.place, f"nothing leads to scheme `{name}`", "give it a number")


class UnusedGroup(Lint):
    """No scheme rings the group, directly or in another group.

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

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Groups that no ring list includes."""
        idle = whole.folder.groups.keys() - _reached(whole)
        yield from entries(self.id, whole, "groups", sorted(idle), "group", "remove it")


def _reached(whole: WholeFolder) -> set[str]:
    """The names in ring lists and in their groups."""
    queue = list(used(whole, "confirmed", "unconfirmed"))
    found = set(queue)
    while queue:
        fresh = set(whole.folder.groups.get(queue.pop(), ())) - found
        found |= fresh
        queue += fresh
    return found


class UnusedPerson(Lint):
    """Nothing can ring the person: no scheme, group, extension or account, and no step that can ring anybody.

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

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """People whom nothing can ring."""
        if used(whole, *_ANYBODY):
            return
        known = {name.partition(".")[0] for name in _reached(whole) | used(whole, "notified")}
        idle = [
            name
            for name, person in whole.folder.people.items()
            if name not in known and not person.extension and not any(phone.sip for phone in person.phones.values())
        ]
        yield from entries(self.id, whole, "people", idle, "person", "remove it")
