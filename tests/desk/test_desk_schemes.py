"""Schemes, releases and the directory at the desk."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from routing.cli.opened import AnySecret
from routing.cli.published import remember
from routing.compile.build import build
from routing.desk import pictures
from routing.desk.serve import DeskHandler
from routing.graph.palette import DARK, LIGHT
from routing.model.problem import UserFailure
from routing.release.publish import PublishResult, current
from support.desk_bed import DeskBed

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
    for moment in ("nonsense", "0001-01-01T00:00", "9999-12-31T23:59", "2026-03-29T03:30", "2026-10-25T03:30"):
        assert visitor.get(f"/schemes/kyiv?at={moment}&number=%00").status_code == 200, moment
    assert visitor.get("/schemes/nothing").status_code == 404


def test_a_scheme_is_drawn_from_the_files_of_its_release(bed: DeskBed, publish: Callable[[str], str]) -> None:
    publish("20s")
    visitor = bed.signed_in("nataliia")
    answer = visitor.get("/schemes/kyiv/picture.svg")
    assert answer.mimetype == "image/svg+xml" and "<svg" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "/schemes/kyiv/picture.svg" in visitor.get("/schemes/kyiv").text
    assert visitor.get("/schemes/..%2f..%2fetc/picture.svg").status_code == 404


@pytest.mark.parametrize(
    ("theme", "dark_is_offered", "dark_is_first"),
    [("light", False, False), ("dark", True, True), ("auto", True, False)],
)
def test_a_picture_is_dark_where_the_page_is(
    bed: DeskBed, publish: Callable[[str], str], theme: str, dark_is_offered: bool, dark_is_first: bool
) -> None:
    publish("20s")
    visitor = bed.signed_in("nataliia")
    visitor.client.set_cookie("desk_theme", theme)
    shown = visitor.get("/schemes/kyiv").text.partition("<picture>")[2].partition("</picture>")[0]
    assert ('media="(prefers-color-scheme: dark)"' in shown) == (theme == "auto")
    assert ("?paper=dark" in shown) == dark_is_offered
    assert ('<img src="/schemes/kyiv/picture.svg?paper=dark"' in shown) == dark_is_first
    light, dark = (visitor.get(f"/schemes/kyiv/picture.svg{query}").text for query in ("", "?paper=dark"))
    assert (LIGHT.paper in light, LIGHT.paper in dark, DARK.paper in dark) == (True, False, True)


def test_schemes_are_found_by_name_title_and_number(bed: DeskBed) -> None:
    visitor = bed.signed_in("nataliia")
    assert "Kyiv" in visitor.get("/schemes?q=44 123 0001").text
    assert "Nothing found" in visitor.get("/schemes?q=nowhere").text


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


def test_one_comparison_runs_at_a_time_and_the_next_one_runs_after_it(
    bed: DeskBed, publish: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a thread of the desk and a core for as long as a minute."""
    old, new = publish("20s"), publish("30s")
    visitor, inner = bed.signed_in("nataliia"), []

    def run(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        inner.append(visitor.get(f"/releases/{new}..{old}").text)
        return subprocess.CompletedProcess([], 0, b"no differences", b"")

    monkeypatch.setattr(pictures.subprocess, "run", run)
    assert "no differences" in visitor.get(f"/releases/{old}..{new}").text
    assert "another comparison runs" in inner[0] and len(inner) == 1
    assert "no differences" in visitor.get(f"/releases/{new}..{old}").text


@pytest.mark.parametrize(
    ("path", "lasts"),
    [
        ("/releases/0acdf5301677..e4fb957c3089", True), ("/export/journal.csv?client=1", True), ("/live/stream", True),
        ("/recordings/x?save=1", True), ("/releases/rollback", False), ("/releases", False), ("/journal?a=..", False),
        ("/releases?x=/releases/a..b", False), ("/live", False),
    ],
)  # fmt: skip
def test_what_takes_long_is_not_cut_after_ten_seconds(path: str, lasts: bool) -> None:
    handler = DeskHandler.__new__(DeskHandler)
    handler.path = path
    assert handler.streams == lasts


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
