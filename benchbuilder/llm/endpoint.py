"""One base URL of a model: the HTTP client, its pace, and what a call over it came to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from benchbuilder.llm.outcome import CHAT, Api, Outcome
from benchbuilder.llm.pace import Pace
from benchbuilder.llm.retry import TRANSIENT
from benchbuilder.llm.waiting import asked_wait
from benchbuilder.settings import ModelSettings

if TYPE_CHECKING:
    from openai import APIConnectionError, APIStatusError, AsyncOpenAI

_SET_ASIDE_AFTER = 3  # times in a row without a connection
_ASIDE_SECONDS = 30.0
_CONNECT_SECONDS = 5.0  # a host that has not taken the connection by then is not there
_UNREACHABLE = ("ConnectError", "ConnectTimeout")  # the HTTP client's own errors
_NO_KEY = "none"  # the SDK wants a key; a local server ignores it


class Endpoint:
    """Sends bodies to one base URL. Outcomes show no key, even where a server echoes it."""

    def __init__(
        self,
        base_url: str | None,
        key: SecretStr | None,
        settings: ModelSettings,
        api: Api = CHAT,
    ) -> None:
        self.base_url = base_url
        self.pace = Pace(
            pinned=settings.concurrency,
            requests_per_minute=settings.requests_per_minute,
            tokens_per_minute=settings.tokens_per_minute,
        )
        self._failures = 0  # connection failures in a row
        self._back_at = float("-inf")  # when it is tried again, having been set aside
        self._key = key
        self._api = api
        self._timeout_seconds = settings.timeout_seconds

    @cached_property
    def client(self) -> AsyncOpenAI:
        """The SDK's client, opened by the first call: what is on record needs none."""
        return _open(self.base_url, self._key, self._timeout_seconds)

    @property
    def where(self) -> str:
        """The URL for messages."""
        return self.base_url or "the OpenAI API"

    @property
    def set_aside(self) -> bool:
        """Whether it could not be reached several times in a row, the last time just now."""
        return asyncio.get_running_loop().time() < self._back_at

    async def send(self, body: dict[str, Any]) -> Outcome:
        """One call, no retry. Any failure of the network or the server is an outcome."""
        # The raw text: what the SDK makes of web pages and broken JSON is not told apart.
        told = await self.hear(
            lambda: self.client.post(self._api.path, cast_to=str, body=body),
            within_seconds=self._timeout_seconds,
        )
        return told if isinstance(told, Outcome) else self._api.read(200, told)

    async def hear(
        self, call: Callable[[], Awaitable[str]], *, within_seconds: float | None = None
    ) -> str | Outcome:
        """The text that a call of the SDK brings, or the outcome of its failure.

        ``within_seconds`` is a limit on all of it; without one, silences are limited.
        """
        import openai

        try:
            async with asyncio.timeout(within_seconds):
                return self.hidden(await call())
        except openai.APIStatusError as error:
            return self._read_error(error)
        except TimeoutError:
            return _late(within_seconds)
        except openai.APIConnectionError as error:
            return self._read_loss(error)

    async def learn(self, outcome: Outcome, *, started: float) -> None:
        """Let the pace hear how a call went that started at ``started`` (the loop's time)."""
        self._failures = self._failures + 1 if outcome.unreachable else 0
        if self._failures >= _SET_ASIDE_AFTER:
            self._back_at = asyncio.get_running_loop().time() + _ASIDE_SECONDS
        if outcome.status == "rate_limited":
            self.pace.rate_limited(outcome.wait_seconds, started=started)
        elif outcome.status in ("timeout", "server_error"):
            self.pace.failed(started=started)
        else:
            await self.pace.succeeded()

    async def close(self) -> None:
        if "client" in vars(self):
            await self.client.close()

    def _read_error(self, error: APIStatusError) -> Outcome:
        """The outcome of a call that the server turned down."""
        response = error.response
        outcome = self._api.read(response.status_code, self.hidden(response.text))
        if outcome.status in TRANSIENT:
            return replace(outcome, wait_seconds=asked_wait(response.headers, now=time.time()))
        return outcome

    def _read_loss(self, error: APIConnectionError) -> Outcome:
        """The outcome of a call to which no whole answer came."""
        import openai

        cause = error.__cause__ or error
        unreachable = type(cause).__name__ in _UNREACHABLE
        if isinstance(error, openai.APITimeoutError) and not unreachable:
            return _late(self._timeout_seconds)
        told = self.hidden(str(cause)) or type(cause).__name__
        detail = f"{'no connection' if unreachable else 'connection lost'}: {told}"
        return Outcome("server_error", detail=detail, unreachable=unreachable)

    def hidden(self, text: str) -> str:
        """The text without the key, should a server have echoed it."""
        key = self._key.get_secret_value() if self._key else ""
        return text.replace(key, "[key]") if key else text


def _late(seconds: float | None) -> Outcome:
    return Outcome("timeout", detail=f"no answer within {seconds:g} s")


def _open(base_url: str | None, key: SecretStr | None, timeout_seconds: float) -> AsyncOpenAI:
    from openai import AsyncOpenAI, Timeout

    # Retries are told in the run's own notes; without a handler they would land on stderr.
    logging.getLogger("stamina").addHandler(logging.NullHandler())
    return AsyncOpenAI(
        api_key=key.get_secret_value() if key else _NO_KEY,
        base_url=base_url or "https://api.openai.com/v1",
        max_retries=0,
        timeout=Timeout(timeout_seconds, connect=min(timeout_seconds, _CONNECT_SECONDS)),
    )
