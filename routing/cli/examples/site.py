"""The site of the sample calls: requests a visitor's number from the running tracking API, as the site script does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests

from routing.cli.errors import UserError

ANSWER_SECONDS = 5.0


@dataclass(frozen=True)
class Lent:
    """A number that a visitor is shown, and the pool that lends it."""

    number: str
    shown: str
    pool: str


@dataclass(frozen=True)
class SampleSite:
    """``origin``: of the company's pages; ``api``: where the tracking API listens, ``host:port``."""

    origin: str
    api: str

    def visit(self, visitor_id: str, entities: Mapping[str, str], source: Mapping[str, str]) -> Lent:
        """The number for a visitor's first page. Raises UserError when there is none."""
        request = {"visitor": visitor_id, "page": f"{self.origin}/", "entities": dict(entities), "source": dict(source)}
        try:
            answer = requests.post(
                f"http://{self.api}/v1/session", json=request, headers={"Origin": self.origin}, timeout=ANSWER_SECONDS
            )
            lent = answer.json()
        except requests.RequestException as problem:
            raise UserError(f"the tracking API at {self.api} does not answer: {problem}") from None
        if not lent.get("number"):
            raise UserError(f"the tracking API lends no number to a visitor with {dict(entities)}: {lent}")
        return Lent(lent["number"], lent["shown"], lent["pool"])
