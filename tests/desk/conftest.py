"""What the desk's tests share: a desk for each; in a browser one driver for a module, and a browser for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Driver
from support.desk_bed import DeskBed
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


@pytest.fixture
def bed(tmp_path: Path) -> Iterator[DeskBed]:
    bed = DeskBed(tmp_path)
    yield bed
    bed.close()
