"""What the desk's tests in a browser share: one driver for a module; each test has a desk and a browser of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Driver
from support.live_desk import ServedDesk


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ServedDesk]:
    desk = ServedDesk(tmp_path)
    yield desk
    desk.close()
