"""A journal with calls of a site's visitors, and their exports by a clock of the test."""

from __future__ import annotations

from routing.journal import exports, store
from routing.journal.database import open_database
from routing.model.export_plan import plan_of
from routing.recorder.exports import CallExports, exports_of
from routing.recorder.notices import post
from support.fake_ga4 import MEASUREMENT_ID, SECRET
from support.figures_bed import made_call
from support.journal_bed import mortal

NOW_S = 1_795_400_000.0
CLIENT_ID = "1234567890.1795390000"
VISIT = {
    "ga_client_id": CLIENT_ID, "ga_session_id": str(int(NOW_S) - 600), "ga_stream": MEASUREMENT_ID,
    "consent": "analytics+ user_data- personalization-", "utm_source": "google", "utm_medium": "cpc",
}  # fmt: skip
SECRETS = {"GA4_SECRET": SECRET, "DWH_KEY": "s3cret-of-dwh"}


def call(ago_s: float = 60.0, status: str = "answered", **facts):
    """A call of a visitor that began so long ago."""
    source = facts.pop("source", VISIT)
    return made_call(NOW_S - ago_s, status, source=source, talk_s=facts.pop("talk_s", 42.0), **facts)


def stream(endpoint: str, **facts):
    """A data stream in the form of ``exports.json``."""
    of = {
        "measurement_id": MEASUREMENT_ID, "api_secret": "GA4_SECRET", "consent": "not_denied", "endpoint": endpoint,
        "events": {"answered": "phone_call", "missed": "phone_call_missed"}, "directions": ["in", "callback"],
        "schemes": [],
    }  # fmt: skip
    return of | facts


def hook(url: str, **facts):
    """A web server in the form of ``exports.json``."""
    return {"url": url, "secret": "DWH_KEY", "statuses": [], "directions": ["in", "callback"], "schemes": []} | facts


class _OneRelease:
    def __init__(self, plan):
        self.plan = plan

    def of(self, release):
        return self.plan


class ExportsBed:
    """A journal below a folder, or in another database; ``ga4`` and ``webhooks``: the plan's."""

    def __init__(self, folder, ga4=None, webhooks=None, database=""):
        self.database = database or str(folder / "journal.db")
        self.engine = open_database(self.database)
        self.engines, self.log, self.now_s = [self.engine], [], NOW_S
        self.plan = plan_of({"project": "shop", "ga4": ga4 or {}, "webhooks": webhooks or {}})

    def record(self, *calls):
        """Record calls as the journal's worker does."""
        return store.record(self.engine, calls, exports_of(_OneRelease(self.plan)))

    def sender(self, fuse=None, patience_s=5.0, **facts):
        """A process that sends; mortal with a fuse."""
        engine = self.engine
        if fuse is not None:
            engine = mortal(open_database(self.database, migrate=False), fuse)
            self.engines.append(engine)
        given = {
            "project": lambda: "shop",
            "plan": lambda: self.plan,
            "secrets": SECRETS,
            "post": impatient(patience_s),
        }
        return CallExports(engine, log=self._write, now=lambda: self.now_s, **{**given, **facts})

    def states(self, export=""):
        """The state of each row."""
        return [row.state for row in exports.listed(self.engine, "shop", 1000, export)]

    def rows(self):
        """All rows, the oldest call first."""
        return exports.listed(self.engine, "shop", 1000)[::-1]

    def _write(self, level, event, **facts):
        self.log.append((level, event, facts))

    def close(self):
        for engine in self.engines:
            engine.dispose()


def impatient(patience_s):
    """The product's way to web servers, with less patience."""
    return lambda method, url, headers, body, deadline_s: post(method, url, headers, body, min(deadline_s, patience_s))
