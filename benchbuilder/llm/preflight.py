"""What a run would ask and cost, before it asks anything: a stand-in for the client.

A stage that gets a ``Preflight`` in place of a client goes through all its work; the requests that
are not on record are counted instead of sent. Its tables are then thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchbuilder.llm.access import base_urls
from benchbuilder.llm.budget import expected_input_tokens
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.embedding_calls import calls_for
from benchbuilder.llm.embeddings import Embedded, Progress, vector_keys
from benchbuilder.llm.identity import completion_key, request_body
from benchbuilder.llm.prices import find_price
from benchbuilder.llm.reading import standing
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.settings import ModelSettings
from benchbuilder.text.tokens import count_tokens

_OUTPUT_TOKENS = 250  # of a short reason and a verdict, until the model's own mean is known


@dataclass(frozen=True)
class Estimate:
    """Calls to make, and what they are expected to use; ``cost_usd`` is None without a price.

    ``requests`` counts questions (texts, where vectors are asked for), equal ones once.
    ``price`` names its source too, with its date where that is known.
    """

    stage: str
    model: str
    requests: int
    recorded: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    price: str | None


class Preflight:
    """A ``Complete`` that sends nothing."""

    def __init__(
        self,
        name: str,
        settings: ModelSettings,
        *,
        stage: str,
        cache_path: Path,
        batch: bool = False,
    ) -> None:
        self._name, self._settings, self._stage = name, settings, stage
        self._price = find_price(name, settings, base_urls(settings)[0], batch=batch)
        self._cache = CompletionCache(cache_path) if cache_path.is_file() else None
        self._asked: set[str] = set()  # keys: equal questions are one
        self._input_tokens: dict[str, int] = {}  # by key of what is not on record

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        """Recorded completions where there are any, else an ``empty`` one."""
        bodies: dict[str, dict[str, Any]] = {}
        keys = []
        for request in requests:
            body = request_body(self._name, self._settings, request)
            key, _ = completion_key(self._name, self._settings, body, request.sample)
            keys.append(key)
            bodies[key] = body
        self._asked |= bodies.keys()
        recorded = self._cache.recorded(bodies) if self._cache else {}
        answers = {}
        for key, body in bodies.items():
            answers[key] = standing(body, recorded.get(key, ()), accept)
            if answers[key] is None:
                self._input_tokens[key] = expected_input_tokens(body)
        return [
            answers[key] or Completion(request.id, "empty", detail="not asked")
            for request, key in zip(requests, keys, strict=True)
        ]

    def estimate(self) -> Estimate:
        """The sum over all requests so far. Equal questions are counted once."""
        calls, tokens_in = len(self._input_tokens), sum(self._input_tokens.values())
        tokens_out = calls * self._expected_output_tokens()
        return Estimate(
            stage=self._stage,
            model=self._name,
            requests=len(self._asked),
            recorded=len(self._asked) - calls,
            calls=calls,
            input_tokens=tokens_in,
            output_tokens=tokens_out,
            cost_usd=self._price.cost_usd(tokens_in, tokens_out) if self._price else None,
            price=str(self._price) if self._price else None,
        )

    def close(self) -> None:
        if self._cache is not None:
            self._cache.close()

    def _expected_output_tokens(self) -> int:
        """The mean of the calls on record, else a guess; never more than the model may write."""
        learned = self._cache.mean_output_tokens(self._name) if self._cache else None
        expected = _OUTPUT_TOKENS if learned is None else round(learned)
        return min(expected, self._settings.max_tokens or expected)


class EmbeddingPreflight:
    """Stands in for an ``EmbeddingClient``: counts the texts whose vectors are not on record."""

    def __init__(self, name: str, settings: ModelSettings, *, stage: str, cache_path: Path) -> None:
        self._name, self._settings, self._stage = name, settings, stage
        self._cache = CompletionCache(cache_path) if cache_path.is_file() else None
        self._texts: dict[str, str] = {}

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Embedded:
        """Vectors of one dimension that mean nothing."""
        del progress
        self._texts |= zip(vector_keys(self._name, self._settings, texts), texts, strict=True)
        return Embedded(
            np.ones((len(texts), 1), dtype=np.float32), np.zeros(len(texts), dtype=np.bool_)
        )

    def estimate(self) -> Estimate:
        """The sum over all texts so far. ``requests`` and ``recorded`` count texts."""
        recorded = self._cache.vectors.recorded(self._texts) if self._cache else {}
        missing = {key: text for key, text in self._texts.items() if key not in recorded}
        tokens = sum(map(count_tokens, missing.values()))
        price = find_price(self._name, self._settings, base_urls(self._settings)[0])
        return Estimate(
            stage=self._stage,
            model=self._name,
            requests=len(self._texts),
            recorded=len(recorded),
            calls=sum(1 for _ in calls_for(missing)),
            input_tokens=tokens,
            output_tokens=0,
            cost_usd=price.cost_usd(tokens, 0) if price else None,
            price=str(price) if price else None,
        )

    def close(self) -> None:
        if self._cache is not None:
            self._cache.close()
