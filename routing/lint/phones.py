"""Phones on which a call may get lost: a mobile's voicemail, one phone under two names, the company's own number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.model import numbers
from routing.model.folder import Folder
from routing.model.people import Phone, Ring
from routing.steps import targets
from routing.steps.base import Complaint


class UnconfirmedMobile(Lint):
    """A mobile's own voicemail counts as an answer: without `confirm` the call ends there.

    Not reported for phones that are only rung by steps with a `confirm` of their own.

    Good::

        people:
          petro: {name: P, phones: {mobile: {number: "+380671112233", confirm: "1"}}}

    Bad::

        people:
          petro: {name: P, phones: {mobile: {number: "+380671112233"}}}
    """

    id = "unconfirmed-mobile"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Mobiles without a confirm key."""
        bare, keyed = (_legs(whole, kind) for kind in ("unconfirmed", "confirmed"))
        for name, label, phone in outside_phones(whole.folder):
            target = f"{name}.{label}"
            if phone.confirm or not numbers.is_mobile(phone.number or "") or target in keyed - bare:
                continue
            hint = 'write `confirm: "1"`: the person presses it after picking up'
            yield whole.at(self.id, ("people", name, "phones", label), "a mobile without a confirm key", hint)


def outside_phones(folder: Folder) -> Iterator[tuple[str, str, Phone]]:
    """Every phone with an outside number: person, label, phone."""
    for name, person in folder.people.items():
        for label, phone in person.phones.items():
            if phone.number:
                yield name, label, phone


def _legs(whole: WholeFolder, kind: str) -> set[str]:
    """The phones of all names in `ring` steps with or without a confirm key."""
    names = {name for facts in whole.schemes.values() for name in facts.uses.get(kind, ())}
    rings = [Ring(name=name) for name in sorted(names)]
    return {leg.target for turn in targets.turns(rings, whole.folder) for leg in turn}


class SamePhone(Lint):
    """Two phones of one step have the same number: it is dialled twice and can answer only once.

    Good::

        - ring: [ivan, nina.desk]
        - hangup

    Bad, Nina has Ivan's mobile::

        - ring: [ivan.mobile, nina]
        - hangup
    """

    id = "same-phone"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Compare the numbers of all legs of each `ring`."""
        for rung in one.rings:
            seen: dict[str, str] = {}
            for leg in (leg for leg in rung.legs if leg.phone.number):
                number = leg.phone.number or ""
                if number in seen:
                    yield (*rung.loc, "to"), f"`{seen[number]}` and `{leg.target}` are the same number", "leave one out"
                seen.setdefault(number, leg.target)


class OwnNumber(Lint):
    """A person's phone is one of this project's own numbers: the call comes back in and rings them again.

    Good::

        people:
          petro: {name: P, phones: {mobile: {number: "+380671112233", confirm: "1"}}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: petro}, hangup]

    Bad::

        people:
          petro: {name: P, phones: {city: {number: "+380440000001"}}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: petro}, hangup]
    """

    id = "own-number"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Compare outside phones with the numbers that lead to schemes."""
        leads = routed_numbers(whole)
        for name, label, phone in outside_phones(whole.folder):
            if scheme := leads.get(phone.number or ""):
                message = f"{phone.number} is the company's own number: it leads to scheme `{scheme}`"
                hint = "ring people by their SIP accounts or mobiles"
                yield whole.at(self.id, ("people", name, "phones", label, "number"), message, hint)


def routed_numbers(whole: WholeFolder) -> Mapping[str, str]:
    """Every number that leads to a scheme, those of pools included."""
    pooled = {number: pool.scheme for pool in whole.folder.pools.values() for number in pool.numbers}
    return pooled | {number: facts.scheme for facts in whole.schemes.values() for number in facts.numbers}


class BarredNumber(Lint):
    """A phone's number is outside the project's `destinations`: premium rate, or a country that is not listed.

    Steps still ring it, so the protection against toll fraud has a gap.

    Good::

        people:
          petro: {name: P, phones: {mobile: {number: "+380671112233", confirm: "1"}}}

    Bad, Poland is not among the destinations::

        people:
          petro: {name: P, phones: {mobile: {number: "+48501112233", confirm: "1"}}}
    """

    id = "barred-number"

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """Compare outside phones with the allowed destinations."""
        regions = whole.folder.project.regions
        for name, label, phone in outside_phones(whole.folder):
            if regions and not numbers.may_be_dialled(phone.number or "", regions):
                message = f"{phone.number} is in none of the project's destinations: {', '.join(regions)}"
                loc = ("people", name, "phones", label, "number")
                yield whole.at(self.id, loc, message, "add the country to `destinations`")
