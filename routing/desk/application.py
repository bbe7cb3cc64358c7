"""The desk as a Flask application: its pages, its errors, what every template can use."""

from __future__ import annotations

import functools
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from flask import Flask, Response, g, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadHost, HTTPException

from routing.desk.current import STATED, settle
from routing.desk.guard import FIELD, add_guard, page_token
from routing.desk.journal_seen import number_view
from routing.desk.navigation import entries, first
from routing.desk.pages import PAGES
from routing.desk.pages.live import BoardArtist
from routing.desk.sentences import translated
from routing.desk.services import NothingLive, Services
from routing.desk.texts import LANGUAGES, Texts, chosen
from routing.model.desk import Right

LANGUAGE_COOKIE, THEME_COOKIE = "desk_language", "desk_theme"
THEMES = ("auto", "light", "dark")
#: Browsers keep files of the page for an hour; their address changes with their content.
_FILES_SECONDS = 3600


def create(services: Services) -> Flask:
    """The application."""
    app = Flask("routing.desk", root_path=str(Path(__file__).parent))
    app.jinja_options = {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _FILES_SECONDS
    app.url_map.merge_slashes = False  # it would redirect to the host that a request names

    files = _hashes(Path(app.root_path) / "static")

    @app.url_defaults
    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") in files:
            values.setdefault("v", files[values["filename"]])

    @app.before_request
    def begin() -> None:
        g.services = services
        g.texts = _texts(services)

    @app.after_request
    def settled(answer: Response) -> Response:
        try:
            settle(answer.status_code)
        except SQLAlchemyError as problem:  # the lines go on saying that it is not known
            services.fault(problem)
        return answer

    add_guard(app)
    for page in PAGES:
        page.add(app)
    _add_common(app, services)
    _add_errors(app, services)
    _must_state_rights(app)
    services.hub.draw = BoardArtist(app, services)
    return app


@functools.cache
def _hashes(folder: Path) -> dict[str, str]:
    """File of the page -> what its content is known by in its address."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return {each.relative_to(folder).as_posix(): sha256(each.read_bytes()).hexdigest()[:10] for each in files}


def _add_common(app: Flask, services: Services) -> None:
    """What every page has: its start, its names in templates, the choice of language and colors."""

    def index() -> Any:
        return redirect(url_for(first(g.user)))

    setattr(index, STATED, False)
    app.add_url_rule("/", "index", index)

    @app.context_processor
    def names() -> dict[str, Any]:
        theme = request.cookies.get(THEME_COOKIE, "")
        return {
            "t": g.texts,
            "translated": functools.partial(translated, g.texts),
            "plan": services.live(),
            "user": g.user,
            "may": lambda action: g.user is not None and g.user.may(Right(action)),
            "navigation": entries(g.user) if g.user else (),
            "form_token": page_token,
            "form_field": FIELD,
            "theme": theme if theme in THEMES else "auto",
            "languages": LANGUAGES,
            "now_s": services.now(),
            "written": lambda number: number_view().shown(number),
        }


def _texts(services: Services) -> Texts:
    plan = services.live()
    language = chosen(
        request.cookies.get(LANGUAGE_COOKIE, ""), request.accept_languages, plan.language if plan else "en"
    )
    return Texts(language, plan.zone if plan else UTC)


def _add_errors(app: Flask, services: Services) -> None:
    @app.errorhandler(HTTPException)
    def refused(problem: HTTPException) -> Any:
        status = problem.code or 500
        if status < 400:
            return problem
        return _error_page(status)

    @app.errorhandler(BadHost)
    def no_host(problem: BadHost) -> Any:
        return Response("bad host\n", 400, mimetype="text/plain")  # no address can be made, so no page

    @app.errorhandler(NothingLive)
    def unpublished(problem: NothingLive) -> Any:
        return _error_page(503, "unpublished")

    @app.errorhandler(SQLAlchemyError)
    def no_database(problem: SQLAlchemyError) -> Any:
        services.fault(problem)
        return _error_page(503, "database")

    @app.errorhandler(Exception)
    def failed(problem: Exception) -> Any:
        services.fault(problem)
        return _error_page(500)


def _error_page(status: int, reason: str = "") -> Response:
    key = f"error.{reason or status}"
    title = g.texts.or_plain(key, g.texts("error.other"))
    if request.headers.get("HX-Request"):
        return Response(title, status, mimetype="text/plain")
    page = render_template("error.html", status=status, title=title, help=g.texts.or_plain(f"{key}.help", ""))
    return Response(page, status, mimetype="text/html")


def _must_state_rights(app: Flask) -> None:
    """A view that states no right is a fault of the program: everybody could open it."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint != "static" and not hasattr(view, STATED):
            raise TypeError(f"{rule.endpoint} states no right: use `needs` or `public`")
