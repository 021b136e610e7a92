"""A Batch API on loopback: files and batches over HTTP, with the misfortunes of a script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from email import message_from_bytes
from typing import Any

from tests.servers import LoopbackHandler, LoopbackServer, Reply

Record = dict[str, Any]
#: What becomes of a request (by the number of its batch, counted from 0): the text of its answer,
#: an error record, or None when it is in neither file.
Fate = Callable[[Record, int], str | Record | None]
EXPIRED = {"response": None, "error": {"code": "batch_expired", "message": "too late"}}
BROKEN = {"response": {"status_code": 500, "body": {"error": {"message": "no"}}}, "error": None}


class BatchApi(LoopbackServer):
    """Runs each batch to its end after ``polls`` looks at it; results come in reverse order.

    ``ends`` are the final states of the batches, in turn; the last one holds for all that follow.
    """

    def __init__(
        self, fate: Fate, *, polls: int = 1, ends: tuple[str, ...] = ("completed",)
    ) -> None:
        self.fate, self.polls, self.ends = fate, polls, ends
        self.files: dict[str, str] = {}
        self.batches: list[Record] = []
        self.looks: list[str] = []
        self.asked: list[str] = []
        self.cut_next_creation = False
        self.page = 100  # batches in one answer to "which are there"
        self.asked_for: list[str] = []  # "METHOD path"
        self.instead: Callable[[str], Reply | None] = lambda asked_for: None
        super().__init__(_handler(self))

    def reply_to(self, asked_for: str, form: bytes, content: bytes) -> Reply | None:
        """What the server sends for "METHOD path"; None where it hangs up instead."""
        self.asked_for.append(asked_for)
        if (other := self.instead(asked_for)) is not None:
            return other
        file = re.fullmatch(r"GET /v1/files/(.+)/content", asked_for)
        batch = re.fullmatch(r"GET /v1/batches/([^?]+)", asked_for)
        if file:
            return Reply(body=self.files[file[1]])
        if batch:
            return Reply(body=json.dumps(self.look(batch[1])))
        if asked_for.startswith("GET"):
            return Reply(body=json.dumps(self.page_of(asked_for)))
        if asked_for.endswith("/files"):
            return Reply(body=json.dumps(self.add_file(_uploaded(form))))
        made = self.create(json.loads(content))
        if self.cut_next_creation:
            self.cut_next_creation = False
            return None  # the batch is there, but nobody is told
        return Reply(body=json.dumps(made))

    def add_file(self, content: str) -> Record:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return {"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "f",
                "purpose": "batch", "status": "processed"}  # fmt: skip

    def create(self, wanted: Record) -> Record:
        batch = {
            "id": f"batch-{len(self.batches)}", "object": "batch", "created_at": 1,
            "endpoint": wanted["endpoint"], "completion_window": "24h", "status": "in_progress",
            "input_file_id": wanted["input_file_id"], "metadata": wanted["metadata"],
        }  # fmt: skip
        self.batches.append(batch)
        return batch

    def page_of(self, path: str) -> Record:
        """The newest batches, or those that follow the one that ``after`` names in the path."""
        listed = self.batches[::-1]
        after = re.search(r"after=([^&]+)", path)
        start = [batch["id"] for batch in listed].index(after[1]) + 1 if after else 0
        end = start + self.page
        return {"object": "list", "data": listed[start:end], "has_more": end < len(listed)}

    def look(self, batch_id: str) -> Record:
        number = int(batch_id.split("-")[1])
        batch = self.batches[number]
        self.looks.append(batch_id)
        if batch["status"] == "in_progress" and self.looks.count(batch_id) > self.polls:
            self._finish(batch, number)
        return batch

    def _finish(self, batch: Record, number: int) -> None:
        batch["status"] = self.ends[min(number, len(self.ends) - 1)]
        if batch["status"] == "failed":
            batch["errors"] = {"object": "list", "data": [{"message": "no such model"}]}
            return
        good, bad = [], []
        for line in reversed(self.files[batch["input_file_id"]].splitlines()):
            request = json.loads(line)
            self.asked.append(request["body"]["messages"][-1]["content"])
            fate = self.fate(request, number)
            if isinstance(fate, str):
                good.append(_answered(request["custom_id"], fate))
            elif fate is not None:
                bad.append({"id": "r", "custom_id": request["custom_id"], **fate})
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                batch[name] = self.add_file("\n".join(map(json.dumps, lines)) + "\n")["id"]


Start = Callable[..., BatchApi]


def started() -> Iterator[Start]:
    """For a fixture: starts Batch APIs and stops them at the end."""
    with ExitStack() as stack:
        yield lambda *args, **kw: stack.enter_context(closing(BatchApi(*args, **kw)))


def _answered(custom_id: str, text: str) -> Record:
    body = {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text},
                     "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }  # fmt: skip
    return {"id": "r", "custom_id": custom_id, "error": None,
            "response": {"status_code": 200, "request_id": "x", "body": body}}  # fmt: skip


def _handler(api: BatchApi) -> type[LoopbackHandler]:
    class Handler(LoopbackHandler):
        def do_POST(self) -> None:  # noqa: N802 - http.server's name
            self._answer(self.rfile.read(int(self.headers["content-length"])))

        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            self._answer(b"")

        def _answer(self, content: bytes) -> None:
            form = b"content-type: " + self.headers.get("content-type", "").encode()
            asked_for = f"{self.command} {self.path}"
            reply = api.reply_to(asked_for, form + b"\r\n\r\n" + content, content)
            if reply is None:
                self.close_connection = True
            else:
                self.send(reply)

    return Handler


def _uploaded(form: bytes) -> str:
    """The file in a multipart form, which begins with its content type."""
    for part in message_from_bytes(form).walk():
        if part.get_filename():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError("no file in the form")
