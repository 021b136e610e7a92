from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.text.signatures import HASHES, Signatures, signatures_of
from tests.text.test_near_duplicates import made_prompts


@pytest.mark.parametrize("block", [1, 7, 500])
def test_a_signature_depends_on_its_text_alone(block: int) -> None:
    texts = [*made_prompts(140, seed=4), "", "写一首诗", "?!"]
    groups = list(range(len(texts)))
    whole = signatures_of(texts, groups)
    parts = [
        signatures_of(texts[start : start + block], groups[start : start + block])
        for start in range(0, len(texts), block)
    ]
    for column, of_parts in zip(whole, zip(*parts, strict=True), strict=True):
        assert np.array_equal(column, np.concatenate(of_parts))


def test_no_texts_have_no_signatures() -> None:
    assert signatures_of([], []).hashes.shape == (0, HASHES)


def test_only_those_that_are_wanted() -> None:
    texts = made_prompts(3, seed=4)
    some, alone = signatures_of(texts, [5, 6, 7]), signatures_of([texts[1]], [6])
    kept: Signatures = some.only([False, True, False])
    assert all(np.array_equal(one, other) for one, other in zip(kept, alone, strict=True))
    assert len(some.only([False, False, False]).sizes) == 0
