"""Calendars at the desk: overrides by hand on every node, special days, the next change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from routing.desk.override_state import overrides, set_everywhere
from routing.desk.plan import plan_of
from routing.desk.upcoming import coming_days
from routing.model.callback_times import next_change
from support.desk_bed import TABLE, DeskBed


class FakeSwitch:
    """A node's FreeSWITCH: its globals and tasks. ``down``: it does not answer."""

    def __init__(self) -> None:
        self.globals: dict[str, str] = {"domain": "x", "hours_office": ""}
        self.tasks: dict[str, int] = {}
        self.down = False

    def __call__(self, command: str) -> str:
        if self.down:
            raise OSError("connection refused")
        verb, _, rest = command.partition(" ")
        match verb:
            case "global_getvar":
                return "\n".join(f"{name}={value}" for name, value in self.globals.items())
            case "global_setvar":
                name, _, self.globals[name] = rest.partition("=")
            case "sched_del":
                self.tasks.pop(rest, None)
            case "sched_api":
                after, group, _ = rest.split(" ", 2)
                self.tasks[group] = int(after)
            case "show":
                rows = [f'{{"task_group": "{group}", "task_runtime": "{at}"}}' for group, at in self.tasks.items()]
                return f'{{"rows": [{", ".join(rows)}]}}'
        return "+OK"


@pytest.fixture
def nodes(bed: DeskBed) -> list[FakeSwitch]:
    found = [FakeSwitch(), FakeSwitch()]
    object.__setattr__(bed.services, "switches", {"kyiv1": found[0], "kyiv2": found[1]})
    return found


@pytest.mark.usefixtures("nodes")
def test_only_managers_override_calendars(bed: DeskBed) -> None:
    assert "Close" in bed.signed_in("nataliia").get("/calendars").text
    assert bed.signed_in("olena").send("/calendars/office/override", state="closed").status_code == 403


def test_an_override_reaches_every_node_and_can_be_undone(bed: DeskBed, nodes: list[FakeSwitch]) -> None:
    visitor = bed.signed_in("nataliia")
    assert visitor.send("/calendars/office/override", state="closed", until="15:00").status_code == 303
    assert [node.globals["hours_office"] for node in nodes] == ["closed", "closed"]
    assert all(node.globals["opens_office"].endswith(" 15 00") for node in nodes)
    assert [node.tasks["routing_hours_office"] for node in nodes] == [3 * 3600] * 2
    assert "by hand" in visitor.get("/calendars").text
    visitor.send("/calendars/office/override", state="auto")
    assert [node.globals["hours_office"] for node in nodes] == ["", ""] and nodes[0].tasks == {}
    assert "by hand" not in visitor.get("/calendars").text
    assert "closed 15:00" in bed.signed_in("ops").get("/audit").text


def test_a_node_that_does_not_answer_is_told(bed: DeskBed, nodes: list[FakeSwitch]) -> None:
    visitor = bed.signed_in("nataliia")
    nodes[1].down = True
    answer = visitor.send("/calendars/office/override", state="open")
    assert "Not every node answered" in visitor.get(answer.location).text
    nodes[1].down = False
    assert "nodes differ" in visitor.get("/calendars").text
    nodes[0].down = nodes[1].down = True
    assert "nodes do not answer" in visitor.get("/calendars").text


@pytest.mark.parametrize(
    "form", [{"state": "open;system ls"}, {"state": "open", "until": "25:00"}, {"state": "open", "until": "1\n2"}, {}]
)
def test_a_hostile_override_reaches_no_node(bed: DeskBed, nodes: list[FakeSwitch], form: dict[str, str]) -> None:
    assert bed.signed_in("nataliia").send("/calendars/office/override", **form).status_code == 400
    assert bed.signed_in("nataliia").send("/calendars/x y/override", state="open").status_code == 404
    assert nodes[0].globals["hours_office"] == ""


def test_a_switch_that_refuses_is_a_failure() -> None:
    assert set_everywhere([lambda _: "-ERR no"], "office", "open", 60) == 1
    assert overrides(plan_of(TABLE), [lambda _: "garbage"], 0)["office"].by_hand == ""


def test_calendars_show_special_days_and_the_next_change() -> None:
    calendar = plan_of(TABLE).calendars["office"]
    now = datetime(2026, 12, 23, 15, 30, tzinfo=UTC)
    days = coming_days(calendar, now, 4)
    assert [day.periods for day in days] == [("09:00–18:00",), ("09:00–13:00",), (), ()]
    assert [(day.is_holiday, day.is_special) for day in days] == [(0, 0), (0, 1), (1, 1), (0, 0)]
    assert next_change(calendar, now) == datetime(2026, 12, 23, 16, 0, tzinfo=UTC)
