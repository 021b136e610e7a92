"""Win rates at equal style, and their bootstrap."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchbuilder.errors import InputError
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.separability import disjoint_separability, paired_differences
from benchbuilder.stats.style import style_control
from benchbuilder.stats.style_bootstrap import style_bootstrap
from benchbuilder.stats.style_features import StyleFeatures, StyleGroup, style_features
from benchbuilder.stats.win_rate import win_rates

from .cases import judgments, korean_judgments, random_features, random_judgments

GROUPS: dict[str, list[StyleGroup]] = {
    "all": ["length", "markdown"],
    "length": ["length"],
    "markdown": ["markdown"],
}


def korean_answers(shared: Path) -> pa.Table:
    wide = pq.read_table(shared / "reference" / "ko_arena_hard_verdicts.parquet")
    return pa.table(
        {
            "question_id": pc.utf8_lpad(pc.cast(wide["prompt"], pa.string()), 3, "0"),
            "model": pc.cast(wide["model"], pa.string()),
            "tokens": wide["tok"],
            "headers": wide["hdr"],
            "lists": wide["lst"],
            "bold": wide["bold"],
        }
    )


@pytest.mark.parametrize("name", GROUPS)
def test_korean_verdicts(shared: Path, name: str) -> None:
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    wanted = expected["style_control"][name]
    battles = build_battles(korean_judgments(shared))
    features = style_features(korean_answers(shared), battles, GROUPS[name])
    found = style_control(battles, features, win_rates(battles))
    models = [battles.models[row] for row in found.rows]
    assert set(models) == set(wanted["beta"])
    beta, error = ([wanted[key][model] for model in models] for key in ("beta", "beta_se_cluster"))
    assert found.rates.logit[found.rows] == pytest.approx(beta, abs=1e-6)
    found_error = np.sqrt((found.fit.influence[: len(models)] ** 2).sum(axis=1))
    assert found_error == pytest.approx(error, abs=1e-5)
    assert found.coefficients == pytest.approx(wanted["gamma"], abs=1e-6)
    assert found.coefficient_errors == pytest.approx(wanted["gamma_se_cluster"], abs=1e-5)
    if name == "all":
        assert found.feature_sd == pytest.approx(expected["style_sd_ddof1"], abs=1e-9)
        assert "shifts above 15 points are extrapolation" in found.notes[-1]


def test_each_group_keeps_every_model() -> None:
    battles = build_battles(random_judgments(4, 40, seed=5))
    every = random_features(battles, 6)
    for places in ([0], [1, 2, 3]):
        names = tuple(every.names[place] for place in places)
        part = StyleFeatures(names, battles.models, battles.prompts, every.values[places])
        found = style_control(battles, part, win_rates(battles))
        assert found.features == names
        assert np.isfinite(found.rates.win_rate).all()


def test_a_constant_feature_is_dropped_with_a_note() -> None:
    battles = build_battles(random_judgments(3, 30, seed=7))
    features = random_features(battles, 8)
    features.values[2] = 0.0
    found = style_control(battles, features, win_rates(battles))
    assert found.features == ("length", "headers", "bold")
    assert any("feature lists is left out" in note for note in found.notes)
    assert np.isfinite(found.rates.win_rate).all()
    features.values[:] = 0.0
    with pytest.raises(InputError, match="no style feature varies"):
        style_control(battles, features, win_rates(battles))


def test_models_without_counts_or_without_losses_are_named() -> None:
    table = pa.concat_tables(
        [random_judgments(3, 30, seed=9), judgments({"always": [["B>A", "A>B"]] * 30})]
    )
    battles = build_battles(table)
    features = random_features(battles, 10)
    features.values[:, battles.models.index("m1")] = np.nan
    found = style_control(battles, features, win_rates(battles))
    assert found.notes == (
        "without style control (no style counts): m1",
        "without style control (won or lost every game): always",
    )
    assert np.isnan(found.rates.win_rate[[0, 2]]).all()
    assert np.isfinite(found.shift[[1, 3]]).all()
    assert found.rates.interval == ("none", "logit", "none", "logit")
    # What stands on the rates also works at equal style.
    assert disjoint_separability(found.rates).pairs == 1
    assert paired_differences(found.rates).separated.shape == (4, 4)
    draws = style_bootstrap(found, rounds=20).sample.draws
    assert np.isnan(draws[:, 0]).all()
    assert np.isfinite(draws[:, 1]).all()


def test_without_any_counts_there_is_nothing_to_fit() -> None:
    battles = build_battles(random_judgments(2, 5, seed=11))
    features = random_features(battles, 12)
    features.values[:] = np.nan
    with pytest.raises(InputError, match="no model has style counts"):
        style_control(battles, features, win_rates(battles))
