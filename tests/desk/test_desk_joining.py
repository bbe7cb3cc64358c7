"""Listening, whispering, taking over from the live board: who may, at what, and what the switch is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from routing.model.callback_call import NotDiallable
from routing.model.desk_call import ClickedCall, JoiningCall
from support.board_bed import NODE
from support.live_desk import LiveBed

A, LEG = "0b6bfa6a-1111-4222-8333-444455556666", "0b6bfa6a-1111-4222-8333-444455557777"


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[LiveBed]:
    bed = LiveBed(tmp_path)
    bed.calls.board.registrations(NODE, {"1001", "1002", "1004", "1005"})
    bed.calls.comes(A, "+380671234567", routing_scheme="kyiv", routing_caller="+380671234567")
    bed.calls.rings(LEG, "ivan.desk", A)
    bed.calls.answers(LEG)
    bed.calls.talk(A, LEG)
    bed.hub.look()
    bed.turn()
    yield bed
    bed.close()


@pytest.mark.parametrize(("how", "leg"), [("listen", LEG), ("whisper", LEG), ("take_over", A)])
def test_the_heads_own_phone_is_rung_after_a_line_in_the_audit_log(bed: LiveBed, how: str, leg: str) -> None:
    lines = []
    bed.switch.sees = lambda command: lines.extend(bed.services.audit.lines())
    answer = bed.signed_in("olena").send(f"/live/calls/{A}/join", how=how, phone="desk")
    assert answer.status_code == 303 and answer.location == f"/live/calls/{A}?rings=desk"
    (command,) = bed.switch.asked
    assert f"null/desk join@olena.desk@{how}@{leg}@" in command
    assert [(line.action, line.subject, line.name) for line in lines if line.action != "sign_in"] == [
        (f"join_{how}", A, "olena")
    ]
    assert bed.counted == [how]
    assert bed.hub.takeovers == ({A} if how == "take_over" else set())
    assert "Your phone desk rings" in bed.signed_in("olena").get(answer.location).text


@pytest.mark.parametrize("name", ["ivan", "petro", "audit"])
def test_who_may_not_listen_rings_nobody(bed: LiveBed, name: str) -> None:
    visitor = bed.signed_in(name)
    assert visitor.get(f"/live/calls/{A}").status_code == 403
    assert visitor.send(f"/live/calls/{A}/join", how="listen").status_code == 403
    assert bed.switch.asked == []


def test_a_call_of_others_is_not_there_for_a_head(bed: LiveBed) -> None:
    bed.calls.conversation("b", "maria")
    bed.turn()
    visitor = bed.signed_in("olena")
    for call in ("b", "nothing", "../b", A[:8]):
        assert visitor.get(f"/live/calls/{call}").status_code == 404
        assert visitor.send(f"/live/calls/{call}/join", how="listen").status_code == 404
    assert bed.switch.asked == []


def test_a_head_joins_no_talk_of_others_in_a_call_that_rings_their_people(bed: LiveBed) -> None:
    bed.calls.conversation("c", "maria")
    bed.calls.rings("c-petro", "petro.desk", "c")
    bed.turn()
    visitor = bed.signed_in("olena")
    assert "You cannot join this talk" in visitor.get("/live/calls/c").text
    assert visitor.send("/live/calls/c/join", how="listen").status_code == 409
    assert bed.switch.asked == []


def test_what_is_not_there_any_more_is_said(bed: LiveBed) -> None:
    visitor = bed.signed_in("nataliia")
    assert visitor.send(f"/live/calls/{A}/join", how="record").status_code == 400
    bed.calls.board.registrations(NODE, set())
    late = visitor.send(f"/live/calls/{A}/join", how="listen", phone="desk")
    assert late.status_code == 409 and "None of your phones is registered" in late.text
    bed.calls.board.registrations(NODE, {"1005"})
    bed.switch.is_down = True
    lost = visitor.send(f"/live/calls/{A}/join", how="take_over")
    assert lost.status_code == 409 and "did not answer" in lost.text and bed.hub.takeovers == set()
    bed.calls.stops(A, LEG)
    bed.turn()
    assert visitor.send(f"/live/calls/{A}/join", how="listen").status_code == 409
    assert bed.switch.asked == []


@pytest.mark.parametrize(
    "wrong",
    [ClickedCall("ivan", "desk", "+38067,1234567", "/r"), ClickedCall("iv an", "desk", "+380671234567", "/r"),
     ClickedCall("ivan", "desk\n", "+380671234567", "/r"), ClickedCall("ivan", "desk", "+380671234567", "/r ${x}"),
     ClickedCall("ivan", "desk", "0671234567", "/r"), JoiningCall("ivan", "desk", "bridge", LEG, "/r"),
     JoiningCall("ivan", "desk", "listen", "all", "/r"), JoiningCall("ivan", "desk", "listen", LEG + " x", "/r")],
)  # fmt: skip
def test_nothing_but_ids_numbers_and_uuids_stands_in_a_command(wrong: ClickedCall | JoiningCall) -> None:
    with pytest.raises(NotDiallable):
        wrong.originate("mark")


@pytest.mark.parametrize("mark", ["", "a b", "x,y", "${x}"])
def test_a_node_without_its_mark_is_asked_for_nothing(mark: str) -> None:
    with pytest.raises(NotDiallable):
        ClickedCall("ivan", "desk", "+380671234567", "/r").originate(mark)


def test_who_talks_hears_an_announcement_before_the_heads_phone_rings(bed: LiveBed) -> None:
    assert bed.plan
    bed.plan = replace(bed.plan, announcement="sounds/routing/beep.wav")
    visitor = bed.signed_in("olena")
    assert "both who talk hear an announcement" in visitor.get(f"/live/calls/{A}").text
    assert visitor.send(f"/live/calls/{A}/join", how="whisper").status_code == 303
    announced, rung = bed.switch.asked
    assert (
        announced
        == f"uuid_broadcast {LEG} {(bed.services.root / 'releases/r1').resolve()}/sounds/routing/beep.wav both"
    )
    assert "null/desk join@olena.desk@whisper" in rung
    bed.switch.asked.clear()
    assert visitor.send(f"/live/calls/{A}/join", how="take_over").status_code == 303
    assert len(bed.switch.asked) == 1, "who takes over is heard anyway"
    bed.switch.asked.clear()
    bed.switch.answer = "-ERR invalid uuid"
    assert visitor.send(f"/live/calls/{A}/join", how="listen").status_code == 409
    assert len(bed.switch.asked) == 1, "nobody listens unannounced"
    assert bed.services.audit.lines()[0].outcome == "failed"


def test_where_nobody_joins_calls_nobody_does(bed: LiveBed) -> None:
    assert bed.plan
    bed.plan = replace(bed.plan, may_join=False)
    visitor = bed.signed_in("ops")
    page = visitor.get(f"/live/calls/{A}").text
    assert "let nobody join calls" in page and '<button type="submit" name="how"' not in page
    for how in ("listen", "whisper", "take_over"):
        assert visitor.send(f"/live/calls/{A}/join", how=how).status_code == 403
    assert bed.switch.asked == []
