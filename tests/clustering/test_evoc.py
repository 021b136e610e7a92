from __future__ import annotations

import os
import subprocess
import sys

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


ELSEWHERE = """
import hashlib, numpy as np
from benchbuilder.clustering.evoc import evoc_clusters
from benchbuilder.settings import ClusterSettings
vectors = np.random.default_rng(0).normal(size=(3000, 24)).astype(np.float32)
vectors += 3 * np.repeat(np.eye(24, dtype=np.float32), 125, axis=0)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
found = evoc_clusters(vectors, ClusterSettings(method="evoc", threads={threads}), 10)
print(len(set(found[0].tolist())), hashlib.sha256(b"".join(a.tobytes() for a in found)).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, 2])
def test_as_many_threads_find_the_same_in_another_process(threads: int) -> None:
    """However many threads the machine, or its owner, has for numba and for matrix products."""
    pytest.importorskip("evoc", reason="the extra `evoc` is not installed")
    found = set()
    for at_most in ("2", "3"):
        names = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", ELSEWHERE.format(threads=threads)],
            env=os.environ | dict.fromkeys(names, at_most),
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert int(found.pop().split()[0]) > 10
