"""Benchmarks side by side: the figures of the paper, and models that do not fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats.benchmarks import Benchmark, SideBySide, side_by_side
from benchbuilder.stats.human import HumanRanking

#: Separability, agreement (closed rule; authors' recorded rule), Spearman.
PAPER = {
    "arena_hard": (0.8421, 0.9138, 0.9040, 0.9323),
    "alpaca_lc": (0.8789, 0.8793, 0.8729, 0.8782),
    "alpaca": (0.7105, 0.7960, 0.7910, 0.7579),
    "mt_bench": (0.3632, 0.6983, 0.6949, 0.8932),
}


def array(values: list[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(values, dtype=np.float64)


def benchmark(name: str, models: list[str], score: list[float], reach: float) -> Benchmark:
    value = array(score)
    return Benchmark(
        name, tuple(models), value, value - reach, value + reach, value, np.full_like(value, reach)
    )


@pytest.fixture(scope="module")
def paper(shared: Path) -> tuple[dict[str, Any], SideBySide]:
    given = json.loads((shared / "reference" / "arena_hard_paper_metrics.json").read_text())
    columns = ("score", "lower", "upper", "boot_mean", "boot_var")
    benchmarks = [
        Benchmark(name, tuple(given["models"]), *[array(found[c]) for c in columns])
        for name, found in given["benchmarks"].items()
    ]
    human = given["human"]
    ranking = HumanRanking(
        tuple(given["models"]), *[array(human[c]) for c in ("rating", "lo", "hi")], has_limits=True
    )
    return given, side_by_side(benchmarks, ranking, rounds=200)


def test_the_figures_of_the_paper(paper: tuple[dict[str, Any], SideBySide]) -> None:
    given, table = paper
    assert len(table.models) == 20
    for found in table.benchmarks:
        assert found.agreement and found.agreement_recorded and found.spearman and found.kendall
        figures = (
            found.separability.share,
            found.agreement.half_credit,
            found.agreement_recorded.half_credit,
            found.spearman.value,
        )
        assert figures == pytest.approx(PAPER[found.name], abs=5e-5)
        expected = given["expected"][found.name]
        assert found.agreement.human_separable == pytest.approx(
            expected["agreement_over_ref_separated"], abs=1e-9
        )
        assert found.agreement.all_pairs == pytest.approx(
            expected["agreement_over_all_pairs"], abs=1e-9
        )
        assert found.brier == pytest.approx(expected["brier"], abs=1e-9)
        assert found.kendall.value == pytest.approx(expected["kendall_tau_b"], abs=1e-9)
        recorded = given["authors_recorded"][found.name]
        assert found.agreement_recorded.half_credit == pytest.approx(recorded["agree_half"])


def test_only_models_that_all_have_are_compared() -> None:
    names = ["a", "b", "c", "d", "e"]
    new = benchmark("new", names, [1, 2, 3, 4, 5], 0.2)
    old = benchmark("old", ["E", "D", "C", "x"], [5, 4, 4, 1], 0.2)
    human = HumanRanking(("C", "D", "E", "F"), *[array([1, 2, 3, 4])] * 3, has_limits=False)
    names_map = {name: name.upper() for name in names}
    table = side_by_side([new, old], human, names=names_map, rounds=50)
    assert table.models == ("C", "D", "E")
    assert table.not_compared == {"new": ("A", "B"), "old": ("x",)}
    first, second = table.benchmarks
    assert (first.separability.separated, first.separability.pairs) == (3, 3)
    assert (second.separability.separated, second.separability_all.pairs) == (2, 6)
    assert first.agreement and second.agreement
    assert (first.agreement.agree, second.agreement.agree) == (3, 2)


def test_without_a_ranking_there_is_separability_alone() -> None:
    one = benchmark("one", ["a", "b"], [1, 2], 0.1)
    (found,) = side_by_side([one], None).benchmarks
    assert found.separability.share == 1
    assert found.agreement is found.spearman is found.kendall is found.brier is None


def test_no_common_model_and_one_name_for_two_are_errors() -> None:
    one, two = benchmark("one", ["a"], [1], 0.1), benchmark("two", ["b"], [1], 0.1)
    with pytest.raises(InputError, match="no model is in all"):
        side_by_side([one, two], None)
    twice = benchmark("twice", ["a", "b"], [1, 2], 0.1)
    with pytest.raises(InputError, match="both called 'b'"):
        side_by_side([twice], None, names={"a": "b"})
