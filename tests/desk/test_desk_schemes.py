"""Schemes, calendars, releases and the directory at the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from routing.cli.opened import AnySecret
from routing.cli.published import remember
from routing.compile.build import build
from routing.desk import pictures
from routing.desk.override_state import overrides, set_everywhere
from routing.desk.plan import plan_of
from routing.desk.upcoming import coming_days
from routing.model.callback_times import next_change
from routing.model.problem import UserFailure
from routing.release.publish import PublishResult, current
from support.desk_bed import TABLE, DeskBed

SCHEMES = {
    "project.yaml": """
project: {name: shop, timezone: Europe/Kyiv, country: UA}
gateways: {trunk: {proxy: sip.example.com, numbers: ["+380441230001"]}}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
people:
  ivan: {name: Ivan Koval, phones: {desk: {sip: "1001"}}}
  petro: {name: Petro Moroz, phones: {desk: {sip: "1002"}}}
""",
    "kyiv.yaml": """
scheme: kyiv
numbers: ["+380441230001"]
hours: office
steps:
  - hours: {closed: [{hangup: USER_BUSY}]}
  - ring: {to: ivan, for: 20s}
  - ring: {to: petro, for: 10s}
  - hangup
""",
}


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
def bed(tmp_path: Path) -> Iterator[DeskBed]:
    bed = DeskBed(tmp_path)
    yield bed
    bed.close()


@pytest.fixture
def nodes(bed: DeskBed) -> list[FakeSwitch]:
    found = [FakeSwitch(), FakeSwitch()]
    object.__setattr__(bed.services, "switches", {"kyiv1": found[0], "kyiv2": found[1]})
    return found


@pytest.fixture
def publish(bed: DeskBed) -> Callable[[str], str]:
    """Publish the schemes with another ring time; returns the release."""
    root, schemes = bed.services.root, bed.services.root / "schemes"
    schemes.mkdir()

    def publish(seconds: str = "20s") -> str:
        for name, text in SCHEMES.items():
            (schemes / name).write_text(text.replace("20s", seconds))
        before = current(root)
        release = build(schemes, root, lambda where: AnySecret()).name
        for name, target in (("current", release), ("previous", before)):
            if target:
                (root / name).unlink(missing_ok=True)
                (root / name).symlink_to(f"releases/{target}")
        remember(root, PublishResult(release, before, "done"), "publish", schemes)
        return release

    return publish


def test_a_call_now_shows_who_rings_in_which_order(bed: DeskBed, publish: Callable[[str], str]) -> None:
    publish("20s")
    page = bed.signed_in("nataliia").get("/schemes/kyiv").text
    first, second = page.index("Ivan Koval"), page.index("Petro Moroz")
    assert first < second
    assert "<time>0:20</time>" in page and "<time>0:30</time>" in page


def test_a_call_at_another_time_meets_other_hours(bed: DeskBed, publish: Callable[[str], str]) -> None:
    publish("20s")
    visitor = bed.signed_in("nataliia")
    assert "Nobody is rung" in visitor.get("/schemes/kyiv?at=2026-11-28T12:00").text
    assert "Ivan Koval" in visitor.get("/schemes/kyiv?at=2026-11-27T12:00&caller=067 123 45 67").text
    assert "This is not a phone number." in visitor.get("/schemes/kyiv?caller=<script>").text
    assert visitor.get("/schemes/kyiv?at=nonsense&number=%00").status_code == 200
    assert visitor.get("/schemes/nothing").status_code == 404


def test_a_scheme_is_drawn_from_the_files_of_its_release(bed: DeskBed, publish: Callable[[str], str]) -> None:
    publish("20s")
    visitor = bed.signed_in("nataliia")
    answer = visitor.get("/schemes/kyiv/picture.svg")
    assert answer.mimetype == "image/svg+xml" and "<svg" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "/schemes/kyiv/picture.svg" in visitor.get("/schemes/kyiv").text
    assert visitor.get("/schemes/..%2f..%2fetc/picture.svg").status_code == 404


def test_schemes_are_found_by_name_title_and_number(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    assert "Kyiv" in visitor.get("/schemes?q=44 123 0001").text
    assert "Nothing found" in visitor.get("/schemes?q=nowhere").text


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


def test_a_release_shows_its_history_and_what_callers_notice(
    bed: DeskBed, publish: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = publish("20s"), publish("30s")
    visitor = bed.signed_in("nataliia")
    page = visitor.get("/releases").text
    assert old in page and new in page and f"/releases/{old}..{new}" in page
    monkeypatch.setattr(pictures.subprocess, "run", _no_process)
    (bed.services.root / "diffs").mkdir()
    (bed.services.root / f"diffs/{old}..{new}.txt").write_text("rings 30 s <instead> of 20 s")
    assert "rings 30 s &lt;instead&gt; of 20 s" in visitor.get(f"/releases/{old}..{new}").text
    assert "cannot be compared" in visitor.get(f"/releases/{old}..{'0' * 12}").text
    assert visitor.get("/releases/..%2f..%2fx..y").status_code == 404


def _no_process(*_: object, **__: object) -> None:
    raise AssertionError("a difference that is known is not made again")


def test_only_admins_roll_back_and_twice_undoes_it(bed: DeskBed, publish: Callable[[str], str]) -> None:
    old, new = publish("20s"), publish("30s")
    assert bed.signed_in("nataliia").send("/releases/rollback").status_code == 403
    visitor = bed.signed_in("ops")
    assert visitor.send("/releases/rollback").status_code == 303
    assert current(bed.services.root) == old
    page = visitor.get("/releases").text
    assert "Operations" in page and "Rolled back at the desk" in page
    visitor.send("/releases/rollback")
    assert current(bed.services.root) == new


def test_a_rollback_without_an_earlier_release_says_so(bed: DeskBed, publish: Callable[[str], str]) -> None:
    publish("20s")
    answer = bed.signed_in("ops").send("/releases/rollback")
    assert (answer.status_code, "there is no earlier release" in answer.text) == (409, True)
    assert issubclass(UserFailure, Exception)


def test_the_directory_finds_people_and_masks_numbers_where_roles_need_none(bed: DeskBed) -> None:
    manager, auditor = bed.signed_in("nataliia"), bed.signed_in("audit")
    assert "050 000 0003" in manager.get("/directory?q=maria").text
    masked = auditor.get("/directory?q=maria").text
    assert "+380500000003" not in masked and "+38050000••••" in masked
    assert "Ivan Koval" in manager.get("/directory?q=koval uk").text
    assert "Ivan Koval" not in manager.get("/directory?q=nobody").text
    group = manager.get("/directory?group=sales").text
    assert "Petro Moroz" in group and "Maria Lys" not in group
