"""Money: what a run may spend, what it has spent, and what a call is expected to cost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from benchbuilder.errors import BudgetExceeded, CompletionError
from benchbuilder.llm.prices import Price
from benchbuilder.text.tokens import count_tokens

_BYTES_PER_TOKEN_AT_WORST = 2.5  # code and Chinese have about 3, English prose 4
_OUTPUT_TOKENS_UNLIMITED = 4096  # expected of a call without max_tokens
_PER_MESSAGE = 4  # tokens of the chat format around each message


def expected_input_tokens(body: dict[str, Any]) -> int:
    """Estimated input tokens of a body: its messages (system prompt included) and its schema."""
    texts = _texts(body)
    return sum(map(count_tokens, texts)) + _PER_MESSAGE * len(texts)


def most_input_tokens(body: dict[str, Any]) -> int:
    """More input tokens than a body may be expected to have; quick to count."""
    texts = _texts(body)
    size = sum(len(text.encode()) for text in texts)
    return int(size / _BYTES_PER_TOKEN_AT_WORST) + _PER_MESSAGE * len(texts)


def _texts(body: dict[str, Any]) -> list[str]:
    schema = body.get("response_format")
    texts = [message["content"] for message in body.get("messages", ())]
    texts += body.get("input", ())  # of a call for vectors
    return texts if schema is None else [*texts, str(schema)]


@dataclass
class Purse:
    """What a run may spend over all its models; give the same one to each of its clients."""

    limit_usd: float
    spent_usd: float = 0.0


class Budget:
    """Hands out money before calls and takes it back after; never passes its limit.

    A call reserves what it can cost at worst. When the reservations of calls in flight are all
    that stands in the way, it waits for them to settle.

    Raises:
        CompletionError: there is a limit, but no price to keep it with.
    """

    def __init__(self, model: str, price: Price | None, purse: Purse | None) -> None:
        if purse is not None and price is None:
            raise CompletionError(
                f"the price of model {model!r} is not known, so a limit of ${purse.limit_usd:g} "
                "cannot be kept",
                hint=f"set models.{model}.input_usd_per_million and .output_usd_per_million",
            )
        self.price = price
        self.spent_usd = 0.0
        self.unknown_calls = 0  # calls whose cost is not known
        self._purse = purse
        self._reserved_usd = 0.0
        self._in_flight = 0
        self._settled = asyncio.Event()

    def worst_cost_usd(self, body: dict[str, Any]) -> float:
        """What a call can cost at worst; 0 where no price is known."""
        output = body.get("max_tokens") or body.get("max_completion_tokens")
        if output is None:
            output = 0 if "input" in body else _OUTPUT_TOKENS_UNLIMITED
        cost = self.price and self.price.cost_usd(most_input_tokens(body), output)
        return cost or 0.0

    def has_room(self, cost_usd: float) -> bool:
        """Whether a call may be paid for on top of all that is spent and reserved."""
        if self._purse is None:
            return True
        return self._purse.spent_usd + self._reserved_usd + cost_usd <= self._purse.limit_usd

    async def reserve(self, cost_usd: float) -> None:
        """Set money aside for a call; wait for other calls where that makes room.

        Raises:
            BudgetExceeded: the call could pass the limit.
        """
        while not self.has_room(cost_usd):
            if self._in_flight == 0:
                raise self.exceeded(cost_usd, "call")
            self._settled.clear()
            await self._settled.wait()
        self.set_aside(cost_usd)

    def set_aside(self, cost_usd: float) -> None:
        """Reserve without asking whether there is room."""
        self._reserved_usd += cost_usd
        self._in_flight += 1

    def exceeded(self, cost_usd: float, what: str) -> BudgetExceeded:
        """The error that stops a run before ``what`` would pass the limit."""
        spent, limit = (p.spent_usd, p.limit_usd) if (p := self._purse) else (0.0, 0.0)
        return BudgetExceeded(
            f"spent ${spent:.4f}; the next {what} may cost ${cost_usd:.4f} and pass the limit of "
            f"${limit:g}",
            hint="run the same command with a higher --max-cost-usd; "
            "nothing that is paid for is asked again",
        )

    def settle(self, reserved_usd: float, cost_usd: float | None, *, answered: bool) -> None:
        """Replace a reservation by what the call cost.

        An answered call of unknown cost counts with its reservation, to stay on the safe side.
        """
        self._reserved_usd -= reserved_usd
        self._in_flight -= 1
        if answered:
            spent = reserved_usd if cost_usd is None else cost_usd
            self.spent_usd += spent
            self.unknown_calls += cost_usd is None
            if self._purse is not None:
                self._purse.spent_usd += spent
        self._settled.set()
