"""Forgetting a client: nothing with their number is left, other clients stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from routing.callbacks.store import CallbackStore
from routing.desk.forgetting import ClientTraces, forget_client, traces
from routing.journal import store
from routing.journal.record import CallRecord
from routing.model.callback import CallbackOrder, CallbackSource, First
from routing.model.flood import KNOWN
from routing.release.known_callers import write_known
from support.desk_bed import DeskBed, lines_of_audit

CLIENT, OTHER = "+380671234567", "+380679999999"


def _call(bed: DeskBed, id_: str, client: str, **facts: object) -> CallRecord:
    plain = CallRecord(
        id=id_, project="shop", direction="in", number="+380441230001", dialled="+380441230001", caller=client,
        client=client, schemes=("kyiv",), release="/r", started=bed.now - 60, answered=0, bridged=0, ended=bed.now,
        status="no answer", cause="ORIGINATOR_CANCEL", ended_by="caller", person="", target="", wait_s=60, talk_s=0,
        recording="", voicemail="", box="", decision="", verdict="", asked_ms=-1, source={}, entities={},
    )  # fmt: skip
    return replace(plain, **facts)  # type: ignore[arg-type]


def _order(bed: DeskBed, client: str) -> None:
    now = bed.now
    CallbackStore(bed.database).order(
        CallbackOrder(
            id=f"order{client[-4:]}", project="shop", number=client, scheme="kyiv", source=CallbackSource.CLI,
            created_s=now, not_before_s=now, expires_s=now + 60, first=First.PERSON, tries_left=3,
        )
    )  # fmt: skip


@pytest.fixture
def filled(bed: DeskBed, tmp_path: Path) -> DeskBed:
    recording = tmp_path / "rec/c1.wav"
    recording.parent.mkdir()
    recording.write_bytes(b"x")
    out = _call(bed, "c2", CLIENT, direction="out", dialled=CLIENT, caller="1001", person="ivan")
    store.record(bed.database, [_call(bed, "c1", CLIENT, recording=str(recording)), out, _call(bed, "c3", OTHER)])
    _order(bed, CLIENT)
    _order(bed, OTHER)
    return bed


def _everything(bed: DeskBed) -> str:
    """Every row of every table."""
    with bed.database.connect() as connection:
        tables = inspect(bed.database).get_table_names()
        return "\n".join(str(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)


def test_the_number_is_in_no_table_afterwards(filled: DeskBed, tmp_path: Path) -> None:
    assert traces(filled.database, "shop", CLIENT) == ClientTraces(2, 1, 1)
    assert CLIENT in _everything(filled)
    assert forget_client(filled.database, "shop", CLIENT, None) == ClientTraces(2, 1, 1)
    assert CLIENT not in _everything(filled)
    assert not (tmp_path / "rec/c1.wav").exists()
    assert traces(filled.database, "shop", OTHER) == ClientTraces(1, 0, 1)
    assert forget_client(filled.database, "shop", CLIENT, None) == ClientTraces()


def test_nobody_passes_a_flood_as_a_known_caller_who_is_forgotten(filled, tmp_path):
    neighbour = f"+99{CLIENT[-3:]}12345{CLIENT[-3:]}"
    write_known(tmp_path, [CLIENT, neighbour])
    file = tmp_path / KNOWN / f"{CLIENT[-3:]}.xml"
    assert CLIENT[1:] in file.read_text()
    forget_client(filled.database, "shop", CLIENT, None, root=tmp_path)
    assert CLIENT[1:] not in file.read_text()
    assert neighbour[1:] in file.read_text()
    forget_client(filled.database, "shop", neighbour, None, root=tmp_path)
    assert not file.exists()
    forget_client(filled.database, "shop", neighbour, None, root=tmp_path)


def test_what_people_did_about_the_client_stays_known_without_the_number(filled: DeskBed) -> None:
    head = filled.signed_in("ops")
    order = f"order{CLIENT[-4:]}"
    assert head.send(f"/callbacks/{order}/cancel").status_code == 303
    assert CLIENT in _everything(filled)
    forget_client(filled.database, "shop", CLIENT, None)
    assert CLIENT not in _everything(filled)
    log = head.get("/audit").text
    assert "•••67" in log and order in log


def test_a_call_that_was_carried_before_its_release_was_known_is_forgotten_too(filled: DeskBed) -> None:
    store.record(filled.database, [_call(filled, "c8", CLIENT, project="")])
    assert forget_client(filled.database, "shop", CLIENT, None).calls == 3


def test_another_projects_client_stays(filled: DeskBed) -> None:
    assert forget_client(filled.database, "other", CLIENT, None) == ClientTraces()
    assert traces(filled.database, "shop", CLIENT).calls == 2


def test_a_call_whose_recording_is_not_here_stays(filled: DeskBed) -> None:
    store.record(filled.database, [_call(filled, "c9", CLIENT, recording="/not/mounted/c9.wav")])
    assert forget_client(filled.database, "shop", CLIENT, None).kept == 1
    assert traces(filled.database, "shop", CLIENT).calls == 1


def test_an_order_that_is_being_dialled_stays(filled: DeskBed) -> None:
    with filled.database.begin() as connection:
        connection.execute(text("UPDATE callbacks SET status = 'dialling' WHERE number = :n"), {"n": CLIENT})
    assert forget_client(filled.database, "shop", CLIENT, None) == ClientTraces(2, 1, 0, 1)


def test_an_admin_sees_what_is_known_and_forgets_it(filled: DeskBed) -> None:
    visitor = filled.signed_in("ops")
    page = visitor.get("/forget?number=067 123 45 67").text
    assert "2 calls, 1 recording, 1 callback." in page
    assert "Forgotten: 2 calls" in visitor.send("/forget", number=CLIENT).text
    assert "knows nothing of this number" in visitor.get(f"/forget?number=%2B{CLIENT[1:]}").text
    log = lines_of_audit(visitor.get("/audit").text)
    assert "forgot a number" in log and CLIENT not in log
    assert visitor.send("/forget", number="<script>").status_code == 400
    assert filled.signed_in("nataliia").send("/forget", number=OTHER).status_code == 403
