from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.encoders.batches import token_batches


@given(st.lists(st.integers(0, 300), max_size=80), st.integers(1, 1000))
def test_every_text_is_in_one_batch_and_no_batch_passes_the_budget(
    lengths: list[int], budget: int
) -> None:
    counts = np.array(lengths, dtype=np.intp)
    batches = token_batches(counts, budget)
    assert sorted(p for batch in batches for p in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * counts[batch].max() <= budget


def test_batches_go_from_long_to_short_and_ties_keep_their_order() -> None:
    batches = token_batches(np.array([5, 9, 5, 5, 1]), 10)
    assert [batch.tolist() for batch in batches] == [[1], [0, 2], [3, 4]]
