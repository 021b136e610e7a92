"""Asks for vectors: many texts in a call, fewer where the server takes fewer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.calling import Caller, Question
from benchbuilder.llm.dispatch import Dispatcher
from benchbuilder.llm.identity import digest
from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.reading import read_call
from benchbuilder.llm.types import Completion, anything
from benchbuilder.llm.vectors import Vector
from benchbuilder.text.tokens import count_tokens

_MOST_TEXTS = 32  # of one call: what the strictest of the usual servers takes
_MOST_TOKENS = 16_384  # of one call, as estimated
_SHORTEST = 16  # characters: a text is not cut any shorter
#: A server that turns down many texts at once may take fewer.
_TOO_MUCH = frozenset({"context_overflow", "bad_request", "content_filter"})

#: Texts by the keys of their vectors.
Texts = Mapping[str, str]


class EmbeddingDispatcher(Dispatcher):
    """Asks for the vectors of texts and writes them down as they come; see ``Dispatcher``.

    A call that is turned down is halved; a single text that is too long is cut by half until the
    model takes it. ``advance`` hears how many texts a call has brought.
    """

    def __init__(
        self,
        caller: Caller,
        cache: CompletionCache,
        body: dict[str, Any],
        texts: Texts,
        advance: Callable[[int], None],
    ) -> None:
        super().__init__(caller, cache, (), accept=anything, answered=_nobody)
        self.failures: dict[str, Completion] = {}  # by the key of a text
        self._body, self._full, self._advance = body, texts, advance
        self._parts: dict[str, Texts] = {}  # by the key of a call
        self._waiting.extend(map(self._question, calls_for(texts)))

    async def _ask(self, question: Question) -> Completion:
        texts = self._parts[question.key]
        hopeful = _TOO_MUCH if len(texts) > 1 else ()
        outcome = await self._caller.call(question, self._keep, hopeful=hopeful)
        self._cache.claims.release(question.key)
        outcome = _whole(outcome, len(texts))
        fewer = _fewer(texts, outcome.status)
        self._waiting.extendleft(map(self._question, reversed(fewer)))
        completion = read_call(self._call(question, outcome), anything, cached=False)
        if not fewer:
            self.failures |= dict.fromkeys(texts, completion)
        return completion

    def _keep(self, question: Question, outcome: Outcome) -> None:
        if not outcome.answered:  # turned down: asked for in another way
            return
        texts = self._parts[question.key]
        outcome = _whole(outcome, len(texts))
        vectors: list[Vector] = []
        if outcome.status == "ok":
            vectors = [
                Vector(key, real, cut=text != self._full[key])
                for (key, text), real in zip(texts.items(), outcome.vectors, strict=True)
            ]
        self._cache.record_vectors(self._call(question, outcome), vectors)
        self._advance(len(vectors))

    def _question(self, texts: Texts) -> Question:
        body = self._body | {"input": list(texts.values())}
        key, _ = digest({"body": body, "texts": list(texts)})
        self._parts[key] = texts
        return Question(key, f"{len(texts)} texts", body, "")


def calls_for(texts: Texts) -> Iterator[Texts]:
    """The texts of one call after the other."""
    part: dict[str, str] = {}
    tokens = 0
    for key, text in texts.items():
        more = count_tokens(text)
        if part and (len(part) == _MOST_TEXTS or tokens + more > _MOST_TOKENS):
            yield part
            part, tokens = {}, 0
        part[key] = text
        tokens += more
    if part:
        yield part


def _whole(outcome: Outcome, count: int) -> Outcome:
    """The outcome, where it brought ``count`` vectors or failed; else it is a bad response."""
    brought = len(outcome.vectors)
    if not outcome.answered or brought == count:
        return outcome
    return replace(outcome, status="bad_response", detail=f"{brought} vectors for {count} texts")


def _fewer(texts: Texts, status: str) -> list[Texts]:
    """What to ask in place of a call that was turned down; nothing where that cannot help."""
    if status not in _TOO_MUCH:
        return []
    items = list(texts.items())
    if len(items) > 1:
        half = len(items) // 2
        return [dict(items[:half]), dict(items[half:])]
    key, text = items[0]
    if status != "context_overflow" or len(text) <= _SHORTEST:
        return []
    return [{key: text[: len(text) // 2]}]


def _nobody() -> None:
    """Progress is told text by text instead."""
