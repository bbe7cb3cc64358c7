"""Who has heard, saved, joined or exported a call: its page says so. The audit log keeps no forgotten number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from routing.desk.audit import BEGUN, FAILED, AuditLine
from routing.desk.call_traces import traces_of
from routing.desk.forgetting import forget_client
from routing.desk.journal_filter import TypedFilter
from routing.desk.noted_filter import noted, read
from routing.desk.schema import audit
from routing.journal.query import whole_call
from routing.model.desk import ALLOWED, Right, Role
from support.desk_bed import NOW, OF_ROLE, DeskBed, lines_of_audit
from support.desk_calls import record, talk

CLIENT = "+380671234567"


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[DeskBed]:
    bed = DeskBed(tmp_path)
    sound = tmp_path / "recordings" / "calls" / "c1.wav"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"sound")
    first = talk("c1", "ivan", started=NOW - 900, recording=str(sound), tags=("vip",))
    record(bed, first, talk("c2", "maria", started=NOW - 600, client="+380501112233"))
    yield bed
    bed.close()


def traces(bed: DeskBed, call: str) -> list[tuple[str, str, str]]:
    """Who did what with a call, the newest first."""
    found = whole_call(bed.database, call)
    assert found and bed.plan
    return [(each.name, each.action, each.detail) for each in traces_of(bed.database, bed.plan, found)]


def test_a_call_says_who_heard_saved_joined_and_exported_it(bed: DeskBed) -> None:
    bed.services.audit.add(AuditLine(bed.now, "nataliia", Role.MANAGER, "join_whisper", "c1", f"ivan, {CLIENT}"))
    olena, audit = bed.signed_in("olena"), bed.signed_in("audit")
    olena.get("/recordings/c1")
    olena.get("/recordings/c1?save=1")
    olena.get("/export/journal.csv?tag=vip&period=today")
    audit.get("/export/journal.xlsx?person=maria")
    assert traces(bed, "c1") == [
        ("olena", "export_calls", "csv"), ("olena", "save_recording", "recording"),
        ("olena", "listen_recording", "recording"), ("nataliia", "join_whisper", ""),
    ]  # fmt: skip
    assert traces(bed, "c2") == [("audit", "export_calls", "xlsx")]
    page = bed.signed_in("nataliia").get("/calls/c1").text
    for shown in ("Who heard or exported it", "Olena Bondar", "saved a recording", "whispered into a call"):
        assert shown in page, shown
    assert "Nobody has heard" not in page


def test_a_call_that_nobody_has_heard_says_so(bed: DeskBed) -> None:
    assert "Nobody has heard" in bed.signed_in("ops").get("/calls/c2").text


def test_an_export_counts_for_the_calls_that_it_held_alone(bed: DeskBed) -> None:
    bed.signed_in("olena").get("/export/journal.csv")
    assert (traces(bed, "c1"), traces(bed, "c2")) == ([("olena", "export_calls", "csv")], []), "a head has no such call"
    manager = bed.signed_in("nataliia")
    for query in ("status=missed", "period=yesterday", "scheme=shop", "client=0509999999", "direction=out", "tag=x"):
        manager.get(f"/export/journal.csv?{query}")
    assert traces(bed, "c2") == []
    manager.get("/export/journal.csv?client=050 111 22 33&status=answered&scheme=kyiv&person=maria")
    assert traces(bed, "c2") == [("nataliia", "export_calls", "csv")]
    record(bed, talk("later", "maria", started=bed.now + 60))
    assert traces(bed, "later") == [], "what was exported before a call is not the call"


@pytest.mark.parametrize("role", list(Role))
def test_the_traces_are_seen_by_managers_auditors_and_admins_alone(bed: DeskBed, role: Role) -> None:
    page = bed.signed_in(OF_ROLE[role]).get("/calls/c1").text
    assert ("Who heard or exported it" in page) == (role in ALLOWED[Right.TRACES])
    assert (Right.TRACES in {right for right in Right if Role.HEAD in ALLOWED[right]}) is False


def test_nothing_is_heard_without_a_line(bed: DeskBed) -> None:
    visitor = bed.signed_in("ivan")
    with bed.database.begin() as connection:
        connection.execute(text("ALTER TABLE desk_audit RENAME TO gone"))
    answer = visitor.get("/recordings/c1")
    assert answer.status_code == 503 and b"sound" not in answer.data
    with bed.database.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO desk_audit"))
    assert visitor.get("/recordings/c1").data == b"sound"
    assert traces(bed, "c1") == [("ivan", "listen_recording", "recording")]


def test_what_failed_and_what_nobody_knows_is_said(bed: DeskBed) -> None:
    visitor = bed.signed_in("ops")
    for outcome in (BEGUN, FAILED):
        line = AuditLine(bed.now, "olena", Role.HEAD, "listen_recording", "c1", "recording", outcome=outcome)
        bed.services.audit.add(line)
    page = visitor.get("/audit?subject=c1").text
    assert "not known whether it was done" in page and "failed" in page
    assert len(traces(bed, "c1")) == 1, "nobody has heard what failed"
    assert "not known whether it was done" in visitor.get("/calls/c1").text


def test_a_line_is_settled_by_the_answer(bed: DeskBed, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = bed.signed_in("ops")
    visitor.send("/accounts/ivan/link")
    monkeypatch.setattr("routing.desk.sessions.Sessions.end", _broken)
    assert visitor.send("/accounts/ivan/sign-out").status_code == 503
    with bed.database.connect() as connection:
        lines = connection.execute(select(audit.c.action, audit.c.outcome).order_by(audit.c.n)).all()
    assert [tuple(line) for line in lines] == [("sign_in", ""), ("link", ""), ("end_sessions", FAILED)]


def _broken(*_: object, **__: object) -> int:
    raise OperationalError("DELETE", {}, Exception("gone"))


TYPED = [
    ({"client": "067 123 45 67"}, "client=+380671234567"), ({"client": CLIENT}, "client=+380671234567"),
    ({"client": "+3806712345"}, "client=+380671"), ({"client": "0671234"}, "client=+380671"),
    ({"client": "+38067"}, "client=+38067"), ({"client": "+3806712345678"}, "client=+380671"),
    ({"client": "+"}, "client="), ({"tag": "call 0671234567 back"}, "tag=call%200671" + "%E2%80%A2" * 5 + "67%20back"),
    ({"since": "2026-11-29", "client": "0671234567"}, "client=+380671234567&since=2026-11-29"),
    ({"number": "0441230001", "scheme": "kyiv"}, "number=+380441230001&scheme=kyiv"),
    ({"tag": "a+b & c=d"}, "tag=a+b%20%26%20c%3Dd"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), TYPED)
def test_of_a_typed_number_the_log_keeps_what_can_be_forgotten(given: dict[str, str], kept: str) -> None:
    assert noted(TypedFilter(**given), "UA") == kept
    assert noted(read(kept), "UA") == kept.removesuffix("client=")


@pytest.mark.parametrize("typed", ["0671234567", CLIENT, "+38 (067) 123-45-67", "067123456", "38067123456"])
def test_a_forgotten_client_is_in_no_line_of_an_export(bed: DeskBed, typed: str) -> None:
    bed.signed_in("nataliia").get("/export/journal.csv", query_string={"client": typed, "tag": typed})
    forget_client(bed.database, "shop", CLIENT, None)
    lines = str(bed.services.audit.lines())
    assert all(part not in lines.replace("%20", "").replace("-", "") for part in ("0671234", "123456", "1234567"))


def test_lines_of_an_older_version_lose_the_number_too(bed: DeskBed) -> None:
    bed.services.audit.add(
        AuditLine(bed.now, "olena", Role.HEAD, "export_calls", "client=%2B380671234567&tag=x", "csv")
    )
    bed.services.audit.mask(CLIENT)
    assert [line.subject for line in bed.services.audit.lines()] == ["client=•••67&tag=x"]


def test_who_may_not_see_numbers_sees_none_in_the_log(bed: DeskBed) -> None:
    bed.services.audit.add(AuditLine(NOW, "ivan", Role.PERSON, "call", CLIENT, "desk"))
    bed.services.audit.add(AuditLine(NOW, "olena", Role.HEAD, "join_listen", "c1", f"ivan, {CLIENT}"))
    auditor = bed.signed_in("audit")
    for query in ("", "?subject=c1"):
        page = auditor.get(f"/audit{query}").text
        assert "+380" in page and CLIENT not in page
    guess = lines_of_audit(auditor.get(f"/audit?subject=%2B{CLIENT[1:]}").text)
    assert "listened to a call" in guess, "the number is not searched for"
    assert CLIENT in bed.signed_in("ops").get("/audit").text
