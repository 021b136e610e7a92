from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from benchbuilder.encoders.svd import SvdEncoder


@pytest.mark.parametrize(
    "texts",
    [
        ["one prompt alone"],
        ["the same words"] * 20,
        ["short", "日本語で答えてください", "用中文解释一下"],
        ["a", "  ", "?!"],
        ["word"],
    ],
)
def test_vectors_have_the_asked_width_and_length_one(texts: list[str]) -> None:
    vectors, truncated, windows = SvdEncoder(64).encode(texts)
    assert vectors.shape == (len(texts), 64)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not truncated.any()
    assert (windows == 1).all()


def test_no_texts_give_no_vectors() -> None:
    assert SvdEncoder(8).encode([])[0].shape == (0, 8)


def test_like_texts_are_near_in_any_script() -> None:
    texts = ["sort a list in python", "python list sorting", "机器学习是什么", "解释机器学习"]
    vectors = SvdEncoder(16).encode(texts).vectors
    cosines = vectors @ vectors.T
    assert cosines[0, 1] > cosines[0, 2] + 0.1
    assert cosines[2, 3] > cosines[0, 2] + 0.1


def test_progress_ends_with_all_texts() -> None:
    heard: list[tuple[int, int]] = []
    SvdEncoder(8).encode(["a b c", "b c d"], lambda done, total: heard.append((done, total)))
    assert heard[-1] == (2, 2)


def digest() -> str:
    words = ("sql joins", "bread", "chess")
    texts = [f"prompt {number} about {word}" for number in range(150) for word in words]
    return hashlib.sha256(SvdEncoder(32).encode(texts)[0].tobytes()).hexdigest()


def test_bytes_do_not_depend_on_threads() -> None:
    threads = "1" if os.environ.get("OMP_NUM_THREADS") == "2" else "2"
    run = subprocess.run(
        [sys.executable, "-c", "from tests.encoders.test_svd import digest; print(digest())"],
        env=os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == digest()
