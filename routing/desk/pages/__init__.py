"""The desk's pages, one module each: its views and their addresses. ``add`` gives them to the application."""

from __future__ import annotations

from routing.desk.pages import (
    accounts,
    audit,
    calendars,
    call,
    callbacks,
    directory,
    export,
    floods,
    forget,
    joining,
    journal,
    live,
    my,
    openid,
    releases,
    reports,
    schemes,
    settings,
    sign_in,
)

PAGES = (
    sign_in,
    openid,
    settings,
    journal,
    call,
    export,
    my,
    live,
    joining,
    callbacks,
    floods,
    reports,
    directory,
    schemes,
    calendars,
    releases,
    audit,
    forget,
    accounts,
)
