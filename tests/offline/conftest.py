"""The scheme under test, built in each test from a few actions."""

import pytest

from support.offline_release import Telephone


@pytest.fixture
def scheme() -> type[Telephone]:
    """Make one with ``scheme("bridge ...", "hangup")``."""
    return Telephone
