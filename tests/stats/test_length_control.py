"""Win rate at equal length, minimal form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchbuilder.stats.length_control import length_control


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
