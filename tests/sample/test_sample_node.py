"""The sample's node, on which calendars are overridden as on FreeSWITCH; callers whom the site knows by name."""

from __future__ import annotations

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

import pytest

from routing.release.overrides import AUTO, every_override, override, override_of
from routing.sample.node import SampleNode
from routing.sample.traffic import Traffic


def test_an_override_holds_until_its_end_or_until_somebody_ends_it() -> None:
    now = [1000.0]
    node = SampleNode(lambda: now[0])
    override(node, "office", "closed", 60, opens="10:00")
    override(node, "shop", "open")
    assert every_override(node) == {"office": ("closed", 1060), "shop": ("open", 0)}
    override(node, "shop", AUTO)
    assert override_of(node, "shop") == AUTO
    now[0] = 1060.0
    assert every_override(node) == {}


def test_what_only_a_freeswitch_can_do_fails_as_without_one() -> None:
    with pytest.raises(OSError, match="no FreeSWITCH"):
        SampleNode(lambda: 0.0)("originate user/1001 &park")


def test_the_site_calls_half_of_its_visitors_by_a_name_always_the_same() -> None:
    traffic = Traffic(["+380441230001"], ["+380441230701"], "UA", ZoneInfo("Europe/Kyiv"), Random(1), 200)
    names: dict[str, set[str]] = {}
    for day in range(1, 15):
        for caller in traffic.of(date(2026, 11, day)):
            if caller.visitor:
                names.setdefault(caller.client, set()).add(caller.visitor.entities.get("name", ""))
    assert all(len(each) == 1 for each in names.values())
    named = sum(each != {""} for each in names.values())
    assert len(names) / 3 < named < len(names) * 2 / 3
