"""Money: what a run may spend, what it has spent, and what a call is expected to cost."""

from __future__ import annotations

import asyncio
from typing import Any

from benchbuilder.errors import BudgetExceeded, CompletionError
from benchbuilder.llm.prices import Price

_BYTES_PER_TOKEN = 4.0  # English prose; other scripts have more bytes and more tokens per letter
_BYTES_PER_TOKEN_AT_WORST = 3.0  # code, Chinese: what a reservation counts with
_OUTPUT_TOKENS_UNLIMITED = 4096  # expected of a call without max_tokens
_PER_MESSAGE = 4  # tokens of the chat format around each message


def input_tokens(body: dict[str, Any], *, at_worst: bool = False) -> int:
    """Estimated input tokens of a body: its messages (system prompt included) and its schema."""
    texts = [message["content"] for message in body["messages"]]
    size = sum(len(text.encode()) for text in texts) + len(str(body.get("response_format", "")))
    per_token = _BYTES_PER_TOKEN_AT_WORST if at_worst else _BYTES_PER_TOKEN
    return int(size / per_token) + _PER_MESSAGE * len(texts)


class Budget:
    """Hands out money before calls and takes it back after; never passes its limit.

    A call reserves what it can cost at worst. When the reservations of calls in flight are all
    that stands in the way, it waits for them to settle.

    Raises:
        CompletionError: there is a limit, but no price to keep it with.
    """

    def __init__(self, model: str, price: Price | None, limit_usd: float | None) -> None:
        if limit_usd is not None and price is None:
            raise CompletionError(
                f"the price of model {model!r} is not known, so a limit of ${limit_usd:g} "
                "cannot be kept",
                hint=f"set models.{model}.input_usd_per_million and .output_usd_per_million",
            )
        self.price = price
        self.spent_usd = 0.0
        self.unknown_calls = 0  # calls whose cost is not known
        self._limit_usd = limit_usd
        self._reserved_usd = 0.0
        self._in_flight = 0
        self._settled = asyncio.Event()

    def worst_cost_usd(self, body: dict[str, Any]) -> float:
        """What a call can cost at worst; 0 where no price is known."""
        output = body.get("max_tokens") or body.get("max_completion_tokens")
        cost = self.price and self.price.cost_usd(
            input_tokens(body, at_worst=True), output or _OUTPUT_TOKENS_UNLIMITED
        )
        return cost or 0.0

    def has_room(self, cost_usd: float) -> bool:
        """Whether a call may be paid for on top of all that is spent and reserved."""
        committed = self.spent_usd + self._reserved_usd
        return self._limit_usd is None or committed + cost_usd <= self._limit_usd

    async def reserve(self, cost_usd: float) -> None:
        """Set money aside for a call.

        Raises:
            BudgetExceeded: the call could pass the limit.
        """
        while not self.has_room(cost_usd):
            if self._in_flight == 0:
                raise BudgetExceeded(
                    f"spent ${self.spent_usd:.4f}; the next call may cost ${cost_usd:.4f} and "
                    f"pass the limit of ${self._limit_usd:g}",
                    hint="run the same command with a higher --max-cost-usd; "
                    "nothing that is paid for is asked again",
                )
            self._settled.clear()
            await self._settled.wait()
        self._reserved_usd += cost_usd
        self._in_flight += 1

    def settle(self, reserved_usd: float, cost_usd: float | None, *, answered: bool) -> None:
        """Replace a reservation by what the call cost.

        An answered call of unknown cost counts with its reservation, to stay on the safe side.
        """
        self._reserved_usd -= reserved_usd
        self._in_flight -= 1
        if answered:
            self.spent_usd += reserved_usd if cost_usd is None else cost_usd
            self.unknown_calls += cost_usd is None
        self._settled.set()
