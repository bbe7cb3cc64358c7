"""What is wrong after the kills: a deed that was acknowledged and is not there, a line without its deed, a deed without
its line, a session that is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import requests

from routing.desk.accounts import SignInRefused
from routing.desk.people_store import people_stores
from support.desk_killed import MortalDesk


def wrongs(bed: MortalDesk) -> list[str]:
    """Every mistake, in words."""
    return [*bed.faults, *_links(bed), *_lines(bed), *_callbacks(bed), *_sessions(bed), *_state(bed), *_password(bed),
            *_calls(bed)]  # fmt: skip


def _links(bed: MortalDesk) -> Iterator[str]:
    there = {row[0] for row in bed.rows("SELECT id FROM desk_links")}
    yield from (f"a link is lost: {key}" for key in bed.ledger.of("link") if key not in there)
    lines = bed.rows("SELECT COUNT(*) FROM desk_audit WHERE action = 'link'")[0][0]
    done = bed.rows("SELECT COUNT(*) FROM desk_audit WHERE action = 'link' AND outcome = ''")[0][0]
    given = bed.rows("SELECT COUNT(*) FROM desk_links WHERE name = 'nataliia' AND purpose = 'enter'")[0][0]
    if not done <= given <= lines:
        yield f"{given} links, {lines} lines of links, {done} of them done"


def _lines(bed: MortalDesk) -> Iterator[str]:
    heard = {row[0] for row in bed.rows("SELECT subject FROM desk_audit WHERE action = 'listen_recording'")}
    yield from (f"somebody listened without a line: {key}" for key in bed.ledger.of("listen") if key not in heard)
    exported = {row[0] for row in bed.rows("SELECT subject FROM desk_audit WHERE action = 'export_calls'")}
    yield from (f"an export without a line: {key}" for key in bed.ledger.of("export") if f"tag={key}" not in exported)


def _callbacks(bed: MortalDesk) -> Iterator[str]:
    states = dict(bed.rows("SELECT id, status FROM callbacks"))
    lines: dict[str, set[str]] = {}
    for order, outcome in bed.rows("SELECT subject, outcome FROM desk_audit WHERE action = 'callback_cancel'"):
        lines.setdefault(order, set()).add(outcome)
    for order in bed.ledger.of("cancel"):
        if states[order] != "cancelled" or "" not in lines.get(order, ()):
            yield f"a cancelled order is {states[order]}, its lines say {lines.get(order)}"
    for order, state in states.items():
        if state == "cancelled" and order not in lines:
            yield f"{order} was cancelled without a line"
        if state != "cancelled" and "" in lines.get(order, ()):
            yield f"a line says that {order} was cancelled, it is {state}"


def _sessions(bed: MortalDesk) -> Iterator[str]:
    known = bed.ledger.of("session")
    for key in known:
        name, _, token = key.partition(" ")
        if name == "nataliia":
            continue  # a new password ends the other ones
        answer = requests.get(f"{bed.address}/settings", cookies={"desk_session": token}, timeout=60)
        if answer.url.rstrip("/") != f"{bed.address}/settings":
            yield f"the session of {name} is lost"
    for name in ("ivan", "ops"):
        began = bed.rows(f"SELECT COUNT(*) FROM desk_sessions WHERE name = '{name}'")[0][0]
        lines = bed.rows(f"SELECT COUNT(*) FROM desk_audit WHERE name = '{name}' AND action = 'sign_in'")[0][0]
        if began > lines:
            yield f"{began} sessions of {name}, {lines} lines of sign-ins"


def _state(bed: MortalDesk) -> Iterator[str]:
    """The last one that was acknowledged, or one that was tried after it."""
    tries = sorted((int(key.split()[0]), key.split()[1], known) for (kind, key), known in bed.ledger.deeds.items()
                   if kind == "state")  # fmt: skip
    last = max((at for at, _, known in tries if known), default=0)
    allowed = {what for at, what, _ in tries if at >= last}
    with people_stores(bed.redis)("shop") as people:
        found = "dnd_on" if people.record("ivan").is_away else "dnd_off"
    if tries and found not in allowed:
        yield f"ivan's state is {found}, not one of {allowed}"


def _password(bed: MortalDesk) -> Iterator[str]:
    for new in [*bed.ledger.of("password", known=False), *reversed(bed.ledger.of("password"))]:
        try:
            bed.accounts().check("nataliia", new, time.time() + 7200)
            return
        except SignInRefused:
            if new in bed.ledger.of("password"):
                yield f"the password {new} is not accepted"
                return


def _calls(bed: MortalDesk) -> Iterator[str]:
    """Each call once, and nothing left in the spool."""
    deadline_s = time.monotonic() + 180
    wanted = set(bed.ledger.of("call"))
    while time.monotonic() < deadline_s:
        there = [row[0] for row in bed.rows("SELECT id FROM calls")]
        if wanted <= set(there):
            break
        time.sleep(0.5)
    yield from (f"the call {call} is lost" for call in wanted - set(there))
    half = bed.rows(
        "SELECT id FROM calls WHERE id NOT IN (SELECT call FROM legs) AND id NOT IN (SELECT call FROM steps)"
    )
    yield from (f"the call {call} is half written" for (call,) in half)
