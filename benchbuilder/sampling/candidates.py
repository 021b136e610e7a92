"""The prompts as the sampler sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from benchbuilder.sampling.votes import NOT_ASKED, Vote

NOISE = -1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prompt. ``score`` is null where no annotator could say; ``no_score`` tells why.

    ``promise`` is the expected score by the annotators' probabilities, null without any.
    """

    prompt_id: str
    topic_id: int
    score: int | None
    no_score: str | None
    promise: float | None
    lot: str
    language: str
    n_tokens: int

    @property
    def worth(self) -> float | None:
        """What the prompt counts in its topic's mean: its score, or what is expected of it where
        it was never asked about. The prompts that a cascade asks about are no random sample."""
        if self.score is None and self.no_score == NOT_ASKED:
            return self.promise
        return self.score

    @property
    def preference(self) -> tuple[float, float, str]:
        """Sorts the best first."""
        return (-(self.score or 0), -(self.promise or 0.0), self.lot)


def read_candidates(
    prompts: pa.Table, clusters: pa.Table, votes: Mapping[str, Vote], seed: int
) -> list[Candidate]:
    """Every prompt, in order of its id; one without an annotation has no score."""
    topic_of = dict(
        zip(clusters["prompt_id"].to_pylist(), clusters["topic_id"].to_pylist(), strict=True)
    )
    rows = zip(
        *(prompts[name].to_pylist() for name in ("prompt_id", "language", "n_tokens")), strict=True
    )
    candidates = []
    for prompt_id, language, n_tokens in sorted(rows):
        vote = votes.get(prompt_id, Vote(None, None, "no_score"))
        candidates.append(
            Candidate(
                prompt_id,
                topic_of.get(prompt_id, NOISE),
                vote.score,
                vote.reason,
                vote.promise,
                lot(seed, prompt_id),
                language,
                n_tokens,
            )
        )
    return candidates


def lot(seed: int, name: str) -> str:
    """The lot of a name: 64 hex digits that depend on the seed and the name alone."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def lot_fraction(drawn: str) -> float:
    """A lot as a number in (0, 1)."""
    return (int(drawn[:13], 16) + 0.5) / 16**13
