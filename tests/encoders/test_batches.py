from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.encoders.batches import rounded, token_batches


@given(st.lists(st.integers(0, 300), max_size=80), st.integers(1, 1000))
def test_every_row_is_in_one_batch_and_no_batch_passes_the_budget(
    lengths: list[int], budget: int
) -> None:
    counts = np.array(lengths, dtype=np.intp)
    batches = token_batches(counts, budget)
    assert sorted(p for batch in batches for p in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len({rounded(lengths[place]) for place in batch}) == 1
        assert len(batch) == 1 or len(batch) * rounded(lengths[batch[0]]) <= budget


def test_batches_go_from_long_to_short_and_rows_of_one_length_keep_their_order() -> None:
    batches = token_batches(np.array([5, 30, 8, 9, 1, 7]), 16)
    assert [batch.tolist() for batch in batches] == [[1], [3], [0, 2], [4, 5]]


@given(st.integers(0, 10_000))
def test_rounding_adds_less_than_a_step(length: int) -> None:
    assert length <= rounded(length) < length + 8 or (length, rounded(length)) == (0, 8)
    assert rounded(rounded(length)) == rounded(length)
