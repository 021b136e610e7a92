"""The token estimate stands close to real tokenizers."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.text import tokens
from benchbuilder.text.tokens import count_tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), (" \n", 1), ("Why is the sky blue?", 6), ("1234567", 3), ("東京", 2), ("привет", 2)],
)
def test_small_texts(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


@given(st.text(max_size=40))
def test_a_text_has_the_tokens_of_its_words(text: str) -> None:
    if not any(gap in text for gap in ("\n", "\t", "  ")):
        assert count_tokens(text) == len(tokens._TOKEN.findall(text))


def test_english_answers_are_close_to_a_real_tokenizer(shared: Path) -> None:
    table = pq.read_table(shared / "data/answers/arena_hard_answers.parquet").to_pylist()
    known = [row for row in table if row["bench"] == "arena-hard-v0.1" and row["token_len"]][:400]
    ratios = [count_tokens(row["text"]) / row["token_len"] for row in known]
    assert 0.95 < median(ratios) < 1.05
    assert median(abs(ratio - 1) for ratio in ratios) < 0.08
