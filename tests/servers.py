"""Servers for tests, on loopback.

``ScriptedServer`` is a real HTTP server on loopback that answers chat completions as a function
says, and keeps every body it got. It is for faults and for counting; ``llama`` has a real model.
``LoopbackServer`` and ``LoopbackHandler`` are what it has in common with other such servers.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """What the server sends. ``cut_after`` closes the connection after so many bytes of the body;
    ``delay_seconds`` passes before the first byte, ``drip_seconds`` before each of the others."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0
    drip_seconds: float = 0.0
    cut_after: int | None = None


Script = Callable[[Body, int], Reply]  # the body of a call and its number, counted from 0


def answer(
    content: str | None, *, finish: str = "stop", usage: bool = True, **message: Any
) -> Reply:
    """A completion with this content; further keywords go into the message."""
    counts = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    completion = {
        "id": "c",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": finish,
            }
        ],
    }
    return Reply(body=json.dumps(completion | ({"usage": counts} if usage else {})))


def failure(
    status: int, message: str, *, headers: dict[str, str] | None = None, **error: Any
) -> Reply:
    """An error body as OpenAI writes it; more keywords (``code``, ``param``) go into the error."""
    return Reply(status, json.dumps({"error": {"message": message, **error}}), headers or {})


def asked(body: Body) -> str:
    """The text of the last message of a call."""
    content: str = body["messages"][-1]["content"]
    return content


class LoopbackHandler(BaseHTTPRequestHandler):
    """Sends replies; quiet."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def send(self, reply: Reply) -> None:
        payload = reply.body.encode()
        self.send_response(reply.status)
        for name, value in {"content-type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(payload)))
        self.end_headers()
        if reply.cut_after is not None:
            self.wfile.write(payload[: reply.cut_after])
            self.close_connection = True
        elif reply.drip_seconds:
            for place in range(len(payload)):
                self.wfile.write(payload[place : place + 1])
                self.wfile.flush()
                time.sleep(reply.drip_seconds)
        else:
            self.wfile.write(payload)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class LoopbackServer:
    """An HTTP server on a thread of its own, under ``base_url`` until it is closed."""

    def __init__(self, handler: type[LoopbackHandler], *, port: int = 0) -> None:
        self._http = _Http(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class ScriptedServer(LoopbackServer):
    """Answers calls as ``script`` says; ``calls`` and ``headers`` hold what came in, in order."""

    def __init__(self, script: Script, *, port: int = 0) -> None:
        self.script = script
        self.calls: list[Body] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.most_at_once = 0
        self.connections: list[socket.socket] = []
        self._at_once = 0
        self._lock = threading.Lock()
        super().__init__(_handler(self), port=port)

    def close(self) -> None:
        super().close()
        for connection in self.connections:  # kept alive, they would go on being served
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def reply_to(self, body: Body, headers: dict[str, str]) -> Reply:
        with self._lock:
            number = len(self.calls)
            self.calls.append(body)
            self.headers.append(headers)
            self.times.append(time.monotonic())
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self.script(body, number)
            time.sleep(reply.delay_seconds)
            return reply
        finally:
            with self._lock:
                self._at_once -= 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the game."""


def _handler(server: ScriptedServer) -> type[LoopbackHandler]:
    class Handler(LoopbackHandler):
        def setup(self) -> None:
            super().setup()
            server.connections.append(self.connection)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            is_json = self.headers["content-type"].startswith("application/json")
            body = json.loads(content) if is_json else {}  # {}: an uploaded file
            self.send(server.reply_to(body, {k.lower(): v for k, v in self.headers.items()}))

    return Handler


@contextmanager
def scripted(script: Script, *, port: int = 0) -> Iterator[ScriptedServer]:
    """A ``ScriptedServer`` for the time of a block."""
    server = ScriptedServer(script, port=port)
    try:
        yield server
    finally:
        server.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answering_get(reply: Reply) -> LoopbackServer:
    """A server that gives every GET this reply."""

    class Handler(LoopbackHandler):
        def do_GET(self) -> None:
            self.send(reply)

    return LoopbackServer(Handler)
