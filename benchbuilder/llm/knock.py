"""Is a model's server there? Asked before hours of work that its answers are to follow."""

from __future__ import annotations

import re

from benchbuilder.llm.access import Access
from benchbuilder.llm.endpoint import Endpoint
from benchbuilder.llm.loop import BackgroundLoop
from benchbuilder.llm.outcome import Outcome
from benchbuilder.llm.stops import key_refused, nobody_there
from benchbuilder.settings import ModelSettings

_SECONDS = 10.0
#: Some servers want another kind of key for their list of models: only these words are plain.
_WRONG_KEY = re.compile(r"(incorrect|invalid) api key", re.IGNORECASE)


def list_models(endpoint: Endpoint) -> str | Outcome:
    """What an endpoint's list of models says, or the outcome of that call; it costs nothing."""

    async def ask() -> str | Outcome:
        try:
            return await endpoint.hear(
                lambda: endpoint.client.get("/models", cast_to=str), within_seconds=_SECONDS
            )
        finally:
            await endpoint.close()

    loop = BackgroundLoop()
    try:
        return loop.run(ask())
    finally:
        loop.close()


def knock(name: str, settings: ModelSettings, access: Access) -> None:
    """Look whether one of a model's endpoints takes a connection.

    What else may come of it (no such list, a busy server) says nothing of the calls themselves.

    Raises:
        CompletionError: nobody is there, or the server says that the key is wrong.
    """
    silent = []
    for url in access.urls:
        endpoint = Endpoint(url, access.key, settings)
        told = list_models(endpoint)
        if not isinstance(told, Outcome):
            return
        if told.status == "auth_failed" and _WRONG_KEY.search(told.detail or ""):
            raise key_refused(name, settings, endpoint.where, told)
        if not told.unreachable:
            return
        silent.append((endpoint.where, told))
    raise nobody_there(name, " and ".join(where for where, _ in silent), silent[-1][1])
