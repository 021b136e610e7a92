"""A head: the weights that turn a prompt into seven probabilities, and the file that holds them.

The file is JSON that a person can read: what the head was trained on, which encoder its vectors
must come from, and one row of seven weights (one per criterion) for every feature.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.decisions import Predictions, decide, sigmoid
from benchbuilder.distilled.features import SURFACE_FEATURES, Floats, surface_features
from benchbuilder.distilled.ngrams import hashed_ngrams, ngram_product
from benchbuilder.errors import ConfigError, InputError
from benchbuilder.resources import heads_path
from benchbuilder.schemas import CRITERIA

FORMAT = "benchbuilder-head/1"
_DIGITS = 4
_RETRAIN = "train it again: benchbuilder distill --labels FILE --prompts FILE --out FILE"


class Source(NamedTuple):
    """Where training labels came from: the prompts' name and licence, and how many labels."""

    name: str
    licence: str
    labels: int


@dataclass(frozen=True, eq=False)
class Head:
    """Seven logistic regressions that share their features.

    Weights apply to features as they are (no scaling at prediction): `surface` has shape
    (len(SURFACE_FEATURES), 7), `vectors` (dimension, 7) and `ngrams` (columns, 7), either of
    them with no rows where the head does not use it. `score_cuts` are seven rising thresholds:
    a prompt has a quality score of k when its expected score reaches exactly k of them.
    """

    encoder: str | None
    dimension: int
    encoder_revision: str | None
    intercepts: Floats
    surface: Floats
    vectors: Floats
    ngrams: Floats
    score_cuts: Floats
    labels: int
    seed: int
    sources: tuple[Source, ...]

    def annotate(self, texts: Sequence[str], vectors: npt.NDArray[Any] | None) -> Predictions:
        """Probabilities, decisions and scores of prompts; each row depends on its own text only.

        `vectors` are normalised embeddings (n, dimension) from `encoder`, None for a head
        without one. Raises ConfigError where they are missing or do not fit.
        """
        logits = self.intercepts + _product(surface_features(texts), self.surface)
        if self.encoder is not None:
            logits += _product(self._checked(vectors, len(texts)), self.vectors)
        if len(self.ngrams):
            logits += ngram_product(hashed_ngrams(texts, len(self.ngrams)), self.ngrams)
        probabilities = np.round(sigmoid(logits), 6)
        return decide(probabilities, self.score_cuts)

    def _checked(self, vectors: npt.NDArray[Any] | None, n_texts: int) -> Floats:
        expected = (n_texts, self.dimension)
        if vectors is None or vectors.shape != expected:
            found = "none" if vectors is None else f"an array of shape {vectors.shape}"
            raise ConfigError(
                f"the local annotator needs vectors of {self.encoder}, shape {expected}; "
                f"it got {found}",
                hint="embed with that model, or use the head `surface`, which needs no vectors",
            )
        return vectors.astype(np.float64)

    def save(self, path: Path) -> None:
        """Write the head as JSON, one feature a line; the same head gives the same bytes."""
        path.write_text(_to_json(self), encoding="utf-8")


def _product(values: Floats, weights: Floats) -> Floats:
    """A matrix product whose rows do not depend on the batch or on threads, as BLAS's may."""
    product: Floats = np.einsum("nk,kc->nc", values, weights, optimize=False)
    return product


def load_head(name_or_path: str | Path) -> Head:
    """A shipped head by name (`minilm`, `surface`) or one from a file.

    Raises InputError where there is no such head or the file is none, ConfigError where it
    was trained for other features or criteria than this version has.
    """
    shipped = heads_path() / f"{name_or_path}.json"
    path = shipped if shipped.is_file() else Path(name_or_path)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        names = ", ".join(sorted(p.stem for p in heads_path().glob("*.json")))
        raise InputError(
            "no head of this name, and no file that can be read",
            file=path,
            hint=f"annotate.head is one of {names}, or a file that `benchbuilder distill` wrote",
        ) from error
    except ValueError as error:
        raise InputError("not a head: the file is no JSON", file=path, hint=_RETRAIN) from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise InputError(f"not a head of format {FORMAT}", file=path, hint=_RETRAIN)
    return _from_record(record, path)


def _to_json(head: Head) -> str:
    """JSON with one line per feature, so that two heads can be compared by eye and by diff."""
    about = {
        "format": FORMAT,
        "criteria": list(CRITERIA),
        "encoder": head.encoder,
        "encoder_revision": head.encoder_revision,
        "dimension": head.dimension,
        "training": {
            "labels": head.labels,
            "seed": head.seed,
            "sources": [source._asdict() for source in head.sources],
        },
        "score_cuts": _rounded(head.score_cuts),
        "intercepts": _rounded(head.intercepts),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in about.items()]
    surface = zip(SURFACE_FEATURES, head.surface, strict=True)
    named = [f"{json.dumps(name)}: {_row(weights)}" for name, weights in surface]
    lines.append('"surface": {\n' + ",\n".join(named) + "\n}")
    for key, rows in (("vectors", head.vectors), ("ngrams", head.ngrams)):
        lines.append(f'"{key}": [\n' + ",\n".join(map(_row, rows)) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _row(weights: Floats) -> str:
    return json.dumps(_rounded(weights), separators=(",", ":"))


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), _DIGITS) + 0.0 for value in values]


def _from_record(record: dict[str, Any], path: Path) -> Head:
    if tuple(record["criteria"]) != CRITERIA or tuple(record["surface"]) != SURFACE_FEATURES:
        raise ConfigError(
            f"{path}: the head was trained for other criteria or features than this version has",
            hint=_RETRAIN,
        )
    training = record["training"]
    return Head(
        encoder=record["encoder"],
        dimension=record["dimension"],
        encoder_revision=record["encoder_revision"],
        intercepts=np.asarray(record["intercepts"], dtype=np.float64),
        surface=_matrix(list(record["surface"].values())),
        vectors=_matrix(record["vectors"]),
        ngrams=_matrix(record["ngrams"]),
        score_cuts=np.asarray(record["score_cuts"], dtype=np.float64),
        labels=training["labels"],
        seed=training["seed"],
        sources=tuple(Source(**source) for source in training["sources"]),
    )


def _matrix(rows: list[list[float]]) -> Floats:
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), len(CRITERIA))
