"""The desk's menu: each page, who sees it there, its icon. The first page that somebody may see is their start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.desk.plan import User
from routing.model.desk import Right


@dataclass(frozen=True)
class MenuEntry:
    """A page in the menu. ``endpoint``: its view; the text is ``nav.<endpoint>``; ``icon``: of icons.svg."""

    endpoint: str
    action: Right
    icon: str


MENU: tuple[MenuEntry, ...] = (
    MenuEntry("journal", Right.CALLS, "history"),
    MenuEntry("my", Right.OWN, "phone-missed"),
    MenuEntry("live", Right.LIVE, "activity"),
    MenuEntry("callbacks", Right.CALLBACKS, "repeat"),
    MenuEntry("floods", Right.OVERRIDE, "bell-off"),
    MenuEntry("reports", Right.REPORTS, "chart-column"),
    MenuEntry("directory", Right.DIRECTORY, "book-user"),
    MenuEntry("schemes", Right.SCHEMES, "workflow"),
    MenuEntry("calendars", Right.SCHEMES, "calendar"),
    MenuEntry("releases", Right.SCHEMES, "git-branch"),
    MenuEntry("audit", Right.AUDIT, "shield"),
    MenuEntry("forget", Right.FORGET, "trash-2"),
    MenuEntry("accounts", Right.ACCOUNTS, "key-round"),
)


def entries(user: User) -> Sequence[MenuEntry]:
    """The pages that somebody may see."""
    return [entry for entry in MENU if user.may(entry.action)]


def first(user: User | None) -> str:
    """The view that somebody sees first."""
    return entries(user)[0].endpoint if user else "sign_in"
