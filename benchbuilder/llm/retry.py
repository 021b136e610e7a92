"""Which outcomes are asked again within a run, how often, and after which pause."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import stamina

from benchbuilder.llm.outcome import Outcome

#: Outcomes of the network or the server, not of the model: another try may go better.
TRANSIENT = frozenset({"rate_limited", "server_error", "timeout"})
#: A rate limit says something about the endpoint, not about the item: it has more patience.
_RATE_LIMIT_ATTEMPTS = 5  # times as many as of other failures
_BAD_RESPONSES = 2


class _TryAgain(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.status)
        self.outcome = outcome


async def with_retries(
    attempt: Callable[[], Awaitable[Outcome]], *, attempts: int, paced: bool = True
) -> Outcome:
    """The first outcome worth keeping, or the last one when the tries are used up.

    ``paced``: each attempt waits at the gate of its endpoint, which a rate limit has closed.
    Pauses grow exponentially with jitter unless the server asked for one. A bad response (a web
    page, broken JSON) gets one more try; outcomes of the model itself get none.
    """
    seen: dict[str, int] = {}
    allowed = {
        "rate_limited": attempts * _RATE_LIMIT_ATTEMPTS,
        "bad_response": min(attempts, _BAD_RESPONSES),
    }

    def pause(failure: Exception) -> bool | float:
        if not isinstance(failure, _TryAgain):
            return False
        status = failure.outcome.status
        seen[status] = seen.get(status, 0) + 1
        if seen[status] >= allowed.get(status, attempts):
            return False
        if status == "rate_limited" and paced:
            return 0.0  # the endpoint's pace makes every worker wait, this one too
        return failure.outcome.wait_seconds if failure.outcome.wait_seconds is not None else True

    context = stamina.retry_context(
        on=pause, attempts=None, timeout=None, wait_initial=0.5, wait_max=30.0, wait_jitter=0.5
    )
    try:
        async for turn in context:
            with turn:
                outcome = await attempt()
                if outcome.status in TRANSIENT or outcome.status == "bad_response":
                    raise _TryAgain(outcome)
                return outcome
    except _TryAgain as given_up:
        return given_up.outcome
    raise AssertionError("a retry context ends with a result or an error")
