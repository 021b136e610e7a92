"""The client of one declared model: recorded completions first, calls for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchbuilder.errors import NotInCache
from benchbuilder.llm.batch import BatchDispatcher
from benchbuilder.llm.budget import Purse
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.calling import Question
from benchbuilder.llm.dispatch import Dispatcher
from benchbuilder.llm.identity import completion_key, request_body
from benchbuilder.llm.outcome import excerpt
from benchbuilder.llm.reading import standing
from benchbuilder.llm.session import Session, open_caller
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Observer
from benchbuilder.settings import ModelSettings


def open_client(
    name: str,
    settings: ModelSettings,
    *,
    cache_path: Path,
    offline: bool = False,
    max_cost_usd: float | Purse | None = None,
    batch: bool = False,
    stage: str | None = None,
    observe: Observer,
) -> Client:
    """A ``Complete`` for the model declared as ``name``.

    The API key is read here, from the variable that the settings name; offline none is needed.
    ``max_cost_usd`` limits what this client spends, or, as a ``Purse``, all clients that share
    it. ``batch`` asks through the Batch API. ``stage`` is written down with each call.
    ``observe`` hears progress (completions done so far), the figure ``cost_usd`` and notes.

    Raises:
        CompletionError: no key, no valid URL, or a limit without a known price.
        RunFolderError: the cache cannot be opened.
    """
    cache = CompletionCache(cache_path)
    if offline:
        return Client(name, settings, cache, None, observe)
    caller = open_caller(
        name, settings, cache, observe, max_cost_usd=max_cost_usd, batch=batch, stage=stage
    )
    return (BatchClient if batch else Client)(name, settings, cache, caller, observe)


class Client(Session):
    """Answers requests; made by ``open_client``."""

    _dispatcher: type[Dispatcher | BatchDispatcher] = Dispatcher
    _done = 0

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        """See ``Complete``. Requests that are alike in everything but ``id`` are paid for once."""
        questions = [self._question(request) for request in requests]
        answers = self._replay(questions, accept)
        self._tell(len(answers))
        missing = {q.key: q for q in questions if q.key not in answers}
        if missing:
            answers |= self._ask(list(missing.values()), accept)
        return [replace(answers[q.key], id=q.request_id) for q in questions]

    def _question(self, request: Request) -> Question:
        body = request_body(self.name, self._settings, request)
        key, text = completion_key(self.name, self._settings, body, request.sample)
        return Question(key, request.id, body, text)

    def _ask(self, missing: list[Question], accept: Accept) -> dict[str, Completion]:
        if self._caller is None:
            raise _not_recorded(self.name, missing)
        answered = partial(self._tell, 1)
        dispatcher = self._dispatcher(self._caller, self._cache, missing, accept, answered)
        return self._loop.run(dispatcher.run())

    def _replay(self, questions: Sequence[Question], accept: Accept) -> dict[str, Completion]:
        """What is on record: answers for good, and what stands where asking again is no use."""
        by_key = {question.key: question for question in questions}
        offline = self._caller is None
        answers = {}
        for key, calls in self._cache.recorded(by_key).items():
            completion = standing(by_key[key].body, calls, accept, offline=offline)
            if completion is not None:
                answers[key] = completion
            elif not offline:
                self._cache.demote(key)  # the text that was taken once is turned down today
        return answers

    def _tell(self, done: int) -> None:
        self._done += done
        self._observe.progress(self._done)
        self._tell_cost()


class BatchClient(Client):
    """Asks through the Batch API."""

    _dispatcher = BatchDispatcher


def _not_recorded(name: str, missing: Sequence[Question]) -> NotInCache:
    first = missing[0]
    prompt = excerpt(first.body["messages"][-1]["content"])
    return NotInCache(
        f"model {name!r} has no recorded completion for {len(missing)} requests; the first is "
        f"{first.request_id}: {prompt}",
        hint="run the same command without --offline",
    )
