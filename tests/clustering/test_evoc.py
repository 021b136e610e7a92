from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.clustering import evoc
from benchbuilder.clustering.evoc import evoc_clusters
from benchbuilder.errors import ConfigError
from benchbuilder.settings import ClusterSettings

SETTINGS = ClusterSettings(method="evoc")


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evoc, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="not installed") as caught:
        evoc_clusters(np.eye(3, dtype=np.float32), SETTINGS, 5)
    assert "benchbuilder[evoc]" in str(caught.value.hint)


@pytest.mark.slow  # half a minute of compiling
def test_groups_that_anybody_can_see() -> None:
    pytest.importorskip("evoc", reason="the extra `evoc` is not installed")
    rng = np.random.default_rng(0)
    vectors = np.concatenate([4 * row + rng.normal(size=(80, 40)) * 0.3 for row in np.eye(40)[:4]])
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels, strengths = evoc_clusters(vectors, SETTINGS, 10)
    again, _ = evoc_clusters(vectors, SETTINGS, 10)
    assert np.array_equal(labels, again)
    groups = [set(labels[start : start + 80].tolist()) - {-1} for start in range(0, 320, 80)]
    assert all(groups)
    assert len(set.union(*groups)) == sum(len(group) for group in groups)  # no topic in two groups
    assert strengths.min() >= 0
    assert strengths.max() <= 1
