"""What is expected of prompts that were not asked about: the local head, corrected by answers.

The head's probabilities are the start. A Gaussian process over what it got wrong so far corrects
them: prompts that are alike in meaning and on the surface are wrong in the same way. What is wrong
is counted in standard deviations of a yes or no, √(p(1 − p)), so that a correction moves log-odds
(to first order) and the head's sure answers move little.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

VECTOR_SCALE, SURFACE_SCALE, NOISE = 0.9, 1.2, 1.0
"""Length scales of the kernel (in distances of unit vectors, in standard deviations) and the
variance of an answer's noise over that of the correction: chosen by cross-validation on the labels
of the shipped heads, half of them for the head and half for the cascade."""
SMALLEST_SPREAD = 0.1
"""The least standard deviation that an answer is taken to have, however sure the head is of it."""
MOST_LABELS = 3_000
"""So many answers train a correction; more would cost more time than they bring."""
_CHUNK = 4_096


class Learner:
    """Corrects the head on a fixed pool of n prompts.

    ``probabilities``: the head's, shape (n, 7); ``vectors``: unit vectors (n, d) or None;
    ``surface``: surface features (n, k), standardised here.
    """

    def __init__(self, probabilities: Floats, vectors: Floats | None, surface: Floats) -> None:
        self._start = probabilities
        spread = surface.std(axis=0)
        standard = (surface - surface.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
        blocks = [standard / (SURFACE_SCALE * np.sqrt(max(1, surface.shape[1])))]
        if vectors is not None:
            blocks.append(vectors / VECTOR_SCALE)
        # The product of two Gaussian kernels is one kernel over both, side by side.
        self._points = np.hstack(blocks)

    def expected(self, asked: Places, labels: Floats) -> Floats:
        """Corrected probabilities of the whole pool (n, 7), from labels (m, 7) of ``asked`` (m,).

        Of more than ``MOST_LABELS`` the last ones count. One thread and rounded: the same answers
        give the same order everywhere.
        """
        from threadpoolctl import threadpool_limits

        asked, labels = asked[-MOST_LABELS:], labels[-MOST_LABELS:]
        if not len(asked):
            return self._start
        known = self._points[asked]
        spread = np.maximum(np.sqrt(self._start * (1.0 - self._start)), SMALLEST_SPREAD)
        with threadpool_limits(limits=1):
            wrong = (labels - self._start[asked]) / spread[asked]
            weights = np.linalg.solve(_kernel(known, known) + NOISE * np.eye(len(asked)), wrong)
            moved = [
                _kernel(self._points[start : start + _CHUNK], known) @ weights
                for start in range(0, len(self._start), _CHUNK)
            ]
        corrected = self._start + spread * np.concatenate(moved)
        return np.asarray(np.round(np.clip(corrected, 0.0, 1.0), 6))


def _kernel(left: Floats, right: Floats) -> Floats:
    """exp(−‖a − b‖² / 2), shape (n, m)."""
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :]
    return np.asarray(np.exp(-np.maximum(squares - 2.0 * left @ right.T, 0.0) / 2.0))
