from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.encoders.svd import SvdEncoder
from benchbuilder.observe import Silent
from benchbuilder.schemas import EMBEDDINGS
from benchbuilder.settings import EmbedSettings
from benchbuilder.stages.embed import embed

TEXTS = [f"prompt {number} about {word}" for number in range(5) for word in ("sql", "bread")]
SETTINGS = EmbedSettings(backend="tfidf", dimensions=6)


class Blocks(SvdEncoder):
    """The real encoder, asked for in blocks and cutting what is longer than 18 signs."""

    def __init__(self, block_rows: int | None) -> None:
        super().__init__(6)
        self.block_rows = block_rows
        self.calls: list[int] = []

    def encode(self, texts, progress=None):  # type: ignore[no-untyped-def]
        self.calls.append(len(texts))
        found = super().encode(texts, progress)
        return found._replace(truncated=np.array([len(text) > 18 for text in texts]))


def batches(size: int) -> Iterator[pa.RecordBatch]:
    ids = [f"p{number}" for number in range(len(TEXTS))]
    table = pa.table({"prompt_id": ids, "text": TEXTS})
    yield from table.to_batches(max_chunksize=size)


def run(encoder: SvdEncoder, size: int = 3) -> tuple[pa.Table, Silent]:
    observe = Silent()
    found = list(embed(batches(size), settings=SETTINGS, encoder=encoder, observe=observe))
    assert {name for name, _ in found} <= {"embeddings"}
    return pa.Table.from_batches([batch for _, batch in found]), observe


def test_rows_fit_the_schema_and_keep_the_order() -> None:
    table, _ = run(SvdEncoder(6))
    assert table.column_names == EMBEDDINGS.schema.names
    assert table["prompt_id"].to_pylist() == [f"p{number}" for number in range(len(TEXTS))]
    assert table.schema.field("vector").type == pa.list_(pa.float32(), 6)
    vectors = np.array(table["vector"].to_pylist())
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("rows", "calls"), [(None, [10]), (4, [6, 4]), (1, [3, 3, 3, 1])])
def test_the_encoder_gets_its_blocks(rows: int | None, calls: list[int]) -> None:
    encoder = Blocks(rows)
    table, _ = run(encoder)
    assert encoder.calls == calls
    assert table.num_rows == len(TEXTS)


def test_cut_prompts_are_counted_and_said() -> None:
    table, observe = run(Blocks(None))
    assert observe.figures["truncated_prompts"] == sum(table["truncated"].to_pylist()) == 5
    assert observe.figures["long_prompts"] == 5
    assert "5 of 10 prompts are longer" in observe.notes[0]


class Windows(SvdEncoder):
    """The real encoder, which reads two prompts in several windows."""

    def encode(self, texts, progress=None):  # type: ignore[no-untyped-def]
        found = super().encode(texts, progress)
        return found._replace(windows=np.array([3, 2] + [1] * (len(texts) - 2), dtype=np.int32))


def test_prompts_in_windows_are_counted_and_nothing_of_them_is_cut() -> None:
    settings = SETTINGS.model_copy(update={"long_prompts": "windows"})
    observe = Silent()
    found = list(embed(batches(10), settings=settings, encoder=Windows(6), observe=observe))
    assert found[0][1].column("windows").to_pylist() == [3, 2] + [1] * 8
    assert observe.figures == {"truncated_prompts": 0, "long_prompts": 2}
    assert "the mean of all their windows" in observe.notes[0]


def test_progress_counts_over_all_blocks() -> None:
    heard: list[tuple[int, int | None]] = []
    observe = Silent()
    observe.progress = lambda done, total=None: heard.append((done, total))  # type: ignore[method-assign]
    list(embed(batches(4), settings=SETTINGS, encoder=Blocks(4), observe=observe, total=10))
    assert heard == [(0, 10), (4, 10), (8, 10), (10, 10), (10, 10)]


def test_no_prompts_give_no_rows() -> None:
    observe = Silent()
    assert not list(embed(iter(()), settings=SETTINGS, encoder=Blocks(4), observe=observe))


def test_vectors_may_be_stored_as_halves() -> None:
    settings = SETTINGS.model_copy(update={"storage": "float16"})
    found = list(embed(batches(4), settings=settings, encoder=SvdEncoder(6), observe=Silent()))
    assert found[0][1].schema.field("vector").type == pa.list_(pa.float16(), 6)
    exact, _ = run(SvdEncoder(6))
    halves = np.array(found[0][1].column("vector").to_pylist(), dtype=np.float32)
    assert np.abs(halves - np.array(exact["vector"].to_pylist())).max() < 1e-3
