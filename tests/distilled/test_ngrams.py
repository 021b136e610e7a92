from __future__ import annotations

import subprocess
import sys

import numpy as np

from benchbuilder.distilled.features import MAX_CHARS
from benchbuilder.distilled.ngrams import hashed_ngrams, ngram_product


def test_only_the_beginning_of_a_huge_prompt_is_read() -> None:
    huge = "Explain this log:\n" + "error 7; " * 200_000
    cut = hashed_ngrams([huge[:MAX_CHARS]], 4_096)
    assert (hashed_ngrams([huge], 4_096).columns == cut.columns).all()


def test_the_product_equals_that_of_full_matrices() -> None:
    grams = hashed_ngrams(["sort it", "", "sort the rows of it, please"], 64)
    full = np.zeros((3, 64))
    for row in range(3):
        inside = slice(grams.starts[row], grams.starts[row + 1])
        full[row, grams.columns[inside]] = grams.values[inside]
    weights = np.random.default_rng(0).normal(size=(64, 7))
    np.testing.assert_allclose(ngram_product(grams, weights), full @ weights, atol=1e-12)


def test_ngrams_are_words_and_pairs_of_unit_length() -> None:
    grams = hashed_ngrams(["Sort 10 rows", "sort 99 ROWS", "", "rows sort 1"], 1 << 16)
    rows = [
        grams.columns[a:b].tolist() for a, b in zip(grams.starts, grams.starts[1:], strict=False)
    ]
    assert len(rows[0]) == 5  # sort, 0, rows, "sort 0", "0 rows"
    assert rows[0] == rows[1]  # neither case nor the number itself counts
    assert rows[0] != rows[3]
    assert rows[2] == []
    np.testing.assert_allclose((grams.values[:5] ** 2).sum(), 1)


def test_ngrams_do_not_depend_on_the_hash_seed() -> None:
    script = (
        "from benchbuilder.distilled.ngrams import hashed_ngrams as h;"
        "print(h(['write a parser for dates'], 4096).columns.tolist())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
