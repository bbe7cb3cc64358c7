"""The live board: calls, queues, people and trunks now. Drawn by the server, changed by a stream of events."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, g, render_template, request

from routing.desk.board_picture import seen_by
from routing.desk.board_rows import BoardPicture, CallRow
from routing.desk.current import needs, services, texts, user
from routing.desk.guard import COOKIE
from routing.desk.live_hub import MOST_OF_USER, MOST_VIEWERS, BoardStream, DrawnBoard, Scope
from routing.desk.services import Services
from routing.desk.texts import Texts
from routing.model.desk import Right

SECTIONS = ("tiles", "queues", "people", "trunks")
#: Drawn calls that are kept for the next turn.
_MOST_KEPT = 5_000


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/live", "live", live)
    app.add_url_rule("/live/stream", "live_stream", live_stream)


@needs(Right.LIVE)
def live() -> Any:
    """The board as it is now; the browser then follows the stream."""
    seen = seen_by(services().hub.look(), _scope().people)
    return render_template("live.html", board=seen, sections=SECTIONS)


@needs(Right.LIVE)
def live_stream() -> Any:
    """The board's changes, as server-sent events."""
    hub = services().hub
    if len(hub.viewers) >= MOST_VIEWERS:
        abort(503)
    if sum(each.name == user().name for each in list(hub.viewers)) >= MOST_OF_USER:
        abort(429)  # nobody takes the places of the others
    session = services().sessions.find(g.token, services().now())
    token = request.cookies.get(COOKIE, "") if session else ""
    stream = BoardStream(hub, user().name, token, _scope())
    answer = Response(stream, mimetype="text/event-stream", direct_passthrough=True)
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _scope() -> Scope:
    return Scope.of(user(), texts().language)


class BoardArtist:
    """Draws the board outside of requests; a call that has not changed is not drawn again."""

    def __init__(self, app: Flask, known: Services) -> None:
        self._app, self._services = app, known
        self._plan: object = None
        self._calls: dict[tuple[str, CallRow], str] = {}

    def __call__(self, picture: BoardPicture, scope: Scope) -> DrawnBoard:
        """The board for a scope; nothing while no release is live."""
        plan = self._services.live()
        if plan is None:
            return DrawnBoard({}, {})
        if plan is not self._plan or len(self._calls) > _MOST_KEPT:
            self._plan, self._calls = plan, {}
        with self._app.test_request_context("/live"):
            g.services, g.user = self._services, None
            g.texts = Texts(scope.language, plan.zone)
            sections = {name: render_template(f"live_{name}.html", board=picture, ticks=True) for name in SECTIONS}
            return DrawnBoard(sections, {row.id: self._call(row, scope.language) for row in picture.calls})

    def _call(self, row: CallRow, language: str) -> str:
        key = language, row
        if key not in self._calls:
            self._calls[key] = render_template("live_call.html", row=row, ticks=True)
        return self._calls[key]


def entitled(known: Services, viewers: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of viewers (name, session's token), those who may still see the board."""
    plan = known.live()
    if plan is None:
        return set()
    allowed = {each for each in viewers if (found := plan.users.get(each[0])) and found.may(Right.LIVE)}
    alive = known.sessions.alive({token for _, token in allowed if token}, known.now())
    return {(name, token) for name, token in allowed if not token or alive.get(token) == name}
