"""Where a declared model is, with which key, at which price: all that is known before a call."""

from __future__ import annotations

import os
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretStr

from benchbuilder.errors import CompletionError
from benchbuilder.llm.budget import Budget, Purse
from benchbuilder.llm.outcome import CHAT, excerpt
from benchbuilder.llm.prices import find_price
from benchbuilder.llm.vectors import EMBEDDINGS
from benchbuilder.settings import ModelSettings

_PATHS = (CHAT.path, EMBEDDINGS.path)  # of the calls themselves: no part of a base URL


class Access(NamedTuple):
    """What it takes to call a model."""

    urls: tuple[str | None, ...]
    key: SecretStr | None
    budget: Budget


def demand_access(
    name: str, settings: ModelSettings, purse: Purse | None, *, batch: bool = False
) -> Access:
    """The access to a declared model; asks nothing. Its key is read from the variable it names.

    Raises:
        CompletionError: no key, no valid URL, or a limit without a known price.
    """
    urls = base_urls(settings)
    key = read_key(name, settings, urls)
    price = find_price(name, settings, urls[0], batch=batch)
    return Access(urls, key, Budget(name, price, purse))


def base_urls(settings: ModelSettings) -> tuple[str | None, ...]:
    """The base URLs of a model; ``(None,)`` stands for OpenAI's own."""
    stated = settings.base_url
    if stated is None and settings.base_url_env:
        stated = os.environ.get(settings.base_url_env) or None
    urls = (stated,) if stated is None or isinstance(stated, str) else stated
    return tuple(None if url is None else mend_base_url(url) for url in urls)


def mend_base_url(url: str) -> str:
    """A base URL without the path of the call itself.

    Example: ``http://host/v1/chat/completions`` gives ``http://host/v1``.

    Raises:
        CompletionError: no http(s) URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CompletionError(
            f"{excerpt(url)!r} is no base URL", hint="write it as http://HOST:PORT/v1"
        )
    mended = url.strip().rstrip("/")
    for path in _PATHS:
        mended = mended.removesuffix(path)
    return mended.rstrip("/")


def read_key(name: str, settings: ModelSettings, urls: tuple[str | None, ...]) -> SecretStr | None:
    """The API key from its environment variable; None where none is needed.

    A model with a URL of its own and no variable named needs none, nor does a server on this
    machine whose variable is not set.

    Raises:
        CompletionError: the variable is not set or holds what no key can be.
    """
    variable = key_variable(settings, urls)
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        if all(url is not None and _is_local(url) for url in urls):
            return None
        raise CompletionError(
            f"model {name!r} needs an API key in the environment variable {variable}, "
            "which is not set",
            hint=f"export {variable}=…",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        # Sent as it is, it would stand in the traceback of the HTTP client.
        raise CompletionError(
            f"the environment variable {variable} does not hold an API key",
            hint=f"export {variable}=…, without blanks or letters beyond ASCII",
        )
    return SecretStr(key)


def key_variable(settings: ModelSettings, urls: tuple[str | None, ...]) -> str | None:
    """The environment variable that holds the key; None where no key is asked for."""
    return settings.api_key_env or ("OPENAI_API_KEY" if None in urls else None)


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
