"""Posts what a change does to callers, or edits what an earlier run has posted: one comment a pull or merge request.

    python comment.py github change.md      # GITHUB_REPOSITORY, PULL_REQUEST, GH_TOKEN; GITHUB_STEP_SUMMARY
    python comment.py gitlab change.md      # CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, SCHEMES_TOKEN

Its own comment is the one that begins with `MARK`, which nobody sees. A token that may only read (a fork's pull
request) is no failure: the text is in the job's summary then. Needs nothing but Python.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK = "<!-- routing: what changes for callers -->"
#: GitHub takes 65,536 characters.
MOST_CHARACTERS = 60_000
A_PAGE = 100
MOST_PAGES = 50
DEADLINE_SECONDS = 30.0
#: Answers to a token that may not write here, or to none.
MAY_NOT = (401, 403, 404)


@dataclass(frozen=True)
class Place:
    """Where comments are: ``all`` lists and takes them, ``one`` is the address of one, changed by ``verb``."""

    all: str
    one: str
    verb: str
    headers: dict[str, str]

    def ask(self, verb: str, address: str, told: object = None) -> Any:
        """The answer's JSON. Raises HTTPError, URLError."""
        body = None if told is None else json.dumps(told).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "routing", **self.headers}
        request = urllib.request.Request(address, body, headers, method=verb)
        with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
            return json.load(answer)

    def comments(self) -> Iterator[dict[str, Any]]:
        """All comments, page after page."""
        for page in range(1, MOST_PAGES + 1):
            found = self.ask("GET", f"{self.all}?per_page={A_PAGE}&page={page}")
            yield from found
            if len(found) < A_PAGE:
                return


def github() -> Place:
    """Of the pull request of this run."""
    api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    repository = f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    told = {"Authorization": f"Bearer {os.environ['GH_TOKEN']}", "Accept": "application/vnd.github+json"}
    return Place(f"{repository}/{os.environ['PULL_REQUEST']}/comments", f"{repository}/comments", "PATCH", told)


def gitlab() -> Place:
    """Of the merge request of this run."""
    project = f"{os.environ['CI_API_V4_URL']}/projects/{os.environ['CI_PROJECT_ID']}"
    notes = f"{project}/merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes"
    return Place(notes, notes, "PUT", {"PRIVATE-TOKEN": os.environ["SCHEMES_TOKEN"]})


def post(place: Place, text: str) -> str:
    """Post the text, or put it where an earlier one is; says which. Raises HTTPError, URLError."""
    body = f"{MARK}\n{text}"
    if len(body) > MOST_CHARACTERS:
        body = f"{body[:MOST_CHARACTERS]}\n\n... and more: the job has all of it.\n"
    for comment in place.comments():
        if str(comment.get("body", "")).startswith(MARK):
            try:
                place.ask(place.verb, f"{place.one}/{comment['id']}", {"body": body})
            except urllib.error.HTTPError as refused:
                if refused.code not in MAY_NOT:
                    raise
                continue  # somebody else's, who copied ours
            return "edited"
    place.ask("POST", place.all, {"body": body})
    return "posted"


def main() -> int:
    """The command."""
    places = {"github": github, "gitlab": gitlab}
    if len(sys.argv) != 3 or sys.argv[1] not in places:
        print(__doc__, file=sys.stderr)
        return 2
    text = Path(sys.argv[2]).read_text("utf-8")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(summary, "a", encoding="utf-8") as out:
            out.write(text)
    if not os.environ.get("GH_TOKEN" if sys.argv[1] == "github" else "SCHEMES_TOKEN"):
        print("not posted: there is no token")
        return 0
    try:
        print(post(places[sys.argv[1]](), text))
    except urllib.error.HTTPError as refused:
        if refused.code not in MAY_NOT:
            print(f"not posted: HTTP status {refused.code}", file=sys.stderr)
            return 1
        print(
            f"not posted: this run's token may not write here (HTTP status {refused.code}), as those of forks may not"
        )
    except (urllib.error.URLError, TimeoutError) as problem:
        print(f"not posted: {getattr(problem, 'reason', problem)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
