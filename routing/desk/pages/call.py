"""A call: its summary, its ladder, its sounds, other calls of the same client. And the sounds themselves."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import Flask, Response, abort, current_app, g, render_template, request
from werkzeug.wsgi import wrap_file

from routing.desk import journal_query
from routing.desk.call_ladder import ladder, other_rings
from routing.desk.call_sounds import CallSound, sound_named, sounds_of
from routing.desk.call_traces import LISTENED, SAVED, traces_of
from routing.desk.current import needs, note, plan, services, user
from routing.desk.journal_filter import JournalFilter
from routing.desk.journal_rows import is_missed, look, source_text
from routing.desk.journal_seen import list_address, number_view, rows_of, scope
from routing.desk.masks import NumberView
from routing.desk.peaks import PeakCache
from routing.desk.sounds import RECORDING, SoundFile, is_here, is_locked, open_sound
from routing.journal.client_names import site_name
from routing.journal.query import whole_call
from routing.journal.record import CallRecord
from routing.journal.sealed import Locked
from routing.model.desk import Right

#: Other calls of the client that are shown.
_OTHERS = 10
_MOST_ID = 200


def add(app: Flask) -> None:
    """Its addresses."""
    app.extensions["desk_peaks"], app.extensions["desk_heard"] = PeakCache(), Heard()
    app.add_url_rule("/calls/<id>", "call", call)
    app.add_url_rule("/recordings/<id>", "recording", recording)
    app.add_url_rule("/waveforms/<id>", "waveform", waveform)


@dataclass
class Heard:
    """Who has listened to what in this session, so that one listening is one line of the audit log: players ask for a
    file in many parts."""

    most: int = 20_000
    _known: OrderedDict[tuple[str, ...], None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def is_new(self, *what: str) -> bool:
        """Whether nobody has said that it is known."""
        with self._lock:
            return what not in self._known

    def add(self, *what: str) -> None:
        """It is known from now on: its line is written."""
        with self._lock:
            self._known[what] = None
            if len(self._known) > self.most:
                self._known.popitem(last=False)


@needs(Right.CALLS)
def call(id: str) -> Any:
    """The page."""
    found, numbers = _visible(id), number_view()
    icon, tone = look(found.status, found.direction)
    return render_template(
        "call.html",
        call=found,
        back=list_address(),
        numbers=numbers,
        icon_name=icon,
        tone=tone,
        is_missed=is_missed(found.status, found.direction),
        client_name=numbers.text(found.client_name or site_name(found.entities)),
        source=numbers.text(source_text(found.source)),
        entities=numbers.texts(found.entities),
        sources=numbers.texts(found.source),
        who=plan().shown(found.person) if found.person else "",
        rated=plan().shown(found.rated_person) if found.rated_person else "",
        steps=ladder(found, numbers, plan().shown),
        rings=other_rings(found, numbers, plan().shown),
        sounds=_sounds(found) if user().may(Right.RECORDINGS) else [],
        notified=_notified(found, numbers),
        is_notified=bool(found.notify) and journal_query.is_notified(services().database, found.id),
        others=_others(found),
        traces=traces_of(services().database, plan(), found) if user().may(Right.TRACES) else None,
    )


@needs(Right.RECORDINGS)
def recording(id: str) -> Any:
    """The file of one of a call's sounds; a part of it where the browser asks for one."""
    found = _visible(id)
    which, sound = _open(found)
    with ExitStack() as refused:
        refused.callback(sound.file.close)
        if request.method == "GET":
            _note_once(SAVED if request.args.get("save") else LISTENED, found.id, which)
        answer = _answer(found, which.name, sound)
        refused.pop_all()
    return answer


def _answer(found: CallRecord, name: str, sound: SoundFile) -> Any:
    answer: Any = Response(
        wrap_file(request.environ, sound.file, 64 * 1024), mimetype=sound.content_type, direct_passthrough=True
    )
    answer.content_length = sound.size
    answer.headers["Content-Disposition"] = _named(found, sound) if request.args.get("save") else "inline"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.set_etag(hashlib.sha256(f"{found.id} {name} {sound.size} {sound.modified}".encode()).hexdigest()[:32])
    return answer.make_conditional(request.environ, accept_ranges=True, complete_length=sound.size)


@needs(Right.RECORDINGS)
def waveform(id: str) -> Any:
    """The sound's peaks, for the player."""
    found = _visible(id)
    which, sound = _open(found)
    with sound.file:
        cache: PeakCache = current_app.extensions["desk_peaks"]
        peaks = cache.get((found.id, which.name, sound.size, sound.modified), sound.file)
    if peaks is None:
        abort(404)
    return {"duration_s": round(peaks.duration_s, 3), "sides": peaks.sides}


def _note_once(action: str, call_id: str, which: CallSound) -> None:
    heard: Heard = current_app.extensions["desk_heard"]
    what = hashlib.sha256(g.token.encode()).hexdigest(), user().name, action, call_id, which.name
    if heard.is_new(*what):
        note(action, call_id, which.kind)
        heard.add(*what)


def _visible(id_: str) -> CallRecord:
    """The call, if the user sees it: a call of others is none."""
    if len(id_) > _MOST_ID or not id_.isprintable() or not journal_query.sees(services().database, id_, scope()):
        abort(404)
    found = whole_call(services().database, id_)
    if found is None:  # deleted meanwhile
        abort(404)
    return found


def _open(found: CallRecord) -> tuple[CallSound, SoundFile]:
    """The sound that the address names (`kind`), and its file."""
    which = sound_named(found, request.args.get("kind") or RECORDING)
    try:
        sound = open_sound(found.id, which.kind, which.path, services().unlocking) if which else None
    except Locked:
        abort(423)
    if which is None or sound is None:
        abort(404)
    return which, sound


def _sounds(found: CallRecord) -> list[tuple[CallSound, dict[str, bool]]]:
    """The sounds of a call, and whether their files are on this machine."""
    return [(each, _state(found.id, each.kind, "" if each.gone else each.path)) for each in sounds_of(found)]


def _state(call_id: str, kind: str, path: str) -> dict[str, bool]:
    return {
        "is_here": is_here(call_id, kind, path),
        "is_locked": is_locked(call_id, kind, path, services().unlocking),
    }


def _named(found: CallRecord, sound: SoundFile) -> str:
    safe = "".join(sign for sign in found.id if sign.isascii() and (sign.isalnum() or sign in "-_"))
    return f'attachment; filename="{safe}{sound.suffix}"'


def _notified(found: CallRecord, numbers: NumberView) -> list[str]:
    return [numbers.text(plan().shown(addressee)) for addressee in found.notify]


def _others(found: CallRecord) -> Any:
    if not found.client:
        return []
    page = journal_query.page(services().database, JournalFilter(client=found.client), scope(), None, _OTHERS + 1)
    return [row for row in rows_of(page) if row.id != found.id][:_OTHERS]
