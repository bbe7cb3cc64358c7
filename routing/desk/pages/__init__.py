"""The desk's pages, one module each: its views and their addresses. ``add`` gives them to the application."""

from __future__ import annotations

from routing.desk.pages import (
    accounts,
    audit,
    calendars,
    callbacks,
    directory,
    forget,
    joining,
    journal,
    live,
    my,
    releases,
    reports,
    schemes,
    settings,
    sign_in,
)

PAGES = (
    sign_in,
    settings,
    journal,
    my,
    live,
    joining,
    callbacks,
    reports,
    directory,
    schemes,
    calendars,
    releases,
    audit,
    forget,
    accounts,
)
