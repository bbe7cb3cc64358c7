"""Chromium over the WebDriver protocol: just what these tests need, over plain HTTP."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

import requests

from support.processes import launch

#: Chromium must ask nobody but the pages under test.
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1000,600",
)  # fmt: skip
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Escape": "\ue00c",
    "Space": " ",
    "Right": "\ue014",
    "Down": "\ue015",
    "Shift": "\ue008",
}
UNTIL = """
const done = arguments[arguments.length - 1];
(function look() {
  let value = null;
  try { value = (() => { return %s })() } catch (e) {}
  value ? done(value) : setTimeout(look, 15);
})()
"""


#: How Chromium's driver ends a script whose page went elsewhere: to be asked again on the page that came.
NAVIGATED = "aborted by navigation"


def missing() -> str:
    """What is not installed, or nothing."""
    return next((f"{name} is not installed" for name in ("chromium", "chromedriver") if not shutil.which(name)), "")


class Driver:
    """One chromedriver; `visit` opens a browser with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sessions: list[str] = []
        command = ["chromedriver", "--port=0"]
        self._process = launch(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self._process.stdout is not None
        line = next(line for line in self._process.stdout if "on port" in line and "success" in line)
        port = line.rstrip(". \n").rpartition(" ")[2]
        self.url = f"http://127.0.0.1:{port}"

    def browser(self) -> Browser:
        """A browser that nobody has used before."""
        arguments = [*QUIET, f"--user-data-dir={self._folder / str(len(self._sessions))}"]
        options = {"args": arguments, "binary": shutil.which("chromium")}
        capabilities = {"alwaysMatch": {"goog:chromeOptions": options, "timeouts": {"script": 45000}}}
        self._sessions.append(self.ask("POST", "/session", {"capabilities": capabilities})["sessionId"])
        return Browser(self.url, self._sessions[-1])

    def ask(self, method: str, path: str, told: Any = None) -> Any:
        """One WebDriver command."""
        return _ask(method, self.url + path, told)

    def close(self) -> None:
        """End the browsers, then the driver."""
        for session in self._sessions:
            self.ask("DELETE", f"/session/{session}")
        self._process.terminate()
        self._process.communicate(timeout=20)


class Browser:
    """One window."""

    def __init__(self, url: str, session: str) -> None:
        self._url = f"{url}/session/{session}"

    def visit(self, url: str, referrer: str = "") -> None:
        """Open a page."""
        _ask("POST", f"{self._url}/url", {"url": url})

    def run(self, script: str) -> Any:
        """What a script returns."""
        return _ask("POST", f"{self._url}/execute/sync", {"script": script, "args": []})

    def until(self, expression: str) -> Any:
        """The value of an expression as soon as it is true."""
        while True:
            try:
                return _ask("POST", f"{self._url}/execute/async", {"script": UNTIL % expression, "args": []})
            except AssertionError as failed:
                if not str(failed).startswith(NAVIGATED):
                    raise

    def text(self, element: str) -> str:
        """What an element shows, by its id."""
        return str(self.run(f"return document.getElementById('{element}').textContent.trim()"))

    def link(self, element: str) -> str:
        """Where a link goes."""
        return str(self.run(f"return document.getElementById('{element}').getAttribute('href')"))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other: characters, or `Tab`, `Enter` and others of `KEYS`. ``Shift+Tab`` too."""
        strokes = [stroke for key in keys for stroke in _strokes(key)]
        keyboard = {"type": "key", "id": "keyboard", "actions": strokes}
        _ask("POST", f"{self._url}/actions", {"actions": [keyboard]})

    def devtools(self, command: str, **parameters: Any) -> Any:
        """A command of Chromium's DevTools protocol: what WebDriver cannot say, as preferred colors or no network."""
        return _ask("POST", f"{self._url}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def screenshot(self, path: Path) -> None:
        """The window as a PNG file."""
        path.write_bytes(base64.b64decode(_ask("GET", f"{self._url}/screenshot")))


def _strokes(key: str) -> list[dict[str, str]]:
    held, _, last = key.rpartition("+") if len(key) > 1 else ("", "", key)
    order = [("keyDown", held), ("keyDown", last), ("keyUp", last), ("keyUp", held)]
    return [{"type": kind, "value": KEYS.get(name, name)} for kind, name in order if name]


def _ask(method: str, url: str, told: Any = None) -> Any:
    answer = requests.request(method, url, json=told, timeout=60).json()["value"]
    if isinstance(answer, dict) and "error" in answer:
        raise AssertionError(answer["message"])
    return answer
