from __future__ import annotations

from contextlib import closing

import pytest

from benchbuilder.config import build_config
from benchbuilder.doctor import Check, examine
from tests.servers import Reply, answering_get


def checks(monkeypatch: pytest.MonkeyPatch, **models: object) -> dict[str, Check]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    found = examine(build_config({"models": models}, origin="test"), call=True)
    return {check.name: check for check in found}


def test_what_is_installed_is_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    found = checks(monkeypatch)
    assert all(found[name].state == "ok" for name in ("python", "pyarrow", "umap-learn", "prices"))
    assert found["local annotator"].found == "heads: minilm, surface"


def test_a_missing_key_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    found = checks(monkeypatch)["model openai"]
    assert found.state == "missing"
    assert "OPENAI_API_KEY, which is not set" in found.found
    assert "export OPENAI_API_KEY" in found.advice


def test_an_endpoint_that_does_not_answer_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    found = checks(monkeypatch, dead={"base_url": "http://127.0.0.1:9/v1"})["model dead"]
    assert found.state == "problem"
    assert "http://127.0.0.1:9/v1" in found.found


@pytest.mark.parametrize(
    ("body", "state", "found"),
    [
        ('{"object": "list", "data": [{"id": "a"}, {"id": "b"}]}', "ok", "answers, 2 models"),
        ("<html>hello</html>", "problem", "lists no models"),
    ],
)
def test_a_server_that_answers(
    monkeypatch: pytest.MonkeyPatch, body: str, state: str, found: str
) -> None:
    with closing(answering_get(Reply(200, body))) as server:
        check = checks(monkeypatch, there={"base_url": server.base_url})["model there"]
    assert check.state == state
    assert found in check.found


def test_the_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_TEST", "sk-secret-value")
    model = {"base_url": "http://127.0.0.1:9/v1", "api_key_env": "SECRET_OF_TEST"}
    assert "sk-secret-value" not in repr(checks(monkeypatch, guarded=model))
