"""Is a model's server there? At no cost, and only what is plain stops a run."""

from __future__ import annotations

import socket
import time
from contextlib import closing

import pytest

from benchbuilder.errors import AuthenticationFailed, CompletionError
from benchbuilder.llm import knock as module
from benchbuilder.llm.access import demand_access
from benchbuilder.llm.knock import knock
from benchbuilder.settings import ModelSettings
from tests.servers import Reply, answering_get, failure, free_port


def knock_at(*urls: str) -> None:
    settings = ModelSettings(base_url=urls)
    knock("m", settings, demand_access("m", settings, None))


def dead() -> str:
    return f"http://127.0.0.1:{free_port()}/v1"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, '{"object": "list", "data": []}'),
        Reply(200, "<html>hello</html>"),
        failure(401, "x-api-key header is required"),
        failure(403, "you may not list models"),
        failure(404, "no such path"),
        failure(503, "loading the model"),
    ],
)
def test_whoever_answers_is_there(reply: Reply) -> None:
    with closing(answering_get(reply)) as server:
        knock_at(server.base_url)
        knock_at(dead(), server.base_url)


def test_a_server_that_is_too_busy_to_answer_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as busy:
        began = time.monotonic()
        knock_at(f"http://127.0.0.1:{busy.getsockname()[1]}/v1")
        assert time.monotonic() - began < 5


def test_nobody_at_any_url_is_one_message() -> None:
    urls = dead(), dead()
    with pytest.raises(CompletionError, match="no connection") as stopped:
        knock_at(*urls)
    assert all(url in str(stopped.value) for url in urls)
    assert "models.m" in str(stopped.value.hint)


def test_a_key_that_is_said_to_be_wrong_stops() -> None:
    with (
        closing(answering_get(failure(401, "Incorrect API key provided"))) as server,
        pytest.raises(AuthenticationFailed) as stopped,
    ):
        knock_at(server.base_url)
    assert "models.m.api_key_env" in str(stopped.value.hint)
