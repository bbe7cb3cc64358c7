"""My calls and callbacks: who was missed, one's own state, calling by a click; what heads do with orders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from routing.callbacks.store import CallbackStore
from routing.desk.own_query import MissedClient, missed_clients
from routing.journal.schema import calls, involved, legs
from routing.model.callback import CallbackOrder, CallbackSource, CallbackStatus
from support.board_bed import NODE
from support.live_desk import LiveBed

CLIENT = "+380671234567"


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[LiveBed]:
    bed = LiveBed(tmp_path)
    bed.calls.board.registrations(NODE, {"1001", "1004"})
    yield bed
    bed.close()


def call(bed: LiveBed, id_: str, ago_s: float, rings: str = "", client: str = CLIENT, **facts: object) -> None:
    """A call in the journal that rang somebody."""
    values = {
        "id": id_, "project": "shop", "direction": "in", "client": client, "caller": client, "status": "no answer",
        "started": bed.now - ago_s, "ended": bed.now - ago_s + 30, "scheme": "kyiv",
    } | facts  # fmt: skip
    with bed.database.begin() as connection:
        connection.execute(insert(calls).values(values))
        for person in rings.split():
            connection.execute(
                insert(legs).values(call=id_, id=f"{id_}-{person}", person=person, target=f"{person}.desk")
            )
            mine = {name: values[name] for name in ("started", "status", "direction")} | {"call": id_, "person": person}
            connection.execute(insert(involved).values(mine))


def missed(bed: LiveBed, me: str = "ivan", colleagues: str = "petro") -> list[MissedClient]:
    return list(missed_clients(bed.database, "shop", me, colleagues.split(), bed.now))


def order(bed: LiveBed, id_: str, number: str = CLIENT, **facts: object) -> CallbackOrder:
    settings = {"created_s": bed.now, "not_before_s": bed.now + 3600, "expires_s": bed.now + 9999} | facts
    return CallbackStore(bed.database).order(
        CallbackOrder(id_, "shop", number, "kyiv", CallbackSource.MISSED, **settings)  # type: ignore[arg-type]
    )


def test_a_missed_client_is_one_row_until_somebody_talks_with_them(bed: LiveBed) -> None:
    call(bed, "a", 3000, "ivan petro")
    call(bed, "b", 2000, "petro")
    call(bed, "c", 1000, "maria", "+380670000002")
    call(bed, "d", 30 * 86400, "ivan", "+380670000003")
    (found,) = missed(bed)
    assert (found.number, found.call, found.times, found.rang_me) == (CLIENT, "b", 2, True)
    assert [each.rang_me for each in missed(bed, "petro", "")] == [True]
    call(bed, "out", 500, client=CLIENT, direction="out", status="answered", bridged=bed.now - 490)
    assert missed(bed) == []
    call(bed, "again", 100, "ivan")
    assert [(each.call, each.times) for each in missed(bed)] == [("again", 1)]


def test_the_page_shows_missed_clients_of_the_group_and_no_others(bed: LiveBed) -> None:
    call(bed, "a", 3000, "petro")
    call(bed, "c", 1000, "maria", "+380670000002")
    page = bed.signed_in("ivan").get("/my").text
    assert "067 123 4567" in page and "rang your group" in page and "+380670000002" not in page
    assert "Everybody was called back" in bed.signed_in("nataliia").get("/my").text


def test_a_state_holds_at_once_is_confirmed_and_undone(bed: LiveBed) -> None:
    visitor = bed.signed_in("ivan")
    for what, holds, undo in (
        ("dnd_on", lambda: "ivan" in bed.people.away, "dnd_off"),
        ("pause", lambda: "ivan" in bed.people.paused, "ready"),
    ):
        answer = visitor.send("/my/state", what=what)
        assert answer.status_code == 303 and holds()
        page = visitor.get(answer.location).text
        assert 'class="done undo"' in page and f'name="what" value="{undo}"' in page
        visitor.send("/my/state", what=undo)
        assert not holds()
    visitor.send("/my/state", what="sign_out", queue="sales")
    assert bed.people.signed == {"ivan": {"sales": False}}
    assert "signed out" in visitor.get("/my").text
    actions = [line.action for line in bed.services.audit.lines()]
    assert actions[:3] == ["state_sign_out", "state_ready", "state_pause"]


def test_nobody_sets_what_is_not_theirs(bed: LiveBed) -> None:
    assert bed.signed_in("ivan").send("/my/state", what="anything").status_code == 400
    assert bed.signed_in("maria").send("/my/state", what="sign_in", queue="sales").status_code == 404
    assert bed.signed_in("ops").send("/my/state", what="pause").status_code == 400
    assert bed.people.signed == {} and bed.people.paused == set()


def test_a_state_that_cannot_be_read_or_written_is_said(bed: LiveBed) -> None:
    bed.people.is_down = True
    visitor = bed.signed_in("ivan")
    assert "not available now" in visitor.get("/my").text
    answer = visitor.send("/my/state", what="pause")
    assert answer.status_code == 503 and "Nothing was changed" in answer.text


def test_a_click_rings_ones_own_phone_for_an_allowed_number(bed: LiveBed) -> None:
    answer = bed.signed_in("ivan").send("/my/call", number="067 123-45-67")
    assert answer.status_code == 200 and "Your phone desk rings" in answer.text
    (command,) = bed.switch.asked
    assert f"null/desk dial@ivan.desk@{CLIENT}@" in command and command.endswith("/desk.xml desk")
    assert next((line.action, line.subject) for line in bed.services.audit.lines()) == ("call", CLIENT)
    assert bed.counted == ["click"]


def test_a_call_leads_to_calling_its_client_and_nobody_is_rung_by_a_link(bed: LiveBed) -> None:
    call(bed, "a", 3000, "ivan petro")
    call(bed, "hidden", 2000, "ivan", "", caller="anonymous")
    visitor = bed.signed_in("ivan")
    link = re.search(r'href="(/my\?number=[^"]+)#number"', visitor.get("/calls/a").text)
    assert link and 'value="+380671234567"' in visitor.get(link[1]).text
    assert "/my?number=" not in visitor.get("/calls/hidden").text
    assert "/my?number=" not in bed.signed_in("audit").get("/calls/a").text
    assert "/my?number=" not in bed.signed_in("ops").get("/calls/a").text, "operations has no phone"
    assert bed.switch.asked == []


@pytest.mark.parametrize(
    ("number", "why"),
    [("+48221234567", "may not be called"), ("+380900312345", "may not be called"), ("hello", "not a telephone number"),
     ("+380671234567,1000)", "not a telephone number"), ("", "not a telephone number")],
)  # fmt: skip
def test_a_click_rings_nobody_for_another_number(bed: LiveBed, number: str, why: str) -> None:
    answer = bed.signed_in("ivan").send("/my/call", number=number)
    assert answer.status_code == 409 and why in answer.text
    assert bed.switch.asked == [] and all(line.action != "call" for line in bed.services.audit.lines())


def test_clicks_are_bounded_and_need_a_registered_phone(bed: LiveBed) -> None:
    visitor = bed.signed_in("ivan")
    assert visitor.send("/my/call", number=CLIENT, phone="car").status_code == 409
    codes = [visitor.send("/my/call", number=CLIENT).status_code for _ in range(12)]
    assert codes.count(200) == 9 and codes[-1] == 409
    assert "None of your phones" in bed.signed_in("petro").send("/my/call", number=CLIENT).text


def test_heads_see_orders_of_their_people_and_managers_all(bed: LiveBed) -> None:
    call(bed, "a", 3000, "petro")
    order(bed, "one", call_id="a")
    order(bed, "two", "+380670000002")
    managers, heads = bed.signed_in("nataliia"), bed.signed_in("olena")
    page = managers.get("/callbacks").text
    assert CLIENT in page and "+380670000002" in page
    page = heads.get("/callbacks").text
    assert CLIENT in page and "+380670000002" not in page
    for what in ("cancel", "run"):
        assert heads.send(f"/callbacks/two/{what}").status_code == 404
        assert bed.signed_in("ivan").send(f"/callbacks/one/{what}").status_code == 403
    assert CLIENT in bed.signed_in("ivan").get("/my").text


@pytest.mark.parametrize(("which", "first"), [("", "+380670000000"), ("&all=1", "+380670000147")])
def test_orders_are_shown_by_the_page_none_twice_and_none_left_out(bed: LiveBed, which: str, first: str) -> None:
    for at in range(150):
        order(bed, f"{at:03}", f"+380670000{at:03}", created_s=bed.now + at // 3)
    visitor, address, seen = bed.signed_in("nataliia"), f"/callbacks?{which}", []
    for _ in range(2):
        page = visitor.get(address).text
        seen += re.findall(r"067 000 0(\d) ?(\d\d)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert address == ""
    assert len(seen) == len(set(seen)) == 150
    assert "".join(seen[0]) == first[-3:]
    assert "Back to the first" in page
    assert visitor.get("/callbacks?after=nothing").text.count("<tr>") > 100


def test_an_order_is_run_now_and_cancelled(bed: LiveBed) -> None:
    order(bed, "one")
    visitor, store = bed.signed_in("nataliia"), CallbackStore(bed.database)
    assert visitor.send("/callbacks/one/run").location == "/callbacks?done=runs"
    found = store.find("one")
    assert found is not None and found.not_before_s == bed.now
    assert visitor.send("/callbacks/one/cancel").location == "/callbacks?done=cancelled"
    found = store.find("one")
    assert found is not None and found.status is CallbackStatus.CANCELLED
    assert visitor.send("/callbacks/one/cancel").location == "/callbacks?done=late"
    assert CLIENT not in visitor.get("/callbacks").text
    assert "cancelled" in visitor.get("/callbacks?all=1").text
    assert "067 123 4567" in visitor.get("/callbacks?number=0671234567").text
    assert "not a telephone number" in visitor.get("/callbacks?number=hello").text
    assert [line.action for line in bed.services.audit.lines()][:2] == ["callback_cancel", "callback_cancel"]
