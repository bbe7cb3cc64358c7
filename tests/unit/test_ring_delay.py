"""People who ring one after the other begins, and together from then on."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.cli.opened import opened
from routing.model.problem import Problems
from routing.offline.phones import ScriptedPhones
from routing.offline.switch import OfflineCall

COMPANY = """\
project: {name: a, timezone: Europe/Kyiv, country: UA}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}, soft: {sip: "1003"}}, ring: [desk, {soft: after 3s}]}
  petro: {name: Petro, phones: {desk: {sip: "1004"}}}
groups: {sales: [ivan, olena, petro]}
"""
SCHEME = 'scheme: a\nnumbers: ["+380441112233"]\nsteps: [{{ring: {{to: sales, {settings}}}}}, hangup]\n'


def folder(tmp_path, settings):
    (tmp_path / "company.yaml").write_text(COMPANY)
    (tmp_path / "a.yaml").write_text(SCHEME.format(settings=settings))
    return tmp_path


def rung(tmp_path, settings):
    with opened(folder(tmp_path, settings)) as published:
        call = OfflineCall("+380441112233", "+380671112233", datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Kyiv")))
        events = published.run(call, ScriptedPhones.of({}))
    began = {event.subject: event.at_ms / 1000 for event in events if event.kind == "ring"}
    ended = {event.subject: event.at_ms / 1000 for event in events if event.kind == "ring_end"}
    return {name: (began[name], ended[name]) for name in began}


def test_each_begins_later_and_rings_as_long(tmp_path):
    assert rung(tmp_path, "delay: 5s, for: 20s") == {
        "ivan.desk": (0, 20), "olena.desk": (5, 25), "olena.soft": (8, 25), "petro.desk": (10, 30),
    }  # fmt: skip


def test_not_longer_than_the_step(tmp_path):
    assert rung(tmp_path, "delay: 5s, for: 20s, at_most: 9s") == {
        "ivan.desk": (0, 9), "olena.desk": (5, 9), "olena.soft": (8, 9),
    }  # fmt: skip


@pytest.mark.parametrize("other", ["order: in_order", "order: random", "only: free"])
def test_only_of_people_who_ring_together(tmp_path, other):
    settings = f"{other}, delay: 5s"
    with pytest.raises(Problems, match="`delay` is for people who ring together"), opened(folder(tmp_path, settings)):
        pass
