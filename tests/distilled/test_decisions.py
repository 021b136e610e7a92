from __future__ import annotations

import numpy as np

from benchbuilder.distilled.decisions import decide


def test_the_likeliest_criteria_are_true_and_ties_go_by_order() -> None:
    cuts = np.asarray([1, 2, 3, 4, 5, 6, 6.5])
    said = decide(np.asarray([[0.9, 0.1, 0.9, 0.2, 0.1, 0.1, 0.1], [0.5] * 7]), cuts)
    assert said.quality_score.tolist() == [2, 3]
    assert said.decisions[0].tolist() == [True, False, True, False, False, False, False]
    assert said.decisions[1].tolist() == [True, True, True, False, False, False, False]


def test_rows_are_chosen_from_every_column() -> None:
    said = decide(np.full((3, 7), 0.5), np.arange(1.0, 8.0))
    chosen = said.rows(np.asarray([True, False, True]))
    assert [len(column) for column in chosen] == [2, 2, 2, 2]
