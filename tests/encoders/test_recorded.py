from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from benchbuilder.encoders.protocol import Encoded, Progress
from benchbuilder.encoders.recorded import RecordedEncoder, VectorRecord
from benchbuilder.encoders.svd import SvdEncoder
from benchbuilder.errors import RunFolderError
from benchbuilder.observe import Silent


class Letters:
    """A real, cheap encoder: how often each of four letters stands in a text."""

    name, block_rows = "letters", 100

    def __init__(self, width: int = 4, fails_at: int | None = None) -> None:
        self.identity = {"backend": "letters", "dimensions": 4}
        self.width, self.fails_at = width, fails_at
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Encoded:
        self.calls.append(list(texts))
        if len(self.calls) == self.fails_at:
            raise KeyboardInterrupt
        counts = [[1 + text.count(letter) for letter in "abcdefgh"[: self.width]] for text in texts]
        vectors = np.array(counts, dtype=np.float32).reshape(len(texts), self.width)
        if progress:
            progress(len(texts), len(texts))
        return Encoded(
            vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
            np.array([len(text) > 5 for text in texts], dtype=np.bool_),
            np.array([1 + len(text) // 4 for text in texts], dtype=np.int32),
        )


TEXTS = ["ab", "abba", "", "ccc", "dddddddd", "ab", "ä\ud800"]


def recorded(
    path: Path, letters: Letters, part_rows: int | None = None
) -> tuple[RecordedEncoder, Silent]:
    observe = Silent()
    return RecordedEncoder(letters, VectorRecord(path), part_rows, observe), observe


def assert_same(first: Encoded, second: Encoded) -> None:
    for mine, theirs in zip(first, second, strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("part_rows", [None, 1, 2])
def test_what_is_new_is_encoded_once_and_the_rest_looked_up(
    tmp_path: Path, part_rows: int | None
) -> None:
    path, letters = tmp_path / "vectors.sqlite", Letters()
    encoder, observe = recorded(path, letters, part_rows)
    heard: list[tuple[int, int]] = []
    plain = Letters().encode(TEXTS)
    assert_same(encoder.encode(TEXTS, lambda done, total: heard.append((done, total))), plain)
    assert sorted(text for call in letters.calls for text in call) == sorted(set(TEXTS))
    assert heard[-1] == (7, 7)
    assert heard == sorted(heard)
    assert observe.figures == {"recorded_vectors": 0}

    letters = Letters()
    encoder, observe = recorded(path, letters, part_rows)
    assert_same(encoder.encode([*TEXTS, "new"]), Letters().encode([*TEXTS, "new"]))
    assert letters.calls == [["new"]]
    assert observe.figures == {"recorded_vectors": 7}


def test_what_is_encoded_elsewhere_is_recorded_as_it_comes(tmp_path: Path) -> None:
    path, here, there = tmp_path / "vectors.sqlite", Letters(), Letters(fails_at=3)

    def elsewhere(parts: Iterable[list[str]]) -> Iterator[Encoded]:
        return map(there.encode, parts)

    texts = [f"text {number:03}" for number in range(30)]
    encoder = RecordedEncoder(here, VectorRecord(path), 10, Silent(), elsewhere)
    with pytest.raises(KeyboardInterrupt):
        encoder.encode(texts)
    assert_same(encoder.encode(texts), Letters().encode(texts))
    assert [len(call) for call in there.calls] == [10, 10, 10, 10]
    assert here.calls == []


def test_another_encoder_finds_nothing(tmp_path: Path) -> None:
    path, letters = tmp_path / "vectors.sqlite", Letters()
    recorded(path, letters)[0].encode(TEXTS)
    other = Letters()
    other.identity = letters.identity | {"max_tokens": 8}
    recorded(path, other)[0].encode(TEXTS)
    assert len(other.calls[0]) == len(set(TEXTS))


def test_an_ended_run_keeps_the_parts_that_were_done(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    texts = [f"text {number:03}" for number in range(30)]
    with pytest.raises(KeyboardInterrupt):
        recorded(path, Letters(fails_at=3), part_rows=10)[0].encode(texts)
    letters = Letters()
    recorded(path, letters, part_rows=10)[0].encode(texts)
    assert len(letters.calls) == 1


def test_no_texts_give_what_the_encoder_gives(tmp_path: Path) -> None:
    encoder, _ = recorded(tmp_path / "vectors.sqlite", Letters())
    assert encoder.encode([]).vectors.shape == (0, 4)


def test_a_width_that_changed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    recorded(path, Letters())[0].encode(["one"])
    with pytest.raises(RunFolderError, match="not as wide") as caught:
        recorded(path, Letters(width=8))[0].encode(["one", "two"])
    assert str(path) in str(caught.value.hint)


def test_a_file_that_is_no_record_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(RunFolderError, match="cannot use the record") as caught:
        VectorRecord(path)
    assert f"rm {path}" in str(caught.value.hint)


def test_a_full_disk_loses_the_last_part_alone_and_says_so(tmp_path: Path) -> None:
    record = VectorRecord(tmp_path / "vectors.sqlite")
    encoder = RecordedEncoder(Letters(), record, None, Silent())
    encoder.encode(["one"])
    record._db.execute("PRAGMA max_page_count = 3")
    many = [f"text {number:05}" for number in range(5000)]
    for _ in range(2):
        with pytest.raises(RunFolderError, match="is full") as caught:
            encoder.encode(many)
        assert "make room" in str(caught.value.hint)
    record._db.execute("PRAGMA max_page_count = 1000000")
    assert len(encoder.encode(["one", *many]).vectors) == 5001


def test_an_encoder_that_must_see_all_texts_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="depend on all texts"):
        RecordedEncoder(SvdEncoder(8), VectorRecord(tmp_path / "v"), None, Silent())


def write_some(path: str, start: str) -> None:
    encoder, _ = recorded(Path(path), Letters(), part_rows=5)
    encoder.encode([f"text {number}" for number in range(int(start), int(start) + 200)])


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite"
    code = (
        "import sys; from tests.encoders.test_recorded import write_some; write_some(*sys.argv[1:])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), start]) for start in ("0", "100")
    ]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    rows = sqlite3.connect(path).execute("SELECT COUNT(*) FROM vectors").fetchone()
    assert rows == (300,)
