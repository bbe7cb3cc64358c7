"""The plan of callbacks is what a release says, and its moments are those of its calendars."""

from datetime import UTC, datetime

import pytest

from routing.compile.build import build
from routing.model.calendar import Period
from routing.model.callback import CallbackSource, First
from routing.model.callback_plan import TABLE, CallbackScheme, NeverAllowed, calendar_facts, calendar_of
from routing.release.tables import ReleaseFault, Releases
from support.callback_orders import CLIENT, NOW, a_plan
from support.folders import HERE, AnyPassword, compiled, laid_out


@pytest.fixture
def root(tmp_path):
    compiled(laid_out(HERE / "good" / "callback", tmp_path / "schemes"), tmp_path / "root")
    return tmp_path / "root"


def test_a_release_says_how_clients_are_called_back(root):
    release = next((root / "releases").iterdir())
    plan = Releases(root).callbacks(str(release))
    assert (plan.project, plan.tries, plan.keep_s, plan.first, plan.calendar) == ("p", 4, 172800, First.PERSON, "calls")
    assert plan.limits == {"ip": 10, "visitor": 3, "number": 3, "project": 60}
    assert (plan.key, plan.origins) == ("CALLBACK_KEY", ("https://www.example.com",))
    assert plan.excluded == {"+380501112233"} and "+380671234567" in plan.own and "+380800330521" in plan.own
    assert plan.schemes["a"] == CallbackScheme("+380800330521", "office", True, ("boss@example.com",), ("ivan",))
    assert plan.schemes["b"].notify == ("ivan@example.com",)
    assert plan.allows("+48221234567") and not plan.allows("+12125551234")
    assert plan.next_allowed(datetime(2026, 12, 23, 17, tzinfo=UTC).timestamp(), CLIENT, "a") == (
        datetime(2026, 12, 25, 8, tzinfo=UTC).timestamp()
    )


def test_a_release_that_calls_nobody_back_has_no_plan(tmp_path):
    release = build(laid_out(HERE / "good" / "tag", tmp_path / "schemes"), tmp_path / "root", lambda _: AnyPassword())
    with pytest.raises(ReleaseFault):
        Releases(tmp_path / "root").callbacks(str(release.folder))
    (release.folder / TABLE).write_text("{}", encoding="utf-8")
    with pytest.raises(ReleaseFault, match="is no plan of callbacks"):
        Releases(tmp_path / "root").callbacks(str(release.folder))


def test_a_calendar_survives_as_json():
    calendar = a_plan().calendars["office"]
    assert calendar_of("office", calendar_facts(calendar)) == calendar


def test_without_a_calendar_it_is_always_time():
    assert a_plan(schemes={}, calendars={}).next_opening(NOW, "sales") == NOW


def test_an_order_of_friday_evening_is_there_on_monday():
    """Kept from the first moment at which the client may be called."""
    friday = datetime(2026, 11, 20, 16, 5, tzinfo=UTC).timestamp()
    order = a_plan().order("one", CLIENT, "sales", CallbackSource.MISSED, friday)
    assert order.not_before_s == friday
    assert order.expires_s == datetime(2026, 11, 24, 7, tzinfo=UTC).timestamp()


def test_who_can_never_be_called_gets_no_order():
    plan = a_plan(quiet=Period(540, 1080))
    with pytest.raises(NeverAllowed, match="allow no call"):
        plan.order("one", CLIENT, "sales", CallbackSource.MISSED, NOW)
