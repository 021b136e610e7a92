from __future__ import annotations

import numpy as np
import pytest

from benchbuilder.distilled.quality import cross_validate, evaluate
from benchbuilder.distilled.scorecard import Quality
from benchbuilder.distilled.training import train_head
from benchbuilder.errors import InputError
from benchbuilder.schemas import CRITERIA
from tests.distilled.conftest import World


def test_cross_validation_measures_every_row_once(validated: Quality, world: World) -> None:
    assert validated.how == "cross-validated"
    assert validated.prompts == len(world.texts)
    assert sum(row.n for row in validated.calibration) == world.labels.size
    assert [row.criterion for row in validated.criteria] == list(CRITERIA)
    assert validated.accuracy > validated.majority_accuracy
    assert 0.5 < validated.high_share_predicted / validated.high_share_labelled < 2
    assert np.mean([row.accuracy for row in validated.criteria]) == pytest.approx(
        validated.accuracy
    )


def test_the_learning_curve_grows(validated: Quality) -> None:
    sizes = [point.labels for point in validated.learning_curve]
    assert sizes == sorted(sizes)
    assert validated.learning_curve[-1].labels == 192


def test_no_row_is_predicted_by_a_fit_that_saw_its_group(world: World) -> None:
    """Labels that are pure noise, but equal within a pair of the same texts, stay noise."""
    rng = np.random.default_rng(5)
    texts = [f"{text}" for text in world.texts for _ in range(2)]
    labels = np.repeat(rng.random((len(world.texts), 7)) < 0.5, 2, axis=0)
    quality = cross_validate(texts, labels, None, encoder=None, seed=7)
    assert abs(quality.accuracy - 0.5) < 0.06


def test_only_reference_rows_are_measured(world: World) -> None:
    reference = np.arange(len(world.texts)) % 3 > 0
    quality = cross_validate(
        world.texts, world.labels, None, encoder=None, seed=7, reference=reference
    )
    assert quality.prompts == reference.sum()
    assert quality.good_share == pytest.approx((world.labels[reference].sum(axis=1) >= 5).mean())


def test_the_same_seed_gives_the_same_quality(world: World, validated: Quality) -> None:
    again = cross_validate(world.texts, world.labels, world.vectors, encoder="e", seed=7)
    assert again == validated
    other = cross_validate(world.texts, world.labels, world.vectors, encoder="e", seed=8)
    assert other != validated


def test_length_stands_beside_the_head(world: World, unseen: World) -> None:
    head = train_head(world.texts, world.labels, None, encoder=None, seed=7, sources=[])
    quality = evaluate(head, unseen.texts, unseen.labels, None)
    assert (quality.how, quality.folds, quality.learning_curve) == ("held out", None, ())
    assert quality.length.auc.value is not None
    assert quality.length.auc.value > 0.9  # length is what makes this world's prompts hard
    assert quality.head.ranking != quality.length.ranking


def test_a_head_that_knows_nothing_does_not_beat_length(world: World, unseen: World) -> None:
    rng = np.random.default_rng(1)
    noise = rng.random(world.labels.shape) < 0.5
    head = train_head(world.texts, noise, None, encoder=None, seed=7, sources=[])
    assert not evaluate(head, unseen.texts, unseen.labels, None).beats_length()


def test_measures_that_do_not_exist_are_null(unseen: World, world: World) -> None:
    head = train_head(world.texts, world.labels, None, encoder=None, seed=7, sources=[])
    nothing = np.zeros((3, 7), dtype=np.bool_)
    quality = evaluate(head, unseen.texts[:3], nothing, None)
    assert quality.head.auc == (None, None, None)
    assert quality.head.precision_top_5 == (None, None, None)
    assert quality.calibration[5].observed in (None, 0.0)
    assert "-" in quality.ranking_rows()[1]


def test_no_labels_and_too_few_prompts(world: World) -> None:
    head = train_head(world.texts, world.labels, None, encoder=None, seed=7, sources=[])
    with pytest.raises(InputError, match="no labelled prompts"):
        evaluate(head, [], np.zeros((0, 7), dtype=np.bool_), None)
    with pytest.raises(InputError, match="too few for 5 folds"):
        cross_validate(["the same prompt"] * 20, world.labels[:20], None, encoder=None, seed=7)
