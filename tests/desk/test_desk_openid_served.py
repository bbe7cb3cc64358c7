"""The provider and the desk as servers: views ask from threads, and a provider that stalls holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import requests

from routing.desk.plan import plan_of
from support.desk_bed import TABLE
from support.live_desk import ServedDesk
from support.openid_fake import SECRET, OpenIdFake

PASSWORD = "blue horse 7"


@pytest.fixture
def fake(desk: ServedDesk) -> Iterator[OpenIdFake]:
    fake = OpenIdFake(desk.bed.now)
    desk.bed.plan = plan_of(TABLE | {"openid": fake.settings()})
    object.__setattr__(desk.bed.services, "secrets", lambda name: (SECRET,))
    yield fake
    fake.stop()


def test_somebody_signs_in_through_both_servers(desk: ServedDesk, fake: OpenIdFake) -> None:
    browser = requests.Session()
    browser.trust_env = False
    there = browser.get(f"{desk.address}/sign-in/openid", allow_redirects=False, timeout=30)
    assert there.status_code == 303, there.text
    given = fake.agrees(there.headers["Location"], email="nataliia@example.com")
    page = browser.get(f"{desk.address}/sign-in/openid/back", params=given, timeout=30)
    assert page.status_code == 200 and "Nataliia Ivanenko" in page.text
    assert "desk_openid" not in browser.cookies
    assert desk.bed.faults == []


def test_while_the_provider_stalls_people_sign_in_by_password(desk: ServedDesk, fake: OpenIdFake) -> None:
    desk.bed.services.accounts.set_password("ivan", PASSWORD, desk.bed.now)
    stalled = threading.Event()
    fake.wrong = {"/.well-known/openid-configuration": stalled}
    found: list[int] = []

    def go() -> None:
        found.append(requests.get(f"{desk.address}/sign-in/openid", timeout=60).status_code)

    threads = [threading.Thread(target=go) for _ in range(8)]
    for each in threads:
        each.start()
    form = {"name": "ivan", "password": PASSWORD}
    answer = requests.post(f"{desk.address}/sign-in", form, allow_redirects=False, timeout=30)
    held = [each for each in threads if each.is_alive()]
    assert answer.status_code == 303 and held, "somebody came in while others waited for the provider"
    stalled.set()
    for each in threads:
        each.join(60)
    assert found == [503] * 8 and desk.bed.faults == []
