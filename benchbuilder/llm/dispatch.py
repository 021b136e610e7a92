"""Asks a model what is not on record: many calls at once, each written down as it comes in."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from benchbuilder.llm.cache import Call, CompletionCache
from benchbuilder.llm.calling import Caller, Question
from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.reading import as_call, read_call
from benchbuilder.llm.types import Accept, Completion
from benchbuilder.schemas import FINAL_STATUSES

_RENEW_SECONDS = 10.0
#: Workers that start at once march in step: their answers come together, and wait for each other.
_STAGGER_SECONDS = 0.003
_POLL_SECONDS = 0.2  # how often to look at what another program is asking


class Dispatcher:
    """Asks one list of questions; ``answered`` is called after each of them."""

    def __init__(
        self,
        caller: Caller,
        cache: CompletionCache,
        questions: Sequence[Question],
        accept: Accept,
        answered: Callable[[], None],
    ) -> None:
        self._caller = caller
        self._cache = cache
        self._accept = accept
        self._answered = answered
        self._waiting = deque(questions)
        self._answers: dict[str, Completion] = {}

    async def run(self) -> dict[str, Completion]:
        """Completions by key.

        Raises:
            CompletionError: the run has to stop; calls in flight were waited for and recorded.
        """
        self._caller.stop = None
        renewal = asyncio.create_task(self._renew_claims())
        try:
            # The first question goes out alone: a wrong key, URL or model name fails on it,
            # before a thousand calls do.
            while self._waiting and not self._caller.warm:
                await self._take_one()
            await self._run_workers()
        finally:
            renewal.cancel()
            self._cache.claims.release_all()
        return self._answers

    async def _run_workers(self) -> None:
        most = sum(endpoint.pace.workers for endpoint in self._caller.endpoints)
        count = min(most, len(self._waiting))
        workers = {asyncio.create_task(self._work(n * _STAGGER_SECONDS)) for n in range(count)}
        try:
            running = workers
            while running:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                if self._caller.stop is None:
                    for task in done:
                        task.result()  # a full disk, or a bug: raises what went wrong
                else:
                    for task in running - self._caller.sending:
                        task.cancel()
        finally:  # Ctrl-C comes in here, too: calls in flight are dropped
            await _end(workers)
        if self._caller.stop is not None:
            raise self._caller.stop

    async def _work(self, delay_seconds: float) -> None:
        await asyncio.sleep(delay_seconds)
        while self._waiting and self._caller.stop is None:
            await self._take_one()

    async def _take_one(self) -> None:
        question = self._waiting.popleft()
        if self._cache.claims.take(question.key):
            completion = await self._ask(question)
        else:
            found = self._answer_on_record(question)
            if found is None:  # another program is asking it: look again later
                self._waiting.append(question)
                await asyncio.sleep(_POLL_SECONDS)
                return
            completion = found
        self._answers[question.key] = completion
        self._answered()

    async def _ask(self, question: Question) -> Completion:
        outcome = await self._caller.call(question, self._keep)
        self._cache.claims.release(question.key)
        return read_call(self._call(question, outcome), self._accept, cached=False)

    def _answer_on_record(self, question: Question) -> Completion | None:
        for call in self._cache.recorded([question.key]).get(question.key, []):
            completion = read_call(call, self._accept, cached=True)
            if completion.status in FINAL_STATUSES:
                return completion
        return None

    def _keep(self, question: Question, outcome: Outcome) -> None:
        self._cache.record(self._call(question, outcome), question.text)

    def _call(self, question: Question, outcome: Outcome) -> Call:
        who = self._caller
        return as_call(
            question.key, question.request_id, who.name, outcome, self._accept, stage=who.stage
        )

    async def _renew_claims(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            self._cache.claims.renew()


async def _end(workers: set[asyncio.Task[None]]) -> None:
    """Cancel until all have ended: a wait that is over as the cancellation comes swallows it."""
    running = workers
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_POLL_SECONDS)
    await asyncio.gather(*workers, return_exceptions=True)
