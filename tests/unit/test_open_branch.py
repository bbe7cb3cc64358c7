"""A call goes where it is day; by the caller's clock when asked; on when it is night everywhere."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.offline.events import rung
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from support.folders import HERE, compiled, laid_out

KYIV = ZoneInfo("Europe/Kyiv")
SCHEME = """
scheme: a
numbers: ["+380800330521", "+380800330522"]
steps:
  - match: {when: {number: "+380800330522"}, steps: [{open_branch: {branches: [kyiv: office, far: far_office, west: west_office], nearest: true}}]}
  - open_branch: [kyiv: office, far: far_office, west: west_office]
  - ring: ivan.mobile
  - hangup
"""  # noqa: E501
ORDER, NEAREST = "+380800330521", "+380800330522"
HOME, VLADIVOSTOK, LONDON = "+380577280001", "+74232000000", "+442071234567"
BRANCH = {"ivan.desk": "kyiv", "olena.desk": "far", "olena.mobile": "west", "ivan.mobile": "nobody"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedRelease:
    schemes = laid_out(HERE / "good/open_branch", tmp_path_factory.mktemp("branches") / "schemes")
    (schemes / "a.yaml").write_text(SCHEME)
    for name, phone in (("kyiv", "ivan.desk"), ("far", "olena.desk"), ("west", "olena.mobile")):
        (schemes / f"{name}.yaml").write_text(f"scheme: {name}\nsteps: [{{ring: {phone}}}, hangup]\n")
    root = schemes.parent / "root"
    (root).mkdir()
    (root / "current").symlink_to(compiled(schemes, root).folder)
    return PublishedRelease(root)


@pytest.mark.parametrize(
    ("number", "caller", "at", "branch"),
    [
        (ORDER, HOME, "2026-11-23 10:00", "kyiv"),
        (ORDER, VLADIVOSTOK, "2026-11-23 10:00", "kyiv"),
        (ORDER, HOME, "2026-11-24 03:00", "far"),
        (ORDER, HOME, "2026-11-23 19:00", "west"),
        (ORDER, HOME, "2026-11-23 22:00", "nobody"),
        (NEAREST, LONDON, "2026-11-23 11:30", "west"),
        (NEAREST, HOME, "2026-11-23 11:30", "kyiv"),
        (NEAREST, VLADIVOSTOK, "2026-11-23 09:30", "far"),
        (NEAREST, VLADIVOSTOK, "2026-11-23 12:30", "kyiv"),
        (NEAREST, VLADIVOSTOK, "2026-11-23 18:30", "west"),
        (NEAREST, "anonymous", "2026-11-23 11:30", "kyiv"),
        (NEAREST, LONDON, "2026-11-24 03:00", "far"),
        (NEAREST, LONDON, "2026-11-23 22:00", "nobody"),
    ],
)
def test_the_branch_where_it_is_day(
    published: PublishedRelease, number: str, caller: str, at: str, branch: str
) -> None:
    events = published.run(OfflineCall(number, caller, datetime.fromisoformat(at).replace(tzinfo=KYIV)))
    assert [event for event in events if event.kind == "error"] == []
    assert [BRANCH[phone] for phone in rung(events)] == [branch]
