from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.clustering.centroids import centroids
from benchbuilder.clustering.quality import coherence, simplified_silhouette


def silhouette(vectors: np.ndarray, labels: np.ndarray) -> float | None:
    return simplified_silhouette(vectors, labels, centroids(vectors, labels).vectors, seed=0)


TIGHT = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0.6, 0.8]], dtype=np.float32)


def test_perfect_topics_have_a_silhouette_of_one() -> None:
    assert silhouette(TIGHT, np.array([0, 0, 1, 1, -1])) == pytest.approx(1)


def test_a_member_of_the_wrong_topic_lowers_it() -> None:
    """By hand: the row of topic 0 that lies at topic 1 has a = 1 - cos, b = 0, thus -1."""
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)
    good = silhouette(vectors, np.array([0, 0, 0, 1, 1]))
    bad = silhouette(vectors, np.array([0, 0, 0, 0, 1]))
    assert good is not None and bad is not None
    assert good == pytest.approx(1)
    assert bad < 0.7


def test_one_topic_has_none() -> None:
    assert silhouette(TIGHT, np.array([0, 0, 0, -1, -1])) is None
    assert silhouette(TIGHT, np.full(5, -1)) is None


def test_a_topic_of_an_earlier_run_without_a_prompt_today_changes_nothing() -> None:
    near = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    labels = np.array([0, 0, 2, 2, -1])
    both = simplified_silhouette(TIGHT, labels // 2, near[[0, 2]], seed=0)
    assert simplified_silhouette(TIGHT, labels, near, seed=0) == both
    assert simplified_silhouette(TIGHT, np.array([0, 0, 0, 0, -1]), near, seed=0) is None


def test_words_that_always_come_together() -> None:
    """By hand: p(a) = p(b) = p(a, b) = 1/2, thus NPMI = log 2 / log 2."""
    prompts = [{"sql", "join"}, {"sql", "join"}, {"bread"}, {"tea"}]
    assert coherence({0: ["sql", "join"]}, prompts) == pytest.approx(1)


def test_words_that_never_do_and_words_that_do_by_chance() -> None:
    assert coherence({0: ["a", "b"]}, [{"a"}, {"b"}]) == -1
    by_chance = [{"a", "b"}, {"a"}, {"b"}, {"c"}]
    assert coherence({0: ["a", "b"]}, by_chance) == pytest.approx(0)
    assert coherence({0: ["a", "b"], 1: ["a", "c"]}, by_chance) == pytest.approx(-0.5)


def test_words_outside_of_the_sample_and_single_ones_have_no_coherence() -> None:
    assert coherence({0: ["a", "unseen"], 1: ["b"], 2: []}, [{"a", "b"}]) is None
    assert coherence({0: ["a", "b"]}, []) is None
    assert coherence({0: ["a", "b"]}, [{"a", "b"}]) == 1
