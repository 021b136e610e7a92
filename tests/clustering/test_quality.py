from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.clustering.quality import simplified_silhouette

TIGHT = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0.6, 0.8]], dtype=np.float32)


def test_perfect_topics_have_a_silhouette_of_one() -> None:
    assert simplified_silhouette(TIGHT, np.array([0, 0, 1, 1, -1]), 0) == pytest.approx(1)


def test_a_member_of_the_wrong_topic_lowers_it() -> None:
    """By hand: the row of topic 0 that lies at topic 1 has a = 1 - cos, b = 0, thus -1."""
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
    good = simplified_silhouette(vectors, np.array([0, 0, 0, 1, 1]), 0)
    bad = simplified_silhouette(vectors, np.array([0, 0, 0, 0, 1]), 0)
    assert good is not None and bad is not None
    assert good == pytest.approx(1)
    assert bad < 0.7


def test_one_topic_has_none() -> None:
    assert simplified_silhouette(TIGHT, np.array([0, 0, 0, -1, -1]), 0) is None
    assert simplified_silhouette(TIGHT, np.full(5, -1), 0) is None
