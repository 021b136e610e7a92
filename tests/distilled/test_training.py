from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchbuilder.distilled.head import Source
from benchbuilder.distilled.measures import area_under_curve
from benchbuilder.distilled.training import NGRAM_COLUMNS, score_cuts, train_head
from benchbuilder.errors import InputError
from benchbuilder.schemas import CRITERIA
from tests.distilled.conftest import World

SOURCES = [Source("a small world", "CC0-1.0", 240)]


@pytest.mark.parametrize("with_vectors", [True, False])
def test_a_head_learns_and_keeps_the_shares_of_scores(
    world: World, unseen: World, with_vectors: bool
) -> None:
    vectors, encoder = (world.vectors, "some/encoder") if with_vectors else (None, None)
    head = train_head(world.texts, world.labels, vectors, encoder=encoder, seed=7, sources=SOURCES)
    said = head.annotate(unseen.texts, unseen.vectors if with_vectors else None)
    truth = unseen.labels.sum(axis=1)
    auc = area_under_curve(said.expected_score, truth >= 5)
    assert auc is not None
    assert auc > 0.9
    assert (said.decisions == unseen.labels).mean() > 0.8
    assert 0.5 < (said.quality_score >= 5).mean() / (truth >= 5).mean() < 2
    assert (head.encoder, head.labels, head.seed) == (encoder, 240, 7)
    assert head.vectors.shape == ((16, 7) if with_vectors else (0, 7))
    assert head.ngrams.shape == ((0, 7) if with_vectors else (NGRAM_COLUMNS, 7))


def test_the_order_of_the_criteria_is_kept(world: World) -> None:
    labels = world.labels.copy()
    labels[:, CRITERIA.index("creativity")] = ["poem" in text for text in world.texts]
    head = train_head(world.texts, labels, None, encoder=None, seed=7, sources=SOURCES)
    said = head.annotate(["Compare the poem 3", "Compare the soup 3"], None)
    creative = said.probabilities[:, CRITERIA.index("creativity")]
    assert creative[0] > creative[1] + 0.1


def test_a_criterion_that_never_varies_becomes_a_constant(world: World) -> None:
    labels = world.labels.copy()
    labels[:, 2], labels[:, 4] = True, False
    head = train_head(world.texts, labels, world.vectors, encoder="e", seed=7, sources=SOURCES)
    said = head.annotate(world.texts, world.vectors)
    assert (said.probabilities[:, 2] > 0.99).all()
    assert (said.probabilities[:, 4] < 0.01).all()


def test_rows_beside_the_reference_do_not_shift_it(world: World) -> None:
    """All-true labels of another origin must not make the reference prompts look better."""
    n = len(world.texts)
    labels = np.vstack([world.labels, np.ones((n, 7), dtype=np.bool_)])
    texts = [*world.texts, *world.texts]
    reference = np.arange(2 * n) < n
    split = train_head(
        texts, labels, None, encoder=None, seed=7, sources=SOURCES, reference=reference
    ).annotate(world.texts, None)
    mixed = train_head(texts, labels, None, encoder=None, seed=7, sources=SOURCES).annotate(
        world.texts, None
    )
    wanted = world.labels.sum(axis=1).mean()
    assert abs(split.quality_score.mean() - wanted) < 0.7
    assert abs(mixed.quality_score.mean() - wanted) > abs(split.quality_score.mean() - wanted)


def test_cuts_follow_the_natural_rows(world: World) -> None:
    """Prompts picked for being hard train the weights and leave the shares of scores alone."""
    natural = world.labels.sum(axis=1) < 5
    heads = [
        train_head(
            world.texts, world.labels, None, encoder=None, seed=7, sources=SOURCES, natural=rows
        )
        for rows in (None, natural)
    ]
    np.testing.assert_array_equal(heads[0].surface, heads[1].surface)
    shares = [(head.annotate(world.texts, None).quality_score >= 5).mean() for head in heads]
    assert shares[1] == 0
    assert shares[0] > 0.05
    assert (heads[1].score_cuts[4:] > 7).all()


def test_too_few_labels_say_what_to_do(world: World) -> None:
    with pytest.raises(InputError, match="9 labelled prompts are too few") as caught:
        train_head(world.texts[:9], world.labels[:9], None, encoder=None, seed=7, sources=SOURCES)
    assert caught.value.hint is not None
    assert "benchbuilder annotate" in caught.value.hint


def test_cuts_reproduce_the_labelled_shares() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.random((400, 7))
    labels = rng.random((400, 7)) < 0.3
    cuts = score_cuts(probabilities, labels)
    assert (np.diff(cuts) >= 0).all()
    expected, scores = probabilities.sum(axis=1), labels.sum(axis=1)
    for k, cut in enumerate(cuts, start=1):
        assert (expected >= cut).mean() == pytest.approx((scores >= k).mean(), abs=0.01)


def test_a_score_that_no_label_reaches_is_never_given() -> None:
    labels = np.zeros((50, 7), dtype=np.bool_)
    labels[:10, :2] = True
    cuts = score_cuts(np.random.default_rng(0).random((50, 7)), labels)
    assert (cuts[2:] > 7).all()


def test_the_same_bytes_whatever_the_threads(tmp_path: Path) -> None:
    """BLAS may sum in another order with more threads; the file must not show it."""
    script = (
        "import sys; from pathlib import Path;"
        "from tests.distilled.conftest import build;"
        "from benchbuilder.distilled.training import train_head;"
        "w = build(240, 1);"
        "h = train_head(w.texts, w.labels, w.vectors, encoder='e', seed=7, sources=[]);"
        "h.save(Path(sys.argv[1]))"
    )
    root = Path(__file__).parents[2]
    contents = []
    for threads in ("1", "2"):
        file = tmp_path / f"{threads}.json"
        subprocess.run(
            [sys.executable, "-c", script, str(file)],
            env={"OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads, "PYTHONPATH": str(root)},
            cwd=root,
            check=True,
        )
        contents.append(file.read_bytes())
    assert contents[0] == contents[1]
