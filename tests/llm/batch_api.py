"""A Batch API on loopback: files and batches over HTTP, with the misfortunes of a script."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Record = dict[str, Any]
#: What becomes of a request (by the number of its batch, counted from 0): the text of its answer,
#: an error record, or None when it is in neither file.
Fate = Callable[[Record, int], str | Record | None]


class BatchApi:
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
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

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


def _answered(custom_id: str, text: str) -> Record:
    body = {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text},
                     "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }  # fmt: skip
    return {"id": "r", "custom_id": custom_id, "error": None,
            "response": {"status_code": 200, "request_id": "x", "body": body}}  # fmt: skip


def _handler(api: BatchApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            if self.path.endswith("/files"):
                self._send(api.add_file(_uploaded(self.headers["content-type"], content)))
                return
            batch = api.create(json.loads(content))
            if api.cut_next_creation:
                api.cut_next_creation = False
                self.close_connection = True  # the batch is there, but nobody is told
                return
            self._send(batch)

        def do_GET(self) -> None:
            content = re.fullmatch(r"/v1/files/(.+)/content", self.path)
            batch = re.fullmatch(r"/v1/batches/([^?]+)", self.path)
            if content:
                self._send(api.files[content[1]])
            elif batch:
                self._send(api.look(batch[1]))
            else:
                self._send({"object": "list", "data": api.batches[::-1], "has_more": False})

        def _send(self, value: Record | str) -> None:
            payload = (value if isinstance(value, str) else json.dumps(value)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def _uploaded(content_type: str, content: bytes) -> str:
    """The file in a multipart form."""
    form = message_from_bytes(b"content-type: " + content_type.encode() + b"\r\n\r\n" + content)
    for part in form.walk():
        if part.get_filename():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode()
    raise AssertionError("no file in the form")
