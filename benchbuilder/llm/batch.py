"""The Batch API: half the price, up to a day's wait, results in any order.

What a batch leaves unanswered (it expired, or some of its calls failed) is submitted again; what
it answered is kept. The run may be stopped at any time: the next one picks up where it was.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from benchbuilder.errors import CompletionError
from benchbuilder.llm.adaptation import adapt
from benchbuilder.llm.batch_endpoint import Batch, BatchEndpoint
from benchbuilder.llm.batch_files import read_results, request_files
from benchbuilder.llm.batch_journal import OpenBatch
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.calling import Caller, Question
from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.reading import as_call, read_call
from benchbuilder.llm.retry import TRANSIENT
from benchbuilder.llm.types import Accept, Completion, anything

_WORTH_A_BATCH = 0.1  # of the questions: fewer are not worth up to a day's wait
_FRUITLESS = 3  # rounds that answered nothing, before the rest is given up for this run
_OVER = frozenset({"completed", "expired", "cancelled", "failed"})


class BatchDispatcher:
    """Asks one list of questions through batches; see ``dispatch.Dispatcher``."""

    def __init__(
        self,
        caller: Caller,
        cache: CompletionCache,
        questions: Sequence[Question],
        accept: Accept,
        answered: Callable[[], None],
    ) -> None:
        self._caller = caller
        self._api = BatchEndpoint(caller.endpoints[0], caller.name, caller.settings)
        self._cache = cache
        self._accept = accept
        self._answered = answered
        self._questions = {question.key: question for question in questions}
        self._answers: dict[str, Completion] = {}
        self._reserved: dict[str, float] = {}

    async def run(self) -> dict[str, Completion]:
        """Completions by key.

        Raises:
            CompletionError: the API refuses the batches, or no money is left.
        """
        await self._collect_open()
        unanswered, fruitless = self._unanswered(), 0
        while unanswered and fruitless < _FRUITLESS:
            await self._submit(self._affordable(unanswered))
            await self._collect_open()
            left = self._unanswered()
            fruitless = fruitless + 1 if len(left) == len(unanswered) else 0
            unanswered = left
        late = Completion("", "timeout", detail="the batch ended before it was answered")
        return {key: self._answers.get(key, late) for key in self._questions}

    def _unanswered(self) -> list[Question]:
        """Questions without an outcome, or with one that another try may better."""
        return [
            question
            for key, question in self._questions.items()
            if key not in self._answers or self._answers[key].status in TRANSIENT
        ]

    def _affordable(self, questions: Sequence[Question]) -> list[Question]:
        """As many as the budget takes at worst; the rest comes after the first ones are paid.

        Raises:
            BudgetExceeded: so few that a batch of them is not worth its wait.
        """
        budget = self._caller.budget
        costs = [budget.worst_cost_usd(question.body) for question in questions]
        sums = list(itertools.accumulate(costs))
        count = sum(map(budget.has_room, sums))
        fewest = math.ceil(_WORTH_A_BATCH * len(questions))
        if count < fewest:
            raise budget.exceeded(sums[fewest - 1], f"batch of {fewest} calls")
        for question, cost_usd in zip(questions[:count], costs, strict=False):
            budget.set_aside(cost_usd)
            self._reserved[question.key] = cost_usd
        return list(questions[:count])

    async def _submit(self, questions: Sequence[Question]) -> None:
        fit = partial(adapt, unsupported=self._caller.unsupported)
        for part, content in request_files(questions, fit):
            token = secrets.token_hex(8)
            self._cache.batches.intend(
                token,
                self._caller.name,
                {question.key: question.request_id for question in part},
                {question.key: question.text for question in part},
                stage=self._caller.stage,
            )
            batch = await self._api.create(token, content)
            self._cache.batches.submitted(token, batch.id)
            self._caller.observe.note(
                f"batch {batch.id}: {len(part)} calls of {self._caller.name}; it may take a day, "
                "and the run may be stopped and started again meanwhile"
            )

    async def _collect_open(self) -> None:
        """Wait for every batch that is under way, also for those of a run that was killed."""
        for entry in self._cache.batches.open(self._caller.name):
            batch = None if self._answered_since(entry) else await self._await_end(entry)
            if batch is not None:
                await self._collect(entry, batch)
            self._cache.batches.collected(entry.token)
            if batch is not None and batch.status == "failed":
                why = "; ".join(batch.complaints[:3])
                raise CompletionError(
                    f"batch {batch.id} was refused: {why or 'no reason given'}",
                    hint="fix that and run the same command again",
                )

    def _answered_since(self, entry: OpenBatch) -> bool:
        """Whether all was answered another way (`batch: false`): nobody needs the batch now."""
        recorded = self._cache.recorded(entry.requests)
        return all(any(call.final for call in recorded.get(key, ())) for key in entry.requests)

    async def _await_end(self, entry: OpenBatch) -> Batch | None:
        """The batch once it is over; None when it never came to the server."""
        batch_id = entry.batch_id
        if batch_id is None:
            found = await self._api.find(entry.token)
            if found is None:
                return None
            batch_id = found.id
            self._cache.batches.submitted(entry.token, batch_id)
        while True:
            batch = await self._api.look(batch_id)
            if batch.status in _OVER:
                return batch
            await asyncio.sleep(self._caller.settings.batch_poll_seconds)

    async def _collect(self, entry: OpenBatch, batch: Batch) -> None:
        texts = [await self._api.text(file_id) for file_id in batch.files]
        for key, outcome in read_results(texts):
            if key in entry.requests:
                self._keep(key, entry, outcome)
        for key in entry.requests.keys() & self._reserved.keys():  # of what was not answered
            self._caller.budget.settle(self._reserved.pop(key), None, answered=False)

    def _keep(self, key: str, entry: OpenBatch, outcome: Outcome) -> None:
        if outcome.unsupported is not None:
            self._caller.learn_unsupported(outcome.unsupported)
            return  # asked again without that field
        question = self._questions.get(key)
        adapted = tuple(sorted(self._caller.unsupported & question.body.keys())) if question else ()
        outcome = replace(outcome, cost_usd=self._caller.cost_usd(outcome), adapted=adapted)
        # What another stage asked is not read by the rules of this one.
        accept = self._accept if question else anything
        call = as_call(
            key, entry.requests[key], self._caller.name, outcome, accept, stage=entry.stage
        )
        if outcome.status not in TRANSIENT:
            self._cache.record(call, question.text if question else None)
        if key in self._reserved:
            self._caller.budget.settle(
                self._reserved.pop(key), outcome.cost_usd, answered=outcome.answered
            )
        if question is not None:
            if key not in self._answers:
                self._answered()
            self._answers[key] = read_call(call, self._accept, cached=False)
