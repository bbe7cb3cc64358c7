"""A browser and its system in a few words, by the user agent that it sends: for people, not for decisions. Pure."""

from __future__ import annotations

import re

#: Marks in the order in which they decide: browsers also name those that they are compatible with.
_BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "YaBrowser": "Yandex Browser", "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "HeadlessChrome": "Chrome", "Chrome": "Chrome",
    "Version": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS",
    "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


def browser_name(agent: str) -> str:
    """``Firefox 140, Windows``; the agent itself where it is no known browser."""
    for mark, name in _BROWSERS.items():
        if version := re.search(rf"\b{mark}/(\d+)", agent):
            system = next((shown for mark, shown in _SYSTEMS.items() if mark in agent), "")
            return f"{name} {version[1]}, {system}" if system else f"{name} {version[1]}"
    return agent
