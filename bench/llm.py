"""How fast the client is: `make bench`, or `python bench/llm.py`.

A server on loopback answers after 200 ms, whatever it is asked. 2,000 calls at a pinned
concurrency of 64 cannot take less than 2000 / 64 × 0.2 = 6.25 s. Beside the client: the same calls
by the synchronous SDK on 64 threads, and 10,000 recorded completions read back.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchbuilder.llm.client import open_client
from benchbuilder.llm.types import Request
from benchbuilder.observe import Silent
from benchbuilder.settings import ModelSettings

CALLS, CONCURRENCY, LATENCY_SECONDS, RECORDED = 2000, 64, 0.2, 10_000
IDEAL_SECONDS = CALLS / CONCURRENCY * LATENCY_SECONDS


def main() -> int:
    """Print the figures as JSON; the exit code is 1 when one is over its limit."""
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(ports,), daemon=True)
    server.start()
    base_url = f"http://127.0.0.1:{ports.get()}/v1"
    with tempfile.TemporaryDirectory() as folder:
        figures = _client(base_url, Path(folder)) | _recorded(base_url, Path(folder))
        figures |= _threads(base_url)
    server.terminate()
    server.join()
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    good = (
        figures["client_seconds"] <= 1.2 * IDEAL_SECONDS
        and figures["client_cpu_ms_per_call"] <= 2.5
        and figures["rerun_seconds"] < 3
    )
    return 0 if good else 1


def _client(base_url: str, folder: Path) -> dict[str, float]:
    settings = ModelSettings(base_url=base_url, concurrency=CONCURRENCY)
    with open_client("m", settings, cache_path=folder / "calls", observe=Silent()) as complete:
        complete(_requests(1, start=-1), accept=_anything)  # the warm-up
        seconds, cpu = _timed(lambda: complete(_requests(CALLS), accept=_anything))
    return {
        "ideal_seconds": IDEAL_SECONDS,
        "client_seconds": round(seconds, 2),
        "client_cpu_ms_per_call": round(cpu / CALLS * 1000, 2),
    }


def _recorded(base_url: str, folder: Path) -> dict[str, float]:
    """Calls that were recorded before, through a new client, keys and parsing included."""
    path = folder / "recorded"
    fast = base_url.replace("/v1", "/fast/v1")
    settings = ModelSettings(base_url=fast, concurrency=200)
    with open_client("m", settings, cache_path=path, observe=Silent()) as complete:
        complete(_requests(RECORDED), accept=_anything)
    with open_client("m", settings, cache_path=path, observe=Silent()) as complete:
        seconds, _ = _timed(lambda: complete(_requests(RECORDED), accept=_anything))
    return {"rerun_items": RECORDED, "rerun_seconds": round(seconds, 2)}


def _threads(base_url: str) -> dict[str, float]:
    """The way of most tools: one synchronous client, a pool of threads, no cache."""
    from openai import OpenAI

    client = OpenAI(base_url=base_url, api_key="none", max_retries=0)

    def ask(request: Request) -> Any:
        return client.chat.completions.create(
            model="m", messages=list(request.messages), temperature=0, max_tokens=2048
        )

    ask(_requests(1)[0])
    with ThreadPoolExecutor(CONCURRENCY) as pool:
        seconds, cpu = _timed(lambda: list(pool.map(ask, _requests(CALLS))))
    return {
        "threads_seconds": round(seconds, 2),
        "threads_cpu_ms_per_call": round(cpu / CALLS * 1000, 2),
    }


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall and of this process's CPU."""
    start, cpu = time.perf_counter(), _cpu_seconds()
    work()
    return time.perf_counter() - start, _cpu_seconds() - cpu


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _requests(count: int, *, start: int = 0) -> list[Request]:
    """Prompts of about 500 tokens, all different."""
    text = "All work and no play makes a dull benchmark. " * 45
    return [
        Request(str(number), ({"role": "user", "content": f"{number} {text}"},))
        for number in range(start, start + count)
    ]


def _anything(text: str) -> None:
    return None


def _serve(ports: multiprocessing.Queue[int]) -> None:
    """The smallest HTTP server that keeps connections alive: one process, one event loop."""
    import asyncio

    message = {"role": "assistant", "content": "A short reason. [1, 2, 3]"}
    completion = {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 500, "completion_tokens": 9, "total_tokens": 509},
    }
    body = json.dumps(completion).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    reply = head.encode() + b"\r\n" + body

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(asked.split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                if b"/fast/" not in asked.split(b"\r\n")[0]:
                    await asyncio.sleep(LATENCY_SECONDS)
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=512)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
