"""The API key appears nowhere but in the request, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import pytest

from benchbuilder.errors import CompletionError
from benchbuilder.llm.recordings import export_completions
from benchbuilder.llm.types import anything
from tests.llm.conftest import Open, Serve, requests
from tests.servers import Body, Reply, answer, failure

KEY = "sk-secret-4711-abcdef"
FAILURES = [
    failure(400, f"bad request by {KEY}"),
    failure(401, f"Incorrect API key provided: {KEY}"),
    failure(403, f"{KEY} may not use this model"),
    failure(404, f"no model for {KEY}"),
    failure(429, f"{KEY} has no quota", code="insufficient_quota"),
    failure(429, f"{KEY} is too fast", headers={"retry-after": "9999"}),
    failure(500, f"crash: Authorization: Bearer {KEY}"),
    Reply(200, f"<html>{KEY}</html>"),
    Reply(200, failure(200, f"upstream refused {KEY}").body),
    Reply(200, answer(f"your key is {KEY}").body, cut_after=40),
    answer(f"your key is {KEY}"),
]


@pytest.mark.parametrize("reply", FAILURES)
def test_the_key_is_in_no_log_file_error_or_repr(
    serve: Serve,
    open_model: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    reply: Reply,
) -> None:
    monkeypatch.setenv("A_KEY", KEY)
    caplog.set_level(logging.DEBUG)

    def script(body: Body, number: int) -> Reply:
        return reply

    server = serve(script)
    model = open_model(server.base_url, api_key_env="A_KEY", max_attempts=2)
    assert model._caller is not None
    told = [repr(model), repr(vars(model)), repr(vars(model._caller))]
    told += [repr(vars(endpoint)) for endpoint in model._caller.endpoints]
    try:
        told += [repr(completion) for completion in model(requests(4), accept=anything)]
    except CompletionError as error:
        told += ["".join(traceback.format_exception(error)), str(error.hint)]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    export_completions(model._cache, tmp_path / "out.jsonl")
    model.close()
    assert len(told) >= 5
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert files
    assert not any(KEY.encode() in content for content in files)
    assert KEY not in caplog.text
    assert not any(KEY in text for text in told)


def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(
    open_model: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_KEY", "sk-se\ncret")
    with pytest.raises(CompletionError) as refused:
        open_model("https://api.example.org/v1", api_key_env="A_KEY")
    assert "cret" not in str(refused.value)
