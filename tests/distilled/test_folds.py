from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchbuilder.distilled.folds import deal_folds, near_duplicate_groups


def test_near_duplicates_share_a_group_and_others_do_not() -> None:
    long = "Write a function that merges two sorted lists of numbers and explain each of its steps"
    groups = near_duplicate_groups(
        [long, "Why is the sky blue?", long + " please", long.upper(), "", "Where is Rome?"]
    )
    assert groups[0] == groups[2] == groups[3]
    assert len(set(groups.tolist())) == 4


def test_no_texts_no_groups() -> None:
    assert near_duplicate_groups([]).tolist() == []


@given(
    st.lists(st.integers(0, 30), min_size=20, max_size=80),
    st.integers(2, 5),
    st.integers(0, 9),
)
def test_folds_keep_groups_together_and_repeat(names: list[int], folds: int, seed: int) -> None:
    groups = np.asarray(names, dtype=np.int64)
    fold_of = deal_folds(groups, folds, seed)
    assert all(len(set(fold_of[groups == name].tolist())) == 1 for name in groups)
    assert set(fold_of.tolist()) <= set(range(folds))
    assert (fold_of == deal_folds(groups, folds, seed)).all()


def test_folds_are_even_when_nothing_is_grouped() -> None:
    sizes = np.bincount(deal_folds(np.arange(103), 5, seed=0))
    assert sizes.max() - sizes.min() <= 1
