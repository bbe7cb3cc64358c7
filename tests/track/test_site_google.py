"""The site script beside Google's tag, in a real Chromium: the tag's ids of the visitor and their consent go with the
visit, and no id of whoever has refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from routing.track.plan import plan_of
from routing.track.script import script
from support.browser import Browser, Driver, missing
from support.http_servers import running
from support.waiting import until

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
STREAM = "G-ABC1234567"
#: Google's tag as its reference describes `gtag('get', ...)`: commands wait in `dataLayer`, which are arguments, until
#: the tag is there; answers come later, and only for a stream that the page has configured.
TAG = """
window.dataLayer = window.dataLayer || [];
function gtag() { dataLayer.push(arguments); }
%s
window.addEventListener('load', function () {
  var known = {client_id: '1163546384.1795420000', session_id: 1795420931};
  function handle(line) {
    if (line && line[0] === 'get' && line[1] === '%s') setTimeout(function () { line[3](known[line[2]]); }, 5);
  }
  dataLayer.forEach(handle);
  dataLayer.push = function (line) { Array.prototype.push.call(this, line); handle(line); };
  window.known = known;
});
"""
PAGE = """<!doctype html><html lang="en"><title>A site</title><script>%s</script>
<p id="head" data-routing-number>0 800</p><script async src="/v1/site.js"></script></html>"""


class Site(ThreadingHTTPServer):
    """A page and the tracking API in one; ``visits``: what the page has told, ``before``: what it does first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Site)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.begin()

    def begin(self, before: str = "", stream: str = STREAM) -> None:
        """Another page."""
        self.visits: list[dict[str, str]] = []
        self.page = PAGE % (TAG % (before, stream))


class _Site(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        is_script = self.path == "/v1/site.js"
        text = script({}, False, streams=["G-OTHER00001", STREAM]) if is_script else self.server.page
        self._say(text.encode(), "text/javascript" if is_script else "text/html; charset=utf-8")

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.visits.append(content.get("source"))
        self._say(b'{"number": "+380577280001", "shown": "057 728 00 01", "lease": 600, "pool": "site"}', "text/plain")

    def _say(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Pages are not logged."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running(Site()) as server:
        yield server


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    driver = Driver(tmp_path_factory.mktemp("browsers"))
    yield driver.browser()
    driver.close()


IDS = {"ga_client_id": "1163546384.1795420000", "ga_session_id": "1795420931", "ga_stream": STREAM}
LANDING = {"landing": "/page"}


def visited(browser: Browser, site: Site, before: str = "", stream: str = STREAM) -> None:
    """A new visitor opens a page and has a number."""
    browser.visit(f"{site.url}/page")
    browser.run("sessionStorage.clear(); localStorage.clear()")
    site.begin(before, stream)
    browser.visit(f"{site.url}/page")
    browser.until("window.known && window.routing && routing.number()")


def test_the_tags_ids_follow_as_soon_as_it_knows_them(browser: Browser, site: Site) -> None:
    visited(browser, site)
    until(lambda: site.visits[-1] == {**LANDING, **IDS})
    assert site.visits[0] == LANDING or site.visits[0] == site.visits[-1]
    assert len(site.visits) <= 2


def test_consent_goes_with_the_visit(browser: Browser, site: Site) -> None:
    ads = "ad_storage: 'denied', ad_user_data: 'granted', ad_personalization: 'denied'"
    visited(browser, site, f"gtag('consent', 'default', {{analytics_storage: 'granted', {ads}}});")
    until(lambda: site.visits[-1] == {**LANDING, **IDS, "consent": "analytics+ user_data+ personalization-"})


def test_no_id_of_whoever_has_refused_until_they_agree(browser: Browser, site: Site) -> None:
    """The banner of the page goes when they choose, which is a change of the page."""
    denied = "gtag('consent', 'default', {analytics_storage: 'denied', region: ['PL']});"
    visited(browser, site, f"{denied} gtag('consent', 'default', {{analytics_storage: 'granted'}});")
    browser.run("document.body.append('a banner')")
    until(lambda: browser.run("return dataLayer.length") >= 6)
    assert {json.dumps(visit) for visit in site.visits} == {json.dumps({**LANDING, "consent": "analytics-"})}
    browser.run("gtag('consent', 'update', {analytics_storage: 'granted'}); document.body.lastChild.remove()")
    until(lambda: site.visits[-1] == {**LANDING, **IDS, "consent": "analytics+"})
    browser.run("gtag('consent', 'update', {analytics_storage: 'denied'}); document.body.append('sorry')")
    until(lambda: site.visits[-1] == {**LANDING, "consent": "analytics-"})


def test_a_stream_that_the_page_does_not_have_says_nothing(browser: Browser, site: Site) -> None:
    visited(browser, site, stream="G-ELSEWHERE1")
    browser.run("document.body.append('a change')")
    browser.until("document.getElementById('head').textContent === '057 728 00 01'")
    assert site.visits == [LANDING]


def test_a_data_layer_of_another_kind_harms_nothing(browser: Browser, site: Site) -> None:
    visited(browser, site, "dataLayer.push(null, 5, ['consent'], ['consent', 'default', null], {event: 'x'});")
    until(lambda: site.visits[-1] == {**LANDING, **IDS})


def test_the_plan_knows_the_streams() -> None:
    table = {"project": "p", "tracking": {}, "pools": [], "shown": {}, "streams": [STREAM]}
    assert plan_of(table).streams == (STREAM,)
