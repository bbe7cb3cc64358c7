"""For tests that need a Redis of the product's own: where there is no server for it, they are skipped and say why."""

from __future__ import annotations

import pytest

from routing.store.program import HOW_TO_GET, program

WHY = f"not found: redis-server ({HOW_TO_GET})"
#: For tests, files and everything in a folder.
needs_redis = pytest.mark.skipif(program() is None, reason=WHY)
