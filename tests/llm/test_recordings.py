"""Recorded completions as JSONL, out and in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchbuilder.errors import InputError
from benchbuilder.llm.recordings import export_completions, import_completions
from benchbuilder.llm.types import anything
from tests.llm.conftest import Open, OpenCache, Serve, requests
from tests.servers import answer, asked


@pytest.fixture
def exported(serve: Serve, open_model: Open, tmp_path: Path, open_cache: OpenCache) -> Path:
    server = serve(lambda body, _: answer(None if asked(body) == "q1" else f"re {asked(body)} ü"))
    open_model(server.base_url)(requests(4), accept=anything)
    path = tmp_path / "completions.jsonl"
    assert export_completions(open_cache(tmp_path / "completions.sqlite"), path) == 4
    return path


def test_a_release_replays_where_there_is_no_endpoint(
    exported: Path, open_model: Open, tmp_path: Path, open_cache: OpenCache
) -> None:
    (tmp_path / "completions.sqlite").unlink()
    cache = open_cache(tmp_path / "completions.sqlite")
    assert import_completions(cache, exported) == 4
    completions = open_model(None, offline=True)(requests(4), accept=anything)
    assert [c.status for c in completions] == ["ok", "empty", "ok", "ok"]
    assert completions[0].text == "re q0 ü"


def test_importing_twice_adds_nothing_and_exporting_gives_the_same_bytes(
    exported: Path, tmp_path: Path, open_cache: OpenCache
) -> None:
    cache = open_cache(tmp_path / "other.sqlite")
    assert [import_completions(cache, exported) for _ in range(2)] == [4, 0]
    again = tmp_path / "again.jsonl"
    export_completions(cache, again)
    assert again.read_bytes() == exported.read_bytes()


def test_calls_are_chosen_by_their_stage(
    serve: Serve, open_model: Open, open_cache: OpenCache, tmp_path: Path
) -> None:
    server = serve(lambda body, _: answer("x"))
    open_model(server.base_url, stage="annotate")(requests(3), accept=anything)
    open_model(server.base_url, stage="judge")(requests(2, start=3), accept=anything)
    cache, path = open_cache(tmp_path / "completions.sqlite"), tmp_path / "out.jsonl"
    assert export_completions(cache, path, wanted=lambda call: call.stage == "judge") == 2
    assert b"stage" not in path.read_bytes()
    assert export_completions(cache, path) == 5


def test_an_edited_question_is_refused_and_nothing_is_taken(
    exported: Path, tmp_path: Path, open_cache: OpenCache
) -> None:
    lines = exported.read_text().splitlines()
    record = json.loads(lines[2])
    record["question"]["body"]["messages"][0]["content"] = "another"
    exported.write_text("\n".join([*lines[:2], json.dumps(record)]))
    cache = open_cache(tmp_path / "other.sqlite")
    with pytest.raises(InputError, match=r"jsonl:3: the question was changed"):
        import_completions(cache, exported)
    assert cache.totals() == []


@pytest.mark.parametrize("line", ["nonsense", "[]", "{}", '{"question": {}, "key": "x"}'])
def test_other_lines_are_refused(tmp_path: Path, open_cache: OpenCache, line: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line)
    with pytest.raises(InputError, match=r"x\.jsonl:1"):
        import_completions(open_cache(tmp_path / "c.sqlite"), path)
    with pytest.raises(InputError, match="cannot be read"):
        import_completions(open_cache(tmp_path / "c.sqlite"), tmp_path / "none.jsonl")
