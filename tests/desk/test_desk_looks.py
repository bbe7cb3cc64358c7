"""What pages show people: names instead of ids, numbers as people write them, no dead ends."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from routing.cli.opened import AnySecret
from routing.cli.sample import _greet
from routing.compile.build import build
from routing.desk import application
from routing.desk.alphabetical import alphabetical
from routing.desk.audit import AuditLine
from routing.desk.browser_names import browser_name
from routing.desk.plan import plan_of
from routing.desk.report import heat_map
from routing.desk.upcoming import coming_days
from routing.journal.figures import CallSums
from routing.journal.store import record
from support.desk_bed import TABLE, DeskBed
from support.figures_bed import made_call


def test_a_period_past_midnight_ends_at_a_time_that_clocks_have() -> None:
    night = {"timezone": "Europe/Kyiv", "weekly": [[[1260, 1920], [600, 1440]]] * 7, "days": {}, "holidays": []}
    calendar = plan_of(TABLE | {"calendars": {"duty": night}}).calendars["duty"]
    assert coming_days(calendar, datetime(2026, 12, 1, tzinfo=UTC), 1)[0].periods == ("21:00–08:00", "10:00–24:00")


def test_the_first_day_of_a_calendar_stands_below_its_weekday(bed: DeskBed) -> None:
    page = bed.signed_in("nataliia").get("/calendars").text  # a Monday
    assert page.count('from-1">') == 1 and "from-2" not in page


def test_names_stand_in_the_order_of_the_alphabet() -> None:
    names = ["Юрій", "Іван", "Зоя", "Їжак", "Йосип", "Єва", "Егор", "Łukasz", "Lena", "Marek", "Ґжицький", "Гай", "Дан"]
    found = sorted(names, key=alphabetical)
    assert found == ["Lena", "Łukasz", "Marek", "Гай", "Ґжицький", "Дан", "Егор", "Єва", "Зоя", "Іван", "Їжак",
                     "Йосип", "Юрій"]  # fmt: skip


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
         "Mobile/15E148 Safari/604.1", "Safari 18, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
         "Safari/537.36 Edg/142.0.0.0", "Edge 142, macOS"),
        ("curl/8.1", "curl/8.1"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_session_says_which_browser_it_is(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_the_key_of_one_time_codes_can_be_typed(bed: DeskBed) -> None:
    page = bed.signed_in("ivan").get("/settings").text
    secret = page.partition('name="secret" value="')[2].partition('"')[0]
    assert len(secret) >= 16 and f"{secret}</code>" in page


def test_the_audit_log_is_filtered_by_deed_and_day(bed: DeskBed) -> None:
    noon = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
    bed.services.audit.add(AuditLine(noon - 86_400, "ops", "admin", "link", "the day before"))
    for action, subject in (("link", "wanted"), ("password", "another deed")):
        bed.services.audit.add(AuditLine(noon, "ops", "admin", action, subject))
    visitor = bed.signed_in("ops")
    page = visitor.get("/audit?action=link&since=2026-11-28&until=2026-11-28").text
    assert "wanted" in page and "the day before" not in page and "another deed" not in page
    assert '<option value="link" selected>gave a sign-in link</option>' in page and 'value="2026-11-28"' in page
    assert "wanted" in visitor.get("/audit?since=nonsense&until=2026-99-99").text
    assert "wanted" not in visitor.get("/audit?until=2026-11-27").text
    assert "Nothing found" in visitor.get("/audit?subject=nobody").text


def test_the_audit_log_names_people_and_leads_to_calls(bed: DeskBed) -> None:
    bed.services.audit.add(AuditLine(1.0, "nataliia", "manager", "listen_recording", "call-1"))
    bed.services.audit.add(AuditLine(2.0, "left", "manager", "password"))
    page = bed.signed_in("ops").get("/audit?who=left").text
    assert "<b>left</b>" in page and '<option value="left" selected>' in page
    page = bed.signed_in("ops").get("/audit").text
    assert "<b>Nataliia Ivanenko</b>" in page and 'href="/calls/call-1"' in page


def test_a_person_chooses_among_nobody(bed: DeskBed) -> None:
    assert 'name="person"' not in bed.signed_in("ivan").get("/journal").text
    page = bed.signed_in("nataliia").get("/journal?scheme=kyiv").text
    assert 'name="person"' in page and '<option value="kyiv" selected>Kyiv</option>' in page


def test_who_has_no_phone_is_not_praised_for_calling_back(bed: DeskBed) -> None:
    page = bed.signed_in("ops").get("/my").text
    assert "You have no phone" in page and "Everybody was called back" not in page


def test_a_missed_call_says_in_the_list_who_did_not_answer(bed: DeskBed) -> None:
    rang = ("maria", "ivan", "petro")
    record(bed.database, [made_call(bed.now - 60, "no answer", rang=rang), made_call(bed.now - 90, person="ivan")])
    page = bed.signed_in("nataliia").get("/journal").text
    assert 'title="Maria Lys, Ivan Koval, Petro Moroz">not answered by Maria Lys, Ivan Koval' in page
    assert page.count("not answered by") == 1


def test_a_sign_in_link_names_whom_it_is_for(bed: DeskBed) -> None:
    assert "Ivan Koval</h2>" in bed.signed_in("ops").send("/accounts/ivan/link").text


def test_a_call_leads_back_to_the_list_that_led_to_it(bed: DeskBed) -> None:
    record(bed.database, [made_call(bed.now - 60, id_="one")])
    visitor = bed.signed_in("nataliia")

    def back(came_from: str) -> str:
        page = visitor.client.get("/calls/one", headers={"Referer": came_from}).text
        return page.partition('class="crumbs"><a href="')[2].partition('"')[0]

    assert back("http://localhost/journal?period=yesterday&status=missed") == (
        "/journal?period=yesterday&amp;status=missed"
    )
    for elsewhere in ("", "http://localhost/my?x=1", "http://evil.example/journal?x=1", "http://localhost/journal"):
        assert back(elsewhere) == "/journal"


def test_the_audit_log_says_what_was_exported_in_words(bed: DeskBed) -> None:
    bed.signed_in("nataliia").get("/export/journal.csv?scheme=kyiv&status=missed")
    bed.signed_in("nataliia").get("/export/journal.csv")
    page = bed.signed_in("ops").get("/audit").text
    assert "Status: all missed; Scheme: Kyiv" in page and "status=missed" not in page
    bed.services.audit.add(AuditLine(3.0, "nataliia", "manager", "export_calls", "period=of a later version"))
    assert "of a later version" in bed.signed_in("ops").get("/audit").text
    assert ">all calls</td>" in page and ">by a link</td>" in page


def test_a_longest_wait_counts_the_jumps_as_the_picture_does(tmp_path: Path) -> None:
    schemes = tmp_path / "schemes"
    schemes.mkdir()
    (schemes / "project.yaml").write_text(
        "project: {name: shop, timezone: Europe/Kyiv, country: UA}\n"
        'gateways: {trunk: {proxy: sip.example.com, numbers: ["+380441230001"]}}\n'
        'people: {ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}}\n'
    )
    (schemes / "front.yaml").write_text(
        'scheme: front\nnumbers: ["+380441230001"]\nsteps:\n  - ring: {to: ivan, for: 20s}\n  - scheme: back\n'
    )
    (schemes / "back.yaml").write_text("scheme: back\nsteps:\n  - ring: {to: ivan, for: 30s}\n  - hangup\n")
    release = build(schemes, tmp_path / "root", lambda where: AnySecret())
    shown = json.loads((release.folder / "desk.json").read_text())["schemes"]
    assert {name: facts["longest_s"] for name, facts in shown.items()} == {
        name: round(seconds) for name, seconds in release.longest.items()
    }
    assert shown["front"]["longest_s"] >= 50 > shown["back"]["longest_s"] >= 30


def test_the_sample_lets_in_whoever_has_something_to_see(bed: DeskBed, capsys: pytest.CaptureFixture[str]) -> None:
    calls, root = Counter({"ivan": 2, "petro": 9}), Path("/a/root")
    _greet(bed.services.plan, bed.services.accounts, "127.0.0.1:1", calls, root)
    greeting = capsys.readouterr().out
    assert "(Petro Moroz)" in greeting
    assert "routing account link NAME --root /a/root --address http://127.0.0.1:1" in greeting


def test_one_missed_call_makes_no_red_hour() -> None:
    cells = heat_map({(0, 7): CallSums(incoming=1, missed=1), (0, 8): CallSums(incoming=9, missed=9)}).rows[0]
    assert [(cell.share_level, cell.has_few) for cell in cells] == [(5, True), (5, False)]


def test_a_changed_file_of_the_page_has_another_address(bed: DeskBed) -> None:
    page = bed.visitor().get("/sign-in").text
    found = re.search(r"/static/desk\.css\?v=([0-9a-f]{10})", page)
    assert (
        found
        and sha256((Path(application.__file__).parent / "static/desk.css").read_bytes()).hexdigest()[:10] == found[1]
    )
    assert bed.visitor().get(found[0]).status_code == 200
