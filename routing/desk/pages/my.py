"""My calls: missed clients to call back, calls promised, one's own state, and calling by a click.

What somebody changes holds at once and is confirmed on the page, with a button that undoes it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, redirect, render_template, request, url_for

from routing.desk.current import needs, note, plan, services, user
from routing.desk.own_query import missed_clients, orders_of
from routing.desk.phoning import NotPhoned, begin, chosen_phone, dialled_number, live_folder, own_phones
from routing.model.desk import Right
from routing.model.desk_call import ClickedCall
from routing.model.memory import Forgotten
from routing.model.queue import EVERY_QUEUE, DutyRecord

#: What can be set -> what undoes it.
UNDONE_BY = {
    "dnd_on": "dnd_off", "dnd_off": "dnd_on", "pause": "ready", "ready": "pause", "sign_in": "sign_out",
    "sign_out": "sign_in",
}  # fmt: skip


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/my", "my", my)
    app.add_url_rule("/my/state", "my_state", my_state, methods=["POST"])
    app.add_url_rule("/my/call", "my_call", my_call, methods=["POST"])


@needs(Right.OWN)
def my() -> Any:
    """The page; ``number``: to be called, as a call's page leads here."""
    done, queue = request.args.get("done", ""), request.args.get("queue", "")
    typed = request.args.get("number", "")[:40]
    return _page(done=done if done in UNDONE_BY else "", queue=queue if queue in _queues() else "", typed=typed)


@needs(Right.OWN)
def my_state() -> Any:
    """Set one's own state."""
    what, queue = request.form.get("what", ""), request.form.get("queue", "")
    if what not in UNDONE_BY or user().name not in plan().people:
        abort(400)
    if queue and queue not in _queues():
        abort(404)
    note(f"state_{what}", user().name, queue)
    try:
        _set(what, queue or EVERY_QUEUE)
    except Forgotten:
        return _page("store"), 503
    return redirect(url_for("my", done=what, queue=queue or None), 303)


@needs(Right.OWN)
def my_call() -> Any:
    """Ring one's own phone, then the client."""
    typed = request.form.get("number", "")
    try:
        if services().tries.wait_s(f"call {user().name}"):
            raise NotPhoned("often")
        number = dialled_number(services(), typed)
        phone = chosen_phone(own_phones(services(), user()), request.form.get("phone", "")[:64])
        note("call", number, phone.label)
        begin(services(), phone.node, ClickedCall(user().name, phone.label, number, live_folder(services())))
    except NotPhoned as problem:
        return _page(problem.reason, typed=typed[:40]), 409
    services().count("click")
    return _page(calls=number, rings=phone.label)


def _set(what: str, queue: str) -> None:
    me, now = user().name, services().now()
    with services().people(plan().project) as people:
        if what.startswith("dnd"):
            people.disturb(me, what == "dnd_off", now)
        elif what.startswith("sign"):
            people.sign(me, what == "sign_in", queue)
        else:
            people.work(me, what == "pause", now)


def _queues() -> dict[str, bool]:
    """The queues that the user works in, and whether nobody works there before they sign in."""
    return {name: must for name, (people, must) in services().hub.queues().items() if user().name in people}


def _record() -> DutyRecord | None:
    """What the user has set; None when it is not known."""
    try:
        with services().people(plan().project) as people:
            return people.record(user().name)
    except Forgotten:
        return None


def _holds(done: str, record: DutyRecord | None) -> bool:
    """Whether what was set holds still: a page that is loaded again must not say what is over."""
    states = {"dnd_on": (True, None), "dnd_off": (False, None), "pause": (None, True), "ready": (None, False)}
    away, on_break = states.get(done, (None, None))
    return record is not None and away in (None, record.is_away) and on_break in (None, record.is_on_break)


def _page(problem: str = "", done: str = "", queue: str = "", **more: str) -> str:
    me, record = user().name, _record() if user().name in plan().people else None
    groups = {person for members in plan().groups.values() if me in members for person in members} | user().people
    facts = {"typed": "", "calls": "", "rings": ""} | more
    return render_template(
        "my.html",
        missed=missed_clients(services().database, plan().project, me, groups, services().now()),
        orders=orders_of(services().database, plan().project, frozenset({me, *groups})),
        record=record,
        is_person=me in plan().people,
        queues={name: record.is_signed_in(name, must) if record else None for name, must in _queues().items()},
        phones=list({phone.label: phone for phone in own_phones(services(), user())}.values()),
        problem=problem,
        done=done if done.startswith("sign") or _holds(done, record) else "",
        undo=UNDONE_BY.get(done, ""),
        queue=queue,
        **facts,
    )
