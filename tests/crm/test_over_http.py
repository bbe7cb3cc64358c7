"""Every CRM once over real HTTP, with the engine's own client and greenlets."""

from __future__ import annotations

import time

import pytest

from routing.crm.tasks import Greenlets
from routing.http.address import Resolver
from routing.http.pool import HttpPool
from routing.model.lookup import OwnerFound
from support.crm_bed import FAKES, Bed
from support.crm_serving import Redirected, serving


@pytest.mark.parametrize("vendor", FAKES, ids=lambda fake: fake.__name__)
def test_a_caller_is_found_over_the_wire(vendor):
    fake, pool = vendor(), HttpPool(Resolver(time.monotonic))
    with serving(fake) as address:
        bed = Bed(fake, Greenlets(), Redirected(pool, address))
        contact = bed.world.contact(owner=18)
        deal = bed.world.deal(contact, owner=17)
        outcome = bed.ask("deal", "contact", deadline_s=5.0)
        assert isinstance(outcome, OwnerFound), outcome
        assert bed.chosen(outcome) == ("deal", deal, 17)
        bed.later(60)
        assert bed.chosen(bed.ask("contact", deadline_s=5.0)) == ("contact", contact, 18)
    pool.close()
