"""The files of the Batch API: requests out, results in. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import orjson

from benchbuilder.llm.batch_endpoint import URL
from benchbuilder.llm.calling import Question
from benchbuilder.llm.outcome import Outcome, parse_json, read_response

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000

Adapt = Callable[[dict[str, Any]], dict[str, Any]]


def request_files(
    questions: Iterable[Question],
    adapt: Adapt,
    *,
    most_requests: int = MOST_REQUESTS,
    most_bytes: int = MOST_BYTES,
) -> Iterator[tuple[list[Question], bytes]]:
    """Questions with their JSONL, in parts that keep the API's limits.

    ``custom_id`` is the question's key: results come back in any order.
    """
    part: list[Question] = []
    lines: list[bytes] = []
    size = 0
    for question in questions:
        record = {"custom_id": question.key, "method": "POST", "url": URL}
        line = orjson.dumps(record | {"body": adapt(question.body)}) + b"\n"
        if part and (len(part) == most_requests or size + len(line) > most_bytes):
            yield part, b"".join(lines)
            part, lines, size = [], [], 0
        part.append(question)
        lines.append(line)
        size += len(line)
    if part:
        yield part, b"".join(lines)


def read_results(texts: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
    """``(key, outcome)`` of each line of the output file and of the error file.

    A line that cannot be read is left out: its question counts as not answered.
    """
    # Not splitlines: JSON may hold other line ends, as they stand, in its strings.
    for line in (line for text in texts for line in text.split("\n")):
        record = parse_json(line)
        if isinstance(record, dict) and isinstance(record.get("custom_id"), str):
            yield record["custom_id"], _outcome(record)


def _outcome(record: dict[str, Any]) -> Outcome:
    response = record.get("response")
    if isinstance(response, dict) and isinstance(response.get("status_code"), int):
        body = orjson.dumps(response.get("body")).decode()
        return read_response(response["status_code"], body)
    error = record.get("error")
    told = error if isinstance(error, dict) else {}
    status = "timeout" if told.get("code") == "batch_expired" else "server_error"
    return Outcome(status, detail=f"batch: {told.get('message') or told.get('code') or 'failed'}")
