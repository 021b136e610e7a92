"""What a selection must not become: too much of one topic or language, the same question twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np

from benchbuilder.sampling.candidates import Candidate
from benchbuilder.sampling.vectors import Floats, Vectors, cosines
from benchbuilder.settings import Quotas, SampleSettings

EVERY_OTHER = "*"

Refusal = tuple[str, str | None]  # reason, detail


class Limits:
    """Keeps the books of one selection: what was taken, and what may still be."""

    def __init__(
        self,
        settings: SampleSettings,
        wanted: int | None,
        topic_names: Mapping[int, str],
        vectors: Vectors | None,
    ) -> None:
        self._settings = settings
        self._wanted = wanted
        self._names = topic_names
        self._vectors = vectors if settings.max_similarity is not None else None
        self._taken: list[str] = []
        self._matrix: Floats = np.empty((0, 0))
        self.of_topic: Counter[int] = Counter()
        self.of_language: Counter[str] = Counter()

    def why_not(self, candidate: Candidate) -> Refusal | None:
        """The limit that a candidate would break now, or None."""
        most = self._settings.per_cluster
        if most is not None and self.of_topic[candidate.topic_id] >= most:
            return "enough_from_topic", None
        at_most = self._settings.at_most
        cap = quota(at_most.topic, self._wanted, *self.topic_keys(candidate.topic_id))
        if cap is not None and self.of_topic[candidate.topic_id] >= cap:
            return "topic_quota", f"at most {cap} of this topic"
        cap = quota(at_most.language, self._wanted, candidate.language)
        if cap is not None and self.of_language[candidate.language] >= cap:
            return "language_quota", f"at most {cap} in {candidate.language}"
        return self._repeats(candidate)

    def take(self, candidate: Candidate) -> None:
        """Write down that a candidate is chosen."""
        self.of_topic[candidate.topic_id] += 1
        self.of_language[candidate.language] += 1
        if self._vectors is None:
            return
        vector = self._vectors.of([candidate.prompt_id])
        if len(self._taken) == len(self._matrix):  # grow by doubling
            more = np.empty((max(64, len(self._matrix)), vector.shape[1]))
            self._matrix = np.vstack([self._matrix, more]) if len(self._matrix) else more
        self._matrix[len(self._taken)] = vector[0]
        self._taken.append(candidate.prompt_id)

    def topic_keys(self, topic_id: int) -> tuple[str, ...]:
        """The names under which quotas may know a topic: its number and its name."""
        name = self._names.get(topic_id)
        return (str(topic_id),) if name is None else (str(topic_id), name)

    def _repeats(self, candidate: Candidate) -> Refusal | None:
        limit = self._settings.max_similarity
        if self._vectors is None or limit is None or not self._taken:
            return None
        vector = self._vectors.of([candidate.prompt_id])[0]
        alike = cosines(self._matrix[: len(self._taken)], vector)
        nearest = int(np.argmax(alike))
        if alike[nearest] < limit:
            return None
        return "near_duplicate", f"cosine {alike[nearest]:.3f} with {self._taken[nearest]}"


def quota(values: Mapping[str, float], wanted: int | None, *keys: str) -> int | None:
    """The count that a quota allows under the first of the keys it knows; None: no limit.

    A value under 1 is a share of ``wanted``, the questions asked for (see
    ``choice.questions_wanted``), rounded down; also where fewer are found.
    """
    value = next((values[key] for key in (*keys, EVERY_OTHER) if key in values), None)
    if value is None:
        return None
    if value >= 1 or wanted is None:
        return int(value)
    return math.floor(value * wanted + 1e-9)


def demands(quotas: Quotas, wanted: int | None) -> list[tuple[str, str, int]]:
    """The minimums as (kind, key, count), in order of their names; ``"*"`` demands nothing."""
    return [
        (kind, key, quota(values, wanted, key) or 0)
        for kind, values in (("language", quotas.language), ("topic", quotas.topic))
        for key in sorted(values)
        if key != EVERY_OTHER
    ]
