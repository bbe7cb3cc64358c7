"""Floods at the desk: what is refused now, since when, why, until when; letting everybody pass on every node."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from routing.desk.sentences import translated
from routing.desk.texts import Texts
from routing.journal import flood_book, store
from routing.model.flood import SIGNS, FloodRefusal, FloodSign, refused_text
from routing.release import floods
from support.desk_bed import NOW, DeskBed
from support.figures_bed import made_call
from support.flood_switch import GlobalsSwitch

NUMBER = "+380441230001"
BLOCK = FloodRefusal(NUMBER, ("380671112",), NOW + 900, "8 calls in 120 s from one block", FloodSign.BLOCK)


@pytest.fixture
def nodes(bed: DeskBed) -> list[GlobalsSwitch]:
    found = [GlobalsSwitch(NOW), GlobalsSwitch(NOW)]
    object.__setattr__(bed.services, "switches", {"kyiv1": found[0], "kyiv2": found[1]})
    return found


def refused(bed: DeskBed, nodes: list[GlobalsSwitch]) -> None:
    floods.refuse(nodes[0], BLOCK, NOW)
    flood_book.noted(bed.database, "shop", "kyiv1", [BLOCK], flood_book.REFUSED, NOW - 60)
    call = replace(made_call(NOW - 30, "refused as a flood"), number=NUMBER)
    store.record(bed.database, [replace(call, id=f"r{at}", started=NOW - 30 + at) for at in range(12)])


def test_a_manager_sees_what_is_refused_and_why(bed: DeskBed, nodes: list[GlobalsSwitch]) -> None:
    assert "Nobody is refused" in bed.signed_in("nataliia").get("/floods").text
    refused(bed, nodes)
    page = bed.signed_in("nataliia").get("/floods").text
    for text in (
        "+380671112",
        "many calls from one block of numbers",
        "8 calls in 120 s",
        "kyiv1",
        ">12</a>",
        "refused",
    ):
        assert text in page
    assert "status=refused+as+a+flood" in page or "status=refused%20as%20a%20flood" in page


def test_a_refusal_that_only_freeswitch_knows_is_shown(bed: DeskBed, nodes: list[GlobalsSwitch]) -> None:
    floods.refuse(nodes[1], FloodRefusal(NUMBER, ("",), NOW + 900, "by hand"), NOW)
    page = bed.signed_in("nataliia").get("/floods").text
    assert "everybody who is not known" in page
    assert "refused by a person" in page


@pytest.mark.parametrize("name", ["ivan", "olena", "audit"])
def test_others_neither_see_nor_lift(bed: DeskBed, name: str) -> None:
    assert bed.signed_in(name).get("/floods").status_code == 403
    assert bed.signed_in(name).send("/floods/pass", number=NUMBER, hours="3").status_code == 403


def test_everybody_passes_on_every_node_until_the_manager_ends_it(bed: DeskBed, nodes: list[GlobalsSwitch]) -> None:
    refused(bed, nodes)
    visitor = bed.signed_in("nataliia")
    assert visitor.send("/floods/pass", number=NUMBER, hours="3").status_code == 303
    assert [floods.standing(node)[NUMBER].starts for node in nodes] == [(), ()]
    assert "Everybody passes" in visitor.get("/floods").text
    visitor.send("/floods/pass", number=NUMBER, hours="0")
    assert [floods.standing(node) for node in nodes] == [{}, {}]
    assert "let callers pass a flood" in bed.signed_in("ops").get("/audit").text


def test_a_node_that_does_not_answer_is_named(bed: DeskBed, nodes: list[GlobalsSwitch]) -> None:
    nodes[1].is_away = True
    visitor = bed.signed_in("nataliia")
    assert "Nodes do not answer: kyiv2" in visitor.get("/floods").text
    answer = visitor.send("/floods/pass", number=NUMBER, hours="3")
    assert "Not every node answered" in visitor.get(answer.location).text


@pytest.mark.parametrize("form", [{"number": "x", "hours": "3"}, {"number": NUMBER, "hours": "9"}, {}])
def test_odd_requests_change_nothing(bed: DeskBed, nodes: list[GlobalsSwitch], form: dict[str, str]) -> None:
    assert bed.signed_in("nataliia").send("/floods/pass", **form).status_code == 400
    assert floods.standing(nodes[0]) == {}


@pytest.mark.parametrize("sign", SIGNS)
def test_why_a_call_was_refused_is_told_in_every_language(sign: FloodSign) -> None:
    for language in ("uk", "ru", "pl"):
        found = translated(Texts(language, ZoneInfo("Europe/Kyiv")), refused_text(sign))
        assert not found.is_english, found
