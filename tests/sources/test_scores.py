"""Scores of benchmarks that were run elsewhere, as CSV and JSONL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchbuilder.errors import InputError
from benchbuilder.sources.scores import holds_scores, read_scores

HEADER = "benchmark,model,score,lower,upper,questions,cost_usd\n"


def csv(folder: Path, text: str) -> Path:
    path = folder / "mt-bench.csv"
    path.write_text(text)
    return path


def test_several_benchmarks_in_one_file(tmp_path: Path) -> None:
    rows = "new,m1,50,45,55,500,2.5\nnew,m2,60,55,65,500,2.5\nold,m1,7.1,7.0,7.5,80,\n"
    path = csv(tmp_path, HEADER + rows)
    assert holds_scores(path)
    new, old = read_scores(path)
    assert (new.name, new.models, new.questions, new.cost_usd) == ("new", ("m1", "m2"), 500, 2.5)
    assert (old.name, old.questions, old.cost_usd) == ("old", 80, None)
    np.testing.assert_array_equal(new.mean, [50, 60])
    np.testing.assert_allclose(new.variance, [(10 / (2 * 1.959964)) ** 2] * 2, rtol=1e-6)


def test_a_benchmark_without_a_name_is_called_as_its_file(tmp_path: Path) -> None:
    text = "model,score,lower,upper,mean,variance\nm1,7,6,8,7.1,0.04\nm2,8,7,9,8.1,\n"
    (found,) = read_scores(csv(tmp_path, text))
    assert found.name == "mt-bench"
    np.testing.assert_allclose(found.mean, [7.1, 8.1])
    assert found.variance[0] == 0.04
    assert found.variance[1] == pytest.approx((2 / (2 * 1.959964)) ** 2, rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("b,m1,50,45,,,\n", "without model or numbers"),
        ("b,m1,50,45,55,,\nb,m1,51,45,55,,\n", "'m1' has a score in b before"),
        ("b,m1,50,51,55,,\n", "does not lie between"),
        ("b,m1,50,45,55,100,\nb,m2,50,45,55,200,\n", "questions differs"),
    ],
)
def test_a_row_that_cannot_be_right_stops_the_reading(
    tmp_path: Path, rows: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as raised:
        read_scores(csv(tmp_path, HEADER + rows))
    assert "mt-bench.csv" in str(raised.value)
    assert raised.value.hint and "sed" not in raised.value.hint


def test_judgments_and_folders_hold_no_scores(tmp_path: Path) -> None:
    assert not holds_scores(tmp_path)
    assert not holds_scores(csv(tmp_path, "question_id,model,verdict\nq,m,A>B\n"))
