"""The calls of the Batch API: files up and down, batches made, found and looked at.

Each is tried again where that may help. What a server sends that is no batch is an error of one
message, as all that stops the batches of a run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, NamedTuple, TypeGuard

import orjson

from benchbuilder.errors import CompletionError
from benchbuilder.llm.endpoint import Endpoint
from benchbuilder.llm.outcome import Outcome, excerpt, parse_json, read_body
from benchbuilder.llm.retry import with_retries
from benchbuilder.llm.stops import stop_of
from benchbuilder.settings import ModelSettings

URL: Final = "/v1/chat/completions"
_TOKEN = "benchbuilder"  # the key of our token in a batch's metadata
_PAGE = 100  # batches in one look at the list of them

Call = Callable[[], Awaitable[str]]
Failure = Callable[[str], Outcome | None]


class Batch(NamedTuple):
    """A batch as its server tells of it."""

    id: str
    status: str
    token: str | None = None  # ours, where we made it
    files: tuple[str, ...] = ()  # ids of the output and the error file, as far as there are any
    complaints: tuple[str, ...] = ()  # why it was refused


class BatchEndpoint:
    """The Batch API over one endpoint, for one model.

    Raises:
        CompletionError: by every method, when the API refuses or cannot be reached.
    """

    def __init__(self, endpoint: Endpoint, model: str, settings: ModelSettings) -> None:
        self._endpoint, self._model, self._settings = endpoint, model, settings

    async def create(self, token: str, content: bytes) -> Batch:
        """A batch of the requests in ``content`` (JSONL)."""
        client = self._endpoint.client
        form = {"Content-Type": "multipart/form-data"}  # the SDK adds the boundary
        file = await self._object(
            lambda: client.post(
                "/files",
                cast_to=str,
                body={"purpose": "batch"},
                files=[("file", ("requests.jsonl", content, "application/jsonl"))],
                options={"headers": form},
            )
        )
        body = {
            "input_file_id": file["id"],
            "endpoint": URL,
            "completion_window": "24h",
            "metadata": {_TOKEN: token},
        }
        tried = False

        async def post() -> str:
            # Creating is not repeatable: after a cut connection, look whether it came through.
            nonlocal tried
            if tried and (found := await self.find(token)) is not None:
                return orjson.dumps({"id": found.id, "status": found.status}).decode()
            tried = True
            return await client.post("/batches", cast_to=str, body=body)

        return _batch(await self._object(post))

    async def find(self, token: str) -> Batch | None:
        """The batch that was made with this token, if it ever came to the server."""
        path = f"/batches?limit={_PAGE}"
        while True:
            page = await self._object(partial(self._get, path), "data", list)
            found = [_batch(item) for item in page["data"] if _is_object(item)]
            for batch in found:
                if batch.token == token:
                    return batch
            if not found or not page.get("has_more"):
                return None
            path = f"/batches?limit={_PAGE}&after={found[-1].id}"

    async def look(self, batch_id: str) -> Batch:
        """How a batch is doing."""
        return _batch(await self._object(partial(self._get, f"/batches/{batch_id}")))

    async def text(self, file_id: str) -> str:
        """The content of a file."""
        return await self._text(partial(self._get, f"/files/{file_id}/content"))

    def _get(self, path: str) -> Awaitable[str]:
        return self._endpoint.client.get(path, cast_to=str)

    async def _object(self, call: Call, field: str = "id", kind: type = str) -> dict[str, Any]:
        """The JSON object that a call brings; it must have a field of a kind."""

        def failure(text: str) -> Outcome | None:
            parsed = read_body(200, text)
            if isinstance(parsed, Outcome):
                return parsed
            if not isinstance(parsed.get(field), kind) or parsed[field] == "":
                return Outcome("bad_response", detail=f"no {field}: {excerpt(text)}")
            return None

        parsed: dict[str, Any] = parse_json(await self._text(call, failure))
        return parsed

    async def _text(self, call: Call, failure: Failure = lambda text: None) -> str:
        async def attempt() -> Outcome:
            told = await self._endpoint.hear(call)
            if not isinstance(told, Outcome):
                return failure(told) or Outcome("ok", text=told)
            if (stop := self._stop_of(told)) is not None:
                raise stop
            return told

        attempts = self._settings.max_attempts
        outcome = await with_retries(attempt, attempts=attempts, paced=False)
        if outcome.status != "ok" or outcome.text is None:
            raise self._stop_of(outcome) or CompletionError(
                f"the batches of model {self._model!r} at {self._endpoint.where}: {outcome.detail}",
                hint="fix that and run the same command again, what was submitted goes on "
                "meanwhile; or set `batch: false`",
            )
        return outcome.text

    def _stop_of(self, outcome: Outcome) -> CompletionError | None:
        return stop_of(self._model, self._settings, self._endpoint.where, outcome)


def _batch(told: dict[str, Any]) -> Batch:
    metadata, errors = told.get("metadata"), told.get("errors")
    listed = errors.get("data") if _is_object(errors) else None
    files = [told.get(name) for name in ("output_file_id", "error_file_id")]
    return Batch(
        str(told.get("id")),
        str(told.get("status")),
        metadata.get(_TOKEN) if _is_object(metadata) else None,
        tuple(file for file in files if isinstance(file, str) and file),
        tuple(str(error.get("message")) for error in listed or () if _is_object(error)),
    )


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
