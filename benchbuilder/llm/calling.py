"""One question, one outcome: endpoint, pace, budget, adaptation and retries around a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, NoReturn

from benchbuilder.errors import CompletionError
from benchbuilder.llm.adaptation import adapt, adaptation_note
from benchbuilder.llm.budget import Budget, most_input_tokens
from benchbuilder.llm.cache import CompletionCache
from benchbuilder.llm.endpoint import Endpoint
from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.retry import TRANSIENT, with_retries
from benchbuilder.llm.stops import hopeless, nobody_there, nothing_there, stop_of
from benchbuilder.observe import Observer
from benchbuilder.settings import ModelSettings

_WARM_UP_ATTEMPTS = 2
_HOPELESS_UNPROVEN, _HOPELESS = 3, 20  # failures in a row before the run stops


class Question(NamedTuple):
    """A request, rendered: the body to send, its key, and the text whose digest the key is."""

    key: str
    request_id: str
    body: dict[str, Any]
    text: str


#: Writes a call down, before anything else happens.
Keep = Callable[[Question, Outcome], None]


class Caller:
    """Calls one model over one or more endpoints.

    ``stop`` is set by the first failure that no other call can survive; calls in flight then end
    as they do, and no new one starts. ``warm`` tells that a call has come through.
    """

    def __init__(
        self,
        name: str,
        settings: ModelSettings,
        endpoints: Sequence[Endpoint],
        budget: Budget,
        cache: CompletionCache,
        observe: Observer,
        stage: str | None = None,
    ) -> None:
        self.name = name
        self.stage = stage  # that the calls are made for
        self.endpoints = list(endpoints)
        self.budget = budget
        self.stop: CompletionError | None = None
        self.sending: set[asyncio.Task[Any] | None] = set()  # tasks with a call in flight
        self.warm = False
        self.settings = settings
        self._cache = cache
        self.unsupported = set(cache.adaptations(name))
        self._proven = cache.has_answer(name)  # the model worked before, under this name
        self.observe = observe
        self._turn = 0
        self._failures = 0  # questions in a row that failed

    async def call(
        self, question: Question, keep: Keep, *, hopeful: Container[str] = ()
    ) -> Outcome:
        """The outcome of a question after all retries; ``keep`` hears of each call that counts.

        ``hopeful``: statuses after which the caller has something else to try.

        Raises:
            CompletionError: the run has to stop.
        """
        attempts = self.settings.max_attempts
        if not self.warm:
            attempts = min(attempts, _WARM_UP_ATTEMPTS)
        outcome = await with_retries(lambda: self._adapted(question, keep), attempts=attempts)
        if outcome.status not in hopeful:
            self._give_up_if_hopeless(outcome)
        return outcome

    def learn_unsupported(self, field: str) -> None:
        """Remember a field that the model does not take, and tell so once."""
        if field not in self.unsupported:
            self.unsupported.add(field)
            self._cache.remember_adaptation(self.name, field)
            self.observe.note(adaptation_note(self.name, field))

    def cost_usd(self, outcome: Outcome) -> float | None:
        """What a call cost; None where it was not answered or where that is not known."""
        if not outcome.answered:
            return None
        price = self.budget.price
        return price.cost_usd(outcome.input_tokens, outcome.output_tokens) if price else None

    async def close(self) -> None:
        for endpoint in self.endpoints:
            await endpoint.close()

    async def _adapted(self, question: Question, keep: Keep) -> Outcome:
        """One try; repeated at once, without the field, when the server does not take a field."""
        while True:
            known = frozenset(self.unsupported)
            outcome = await self._reach(question, keep, known)
            field = outcome.unsupported
            if field is None or field in known:
                return outcome
            self.learn_unsupported(field)

    async def _reach(self, question: Question, keep: Keep, unsupported: frozenset[str]) -> Outcome:
        """The outcome at the first endpoint that takes the connection; each is tried."""
        for endpoint in self._in_turn():
            outcome = await self._send(endpoint, question, keep, unsupported)
            if not outcome.unreachable:
                break
        return outcome

    async def _send(
        self, endpoint: Endpoint, question: Question, keep: Keep, unsupported: frozenset[str]
    ) -> Outcome:
        body = adapt(question.body, unsupported)
        async with endpoint.pace.slot(most_input_tokens(body)) as started:
            if self.stop is not None:
                raise self.stop
            outcome = await self._pay(endpoint, body)
            if outcome.status not in TRANSIENT and outcome.unsupported is None:
                adapted = tuple(sorted(unsupported & question.body.keys()))
                keep(question, replace(outcome, adapted=adapted))
        self._stop_if_told(endpoint, outcome)
        await endpoint.learn(outcome, started=started)
        return outcome

    async def _pay(self, endpoint: Endpoint, body: dict[str, Any]) -> Outcome:
        """Send within budget; the outcome knows its cost."""
        reserved = self.budget.worst_cost_usd(body)
        try:
            await self.budget.reserve(reserved)
        except CompletionError as error:
            self._halt(error)
        task = asyncio.current_task()
        self.sending.add(task)
        outcome = Outcome("timeout")  # stands when the call is cut off
        try:
            outcome = await endpoint.send(body)
            outcome = replace(outcome, cost_usd=self.cost_usd(outcome))
        finally:
            self.sending.discard(task)
            self.budget.settle(reserved, outcome.cost_usd, answered=outcome.answered)
        return outcome

    def _stop_if_told(self, endpoint: Endpoint, outcome: Outcome) -> None:
        if self.stop is not None and outcome.status in TRANSIENT:
            raise self.stop  # no pause, no other try
        if (stop := stop_of(self.name, self.settings, endpoint.where, outcome)) is not None:
            self._halt(stop)
        if not self.warm and outcome.status_code in (404, 405):
            self._halt(nothing_there(self.name, endpoint.where, outcome))

    def _give_up_if_hopeless(self, outcome: Outcome) -> None:
        """Stop when call after call fails: the run would only burn time."""
        suspicious = TRANSIENT if self._proven else TRANSIENT | {"bad_response", "bad_request"}
        if outcome.status not in suspicious:
            self.warm = self._proven = True
            self._failures = 0
            return
        self._failures += 1
        if not self.warm and outcome.unreachable:
            places = " and ".join(endpoint.where for endpoint in self.endpoints)
            self._halt(nobody_there(self.name, places, outcome))
        if self._failures >= (_HOPELESS if self._proven else _HOPELESS_UNPROVEN):
            self._halt(hopeless(self.name, self._failures, outcome))

    def _halt(self, error: CompletionError) -> NoReturn:
        self.stop = self.stop or error
        raise self.stop

    def _in_turn(self) -> list[Endpoint]:
        """Where to send a call: another one first each time; none that is set aside, if it can."""
        alive = [e for e in self.endpoints if not e.set_aside] or self.endpoints
        self._turn += 1
        first = self._turn % len(alive)
        return alive[first:] + alive[:first]
