"""Every CRM in turn, and one of each kind of entity in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.crm_bed import FAKES, Bed

Made = dict[str, tuple[str, int, int]]


@pytest.fixture(params=FAKES, ids=lambda fake: fake.__name__)
def bed(request) -> Bed:
    """A vendor's fake with our adapter over it; nothing in it."""
    return Bed(request.param())


@pytest.fixture
def everything(bed: Bed) -> Callable[[], Made]:
    """Puts in an open lead, an open deal and a contact, each of another owner; tells what each look-up finds."""

    def make() -> Made:
        world = bed.world
        contact = world.contact(owner=19, minute=30)
        made = {"contact": ("contact", contact, 19), "deal": ("deal", world.deal(contact, owner=18, minute=20), 18)}
        if "lead" in bed.fake.kinds:
            made["lead"] = ("lead", world.lead(owner=17, minute=10), 17)
        return made

    return make
