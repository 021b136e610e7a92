"""EVoC: density clusters straight from the vectors, for corpora where UMAP takes too long.

Its result depends on the number of threads, so that number is a setting: a seed and as many threads
give the same labels everywhere. It leaves more noise than UMAP + HDBSCAN and agrees a little less
well with named topics (docs/clustering.md has the figures).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import numpy as np

from benchbuilder.clustering.density import MIN_SAMPLES, Labels, one_thread, quiet
from benchbuilder.clustering.neighbors import Vectors
from benchbuilder.errors import ConfigError
from benchbuilder.settings import ClusterSettings

_NEIGHBORS_SHARE = 2 / 3
"""Of ``n_neighbors``: so many are enough for EVoC. On 18,028 real prompts 10 of them take a quarter
less time than 15, and topics agree with named ones almost as well (NMI .867 and .871)."""

_NOISE_LEVEL = 0.0
"""EVoC's own choice is .5. With 0, and with ``MIN_SAMPLES`` in place of 5, less is noise (.27
against .38) and what is grouped agrees better (NMI .867 against .859)."""


def evoc_clusters(
    vectors: Vectors, settings: ClusterSettings, min_cluster_size: int
) -> tuple[Labels, Vectors]:
    """Labels (n,) of the finest layer, -1 for noise, and membership strengths (n,).

    Raises:
        ConfigError: the extra is not installed, or there are fewer threads than asked for.
    """
    if find_spec("evoc") is None:
        raise ConfigError(
            "cluster.method is evoc, which is not installed",
            hint="pip install 'benchbuilder[evoc]', or --set cluster.method=umap-hdbscan",
        )
    with quiet():
        from evoc import EVoC
    with quiet(), one_thread(), _numba_threads(settings.threads):
        found = EVoC(
            base_min_cluster_size=min_cluster_size,
            n_neighbors=max(2, round(settings.n_neighbors * _NEIGHBORS_SHARE)),
            noise_level=_NOISE_LEVEL,
            min_samples=min(MIN_SAMPLES, min_cluster_size),
            random_state=settings.seed,
        ).fit(np.ascontiguousarray(vectors))
    # `labels_` is the layer that EVoC holds for the most persistent one, often of few topics.
    labels = np.asarray(found.cluster_layers_[0], dtype=np.int64)
    strengths = np.clip(found.membership_strength_layers_[0], 0, 1).astype(np.float32)
    return labels, strengths


@contextmanager
def _numba_threads(wanted: int) -> Iterator[None]:
    import numba

    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(wanted)
    except ValueError as error:
        raise ConfigError(
            f"cluster.threads is {wanted}, and evoc has fewer on this machine: {error}",
            hint="--set cluster.threads=1, which gives other topics",
        ) from error
    try:
        yield
    finally:
        numba.set_num_threads(threads)
