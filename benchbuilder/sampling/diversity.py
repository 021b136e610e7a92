"""The order of the greedy k-centre: each prompt is the farthest from all before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchbuilder.sampling.candidates import Candidate
from benchbuilder.sampling.vectors import Vectors, cosines

MOST = 512
"""So many prompts of a topic are put in order; those behind follow, the best first."""


def farthest_first(candidates: Sequence[Candidate], vectors: Vectors) -> tuple[Candidate, ...]:
    """The best prompt, then always the one whose nearest chosen neighbour is farthest away.

    Greedy k-centre is within a factor of two of the best cover (Gonzalez 1985). Ties go to the
    better score, then to the lot.
    """
    left = sorted(candidates, key=lambda c: c.preference)
    if not left:
        return ()
    matrix = vectors.of([candidate.prompt_id for candidate in left])
    chosen = [0]
    nearest = cosines(matrix, matrix[0])
    nearest[0] = np.inf
    while len(chosen) < min(MOST, len(left)):
        place = int(np.argmin(nearest))  # the first of equals: `left` has the better one first
        chosen.append(place)
        nearest = np.maximum(nearest, cosines(matrix, matrix[place]))
        nearest[place] = np.inf
    taken = set(chosen)
    return (*(left[p] for p in chosen), *(c for p, c in enumerate(left) if p not in taken))
