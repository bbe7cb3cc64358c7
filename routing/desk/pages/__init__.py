"""The desk's pages, one module each: its views and their addresses. ``add`` gives them to the application."""

from __future__ import annotations

from routing.desk.pages import (
    accounts,
    audit,
    calendars,
    directory,
    forget,
    journal,
    live,
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
    live,
    reports,
    directory,
    schemes,
    calendars,
    releases,
    audit,
    forget,
    accounts,
)
