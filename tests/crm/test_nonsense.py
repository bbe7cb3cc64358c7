"""No answer of a CRM, however odd, may raise into a call."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.model.lookup import Failed, NoOwnerFound, OwnerFound
from routing.model.web import Reply
from support.crm_bed import FAKES, Bed

pytestmark = pytest.mark.thorough

WORDS = st.sampled_from(
    """
    id Id ID data result items item value records searchRecords attributes type results properties owner Owner users
    user contacts leads orders customers statuses _embedded phone Phone phones PHONE OwnerId owner_id ASSIGNED_BY_ID
    status rights pagination totalPageCount info more_records paging next after access_token expires_in Code
    """.split()
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("+380671234567")
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(WORDS, inner), max_size=6).map(dict),
    max_leaves=25,
)


@pytest.mark.parametrize("fake", FAKES, ids=lambda fake: fake.__name__)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(replies=st.lists(JSON, min_size=1, max_size=4))
def test_any_json_is_an_outcome(fake, replies):
    bed = Bed(fake())
    for said in replies:
        bed.fake.replies.append(Reply(200, {}, json.dumps(said).encode()))
    bed.fake.always = None
    assert isinstance(bed.ask(), OwnerFound | NoOwnerFound | Failed)
