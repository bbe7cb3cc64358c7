from pathlib import Path

import pytest

from support.cluster_bed import ClusterBed


@pytest.fixture
def bed(tmp_path: Path) -> ClusterBed:
    return ClusterBed(tmp_path)
