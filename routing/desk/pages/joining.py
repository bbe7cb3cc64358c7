"""Joining a call of the live board: its card, and what a role may do there: listen, whisper, take over.

The user's own phone is rung. A line in the audit log comes first, whose subject is the call's id.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, redirect, render_template, request, url_for

from routing.desk.board_picture import seen_by
from routing.desk.board_rows import CallRow
from routing.desk.current import needs, note, plan, services, user
from routing.desk.live_hub import Scope
from routing.desk.phoning import NotPhoned, announce, begin, chosen_phone, live_folder, own_phones
from routing.model.desk import Right
from routing.model.desk_call import LISTEN, TAKE_OVER, WHISPER, JoiningCall

#: How somebody joins -> the right that it needs.
WAYS = {LISTEN: Right.LISTEN, WHISPER: Right.WHISPER, TAKE_OVER: Right.TAKE_OVER}


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/live/calls/<call>", "live_call", live_call)
    app.add_url_rule("/live/calls/<call>/join", "live_join", live_join, methods=["POST"])


@needs(Right.LIVE)
def live_call(call: str) -> Any:
    """A call, with what the user may do."""
    return _page(_row(call))


@needs(Right.LISTEN)
def live_join(call: str) -> Any:
    """Ring the user's phone; picked up, it joins the call."""
    row, how = _row(call), request.form.get("how", "")
    if how not in WAYS:
        abort(400)
    if not user().may(WAYS[how]) or not plan().may_join:
        abort(403)
    talker = row.talker
    if talker is None or not user().sees([talker.name]) or talker.name == user().name:
        return _page(row, "over"), 409
    leg = row.client_leg if how == TAKE_OVER else talker.leg
    try:
        phone = chosen_phone(own_phones(services(), user(), row.node), request.form.get("phone", "")[:64])
        note(f"join_{how}", row.id, f"{talker.name}, {row.client}")
        if how != TAKE_OVER:
            announce(services(), row.node, leg)
        else:
            services().hub.takeovers.add(leg)
        begin(services(), row.node, JoiningCall(user().name, phone.label, how, leg, live_folder(services())))
    except NotPhoned as problem:
        services().hub.takeovers.discard(leg)
        return _page(row, problem.reason), 409
    services().count(how)
    return redirect(url_for("live_call", call=row.id, rings=phone.label), 303)


def _row(call: str) -> CallRow:
    """The call, if the user sees it now."""
    seen = seen_by(services().hub.look(), Scope.of(user(), "").people)
    return seen.call(call) or abort(404)


def _page(row: CallRow, problem: str = "") -> Any:
    phones = own_phones(services(), user(), row.node)
    ways = [how for how, right in WAYS.items() if user().may(right) and plan().may_join]
    can = row.talker is not None and user().sees([row.talker.name]) and row.talker.name != user().name
    rings = request.args.get("rings", "")
    return render_template(
        "live_join.html",
        row=row,
        phones=list({phone.label: phone for phone in phones}.values()),
        ways=ways if can else [],
        problem=problem,
        rings=rings if rings in {phone.label for phone in phones} else "",
    )
