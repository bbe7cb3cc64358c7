"""The live board in a real browser: calls come and go by themselves, for those who may see them; nothing axe minds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert

from routing.callbacks.store import CallbackStore
from routing.journal.schema import calls, involved, legs
from routing.model.callback import CallbackOrder, CallbackSource
from support.board_bed import NODE
from support.browser import Driver, missing
from support.live_desk import ServedDesk, opened, violations

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
SHOWN = "[...document.querySelectorAll('#live-calls b')].map(each => each.textContent).join(' ')"


@pytest.mark.parametrize("name", ["olena", "nataliia"])
def test_calls_come_and_go_by_themselves(driver: Driver, desk: ServedDesk, name: str) -> None:
    calls = desk.bed.calls
    calls.about = replace(calls.about, queues={"sales": (("ivan", "petro"), False)})
    browser = opened(driver, desk, name, "/live")
    browser.until("document.querySelector('#live-state.live')")
    assert browser.run("return !document.getElementById('live-none').hidden")
    assert violations(browser) == []
    desk.do(lambda: calls.conversation("a", "ivan", "+380670000001"))
    browser.until(f"{SHOWN}.includes('+380670000001')")
    browser.until("/^[0-9]+:[0-9][0-9]/.test(document.querySelector('#live-calls .age').textContent)")
    desk.do(lambda: calls.conversation("b", "maria", "+380670000002"))
    desk.do(lambda: calls.conversation("c", "petro", "+380670000003"))
    browser.until(f"{SHOWN}.includes('+380670000003')")
    assert ("+380670000002" in browser.run(f"return {SHOWN}")) is (name == "nataliia")
    assert violations(browser) == []
    desk.do(lambda: [calls.ends(leg) for leg in ("a", "a-ivan", "b", "b-maria", "c", "c-petro")])
    browser.until(f"{SHOWN} === '' && !document.getElementById('live-none').hidden")
    assert desk.bed.faults == []


def test_who_is_signed_out_elsewhere_sees_the_sign_in_page(driver: Driver, desk: ServedDesk) -> None:
    browser = opened(driver, desk, "nataliia", "/live")
    browser.until("document.querySelector('#live-state.live')")
    desk.bed.services.sessions.end("nataliia")
    browser.until("location.pathname === '/sign-in'")


CALL, LEG = "0b6bfa6a-1111-4222-8333-444455556666", "0b6bfa6a-1111-4222-8333-444455557777"


def talk(desk: ServedDesk) -> None:
    bed = desk.bed.calls
    bed.comes(CALL, "+380671234567", routing_scheme="kyiv", routing_caller="+380671234567")
    bed.rings(LEG, "ivan.desk", CALL)
    bed.answers(LEG)
    bed.talk(CALL, LEG)


def seeded(desk: ServedDesk) -> None:
    """A talk, a missed client, an order, registered phones."""
    bed, now = desk.bed, desk.bed.now
    with bed.database.begin() as connection:
        for number, client in enumerate(("+380671112233", "+380502223344")):
            values = {"id": f"m{number}", "project": "shop", "direction": "in", "client": client, "caller": client,
                      "status": "no answer", "started": now - 3600 * (number + 1), "scheme": "kyiv"}  # fmt: skip
            connection.execute(insert(calls).values(values))
            connection.execute(
                insert(legs).values(call=f"m{number}", id=f"l{number}", person="ivan", target="ivan.desk")
            )
            mine = {name: values[name] for name in ("started", "status", "direction")}
            connection.execute(insert(involved).values(mine | {"call": f"m{number}", "person": "ivan"}))
    CallbackStore(bed.database).order(
        CallbackOrder("one", "shop", "+380671112233", "kyiv", CallbackSource.MISSED, now - 60, now + 900, now + 9000,
                      call_id="m0")
    )  # fmt: skip
    desk.do(lambda: bed.calls.board.registrations(NODE, {"1001", "1004", "1005"}))
    desk.do(lambda: talk(desk))


@pytest.mark.parametrize("name", ["ivan", "olena", "nataliia"])
def test_own_pages_work_for_each_role(driver: Driver, desk: ServedDesk, name: str) -> None:
    seeded(desk)
    browser = opened(driver, desk, name, "/my")
    assert violations(browser) == []
    browser.run("document.querySelector('input[name=what][value=dnd_on]').form.querySelector('button').click()")
    browser.until("location.search.includes('done=dnd_on')")
    assert violations(browser) == []
    assert name in desk.bed.people.away
    browser.run("document.querySelector('.undo button').click()")
    browser.until("location.search.includes('done=dnd_off')")
    assert name not in desk.bed.people.away
    if name == "ivan":
        browser.run("document.querySelector('.missed button').click()")
        browser.until("document.querySelector('.done')?.textContent.includes('rings')")
        assert "dial@ivan.desk@+380671112233@" in desk.bed.switch.asked[0]
        return
    browser.visit(desk.address + "/callbacks")
    assert "067 111 2233" in browser.run("return document.querySelector('main').textContent")
    assert violations(browser) == []
    browser.visit(desk.address + "/live")
    browser.until(
        "document.querySelector('#live-calls a.button')?.click() || location.pathname.startsWith('/live/calls')"
    )
    assert violations(browser) == []
    browser.run("document.querySelector('button[value=listen]').click()")
    browser.until("location.search.includes('rings=desk')")
    assert f"join@{name}.desk@listen@{LEG}@" in desk.bed.switch.asked[0]
