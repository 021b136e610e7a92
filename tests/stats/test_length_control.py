"""Win rate at equal length, minimal form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import SchemaError
from benchbuilder.stats.battles import battles_from_scores
from benchbuilder.stats.length_control import length_control, length_controls


def test_alpaca_eval_preferences(shared: Path) -> None:
    expected = json.loads((shared / "reference" / "alpacaeval2_expected.json").read_text())
    table = pq.read_table(shared / "reference" / "alpacaeval2_prefs.parquet")
    for model, wanted in expected["models"].items():
        rows = table.filter(pc.equal(pc.cast(table["model"], pa.string()), model))
        preference, length, other = (
            rows[name].to_numpy().astype(np.float64) for name in ("pref", "len_model", "len_base")
        )
        found = length_control(preference, length, other)
        assert found.win_rate is not None
        assert found.log_odds == pytest.approx(wanted["lc_beta0"], abs=1e-6)
        # There the difference is baseline minus model.
        assert found.length_effect == pytest.approx(-wanted["lc_beta_len"], abs=1e-5)
        assert 100 * found.win_rate == pytest.approx(wanted["lc_minimal_unregularised"], abs=1e-5)
        assert found.prompts == wanted["n"]


def test_what_cannot_be_said_has_a_reason() -> None:
    half, length = np.array([0.2, 0.8, 0.5]), np.array([10.0, 20.0, 30.0])
    same = length_control(half, length, length)
    assert (same.raw_win_rate, same.win_rate) == (0.5, None)
    assert same.reason == "the difference in length is the same on every prompt"
    assert length_control(np.ones(3), length, length[::-1]).reason == "won or lost every prompt"
    nothing = length_control(np.full(3, np.nan), length, length)
    assert (nothing.raw_win_rate, nothing.prompts) == (None, 0)
    separated = length_control(
        np.array([0.0, 0.0, 1.0, 1.0]), np.array([1.0, 2, 8, 9]), np.full(4, 5.0)
    )
    assert separated.reason == "length separates wins from losses"


def test_models_and_answers_are_joined_by_name() -> None:
    rng = np.random.default_rng(2)
    prompts = [f"p{i:02d}" for i in range(30)]
    score, tokens = rng.random((2, 30)), rng.integers(5, 90, (3, 30)).astype(float)
    weight = np.full((2, 30), 2.0)
    weight[1, 0] = 0
    battles = battles_from_scores(score * weight, weight, ["a", "b"], prompts, baseline="base")
    answers = pa.table(
        {
            "question_id": prompts[::-1] * 3,
            "model": [name for name in ("base", "b", "a") for _ in prompts],
            "tokens": np.concatenate([tokens[place][::-1] for place in (2, 1, 0)]),
        }
    )
    found = length_controls(answers, battles)
    assert found["a"] == length_control(score[0], tokens[0], tokens[2])
    assert found["b"] == length_control(score[1, 1:], tokens[1, 1:], tokens[2, 1:])
    with pytest.raises(SchemaError, match="tokens"):
        length_controls(answers.drop_columns(["tokens"]), battles)
