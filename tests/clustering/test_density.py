from __future__ import annotations

import pytest

from benchbuilder.clustering.density import auto_min_cluster_size


@pytest.mark.parametrize(
    ("rows", "expected"), [(1, 5), (1_720, 5), (18_028, 11), (200_000, 37), (1_000_000, 83)]
)
def test_topics_grow_with_the_root_of_the_corpus(rows: int, expected: int) -> None:
    assert auto_min_cluster_size(rows) == expected
