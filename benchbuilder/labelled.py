"""Bring labels and prompts together, for training and for measuring an annotator.

A label names its prompt by ``prompt_id``, ``conversation_id`` or the dump's own id; labels whose
prompt is not there are counted and said, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder import encoders, sources
from benchbuilder.annotating.rows import NOT_ASKED
from benchbuilder.artifacts import RunFolder
from benchbuilder.config import Config
from benchbuilder.curating import local_head
from benchbuilder.distilled.head import load_head
from benchbuilder.distilled.quality import Quality, evaluate
from benchbuilder.errors import InputError
from benchbuilder.observe import Silent
from benchbuilder.schemas import CRITERIA
from benchbuilder.settings import LOCAL, EmbedSettings, IngestSettings
from benchbuilder.sources.labels import read_labels
from benchbuilder.stages.ingest import ingest
from benchbuilder.stats.annotator_panel import majority
from benchbuilder.stats.annotators import AnnotatorAgreement, Label, compare_annotators

_IDS = "labels name prompts by prompt_id, conversation_id or the dump's own id"


@dataclass(frozen=True)
class Labelled:
    """Prompts with their labels: n texts and (n, 7) booleans, columns as ``CRITERIA``."""

    texts: list[str]
    labels: npt.NDArray[np.bool_]
    origin: str
    notes: list[str]


def gather(
    labels: Path | None, prompts: Sequence[Path], run: Path | None, config: Config
) -> Labelled:
    """Labels from a file or from a run's annotations, joined with prompts from a dump or a run.

    Several annotators of one prompt: the first in a file counts, the majority in a run.

    Raises:
        InputError: neither labels nor a run, no prompts, or no label that fits a prompt.
    """
    if run is None and (labels is None or not prompts):
        raise InputError(
            "nothing to read: give --labels and --prompts, or --run",
            hint="benchbuilder distill --labels FILE --prompts DUMP --out head.json",
        )
    text_of = _texts_of_run(run) if run and not prompts else _texts_of_dump(prompts, config.ingest)
    found = _first_per_id(read_labels(labels)) if labels else _labels_of_run(_given(run))
    whole = {i: label for i, label in found.items() if None not in label.values()}
    used = [i for i in whole if i in text_of]
    if not used:
        raise InputError(
            "no label fits a prompt: their ids differ",
            file=labels,
            hint=_IDS,
        )
    notes = []
    if len(used) < len(found):
        lost, null = len(whole) - len(used), len(found) - len(whole)
        notes.append(f"{lost} labels have no prompt here and {null} are null: they are left out")
    return Labelled(
        [text_of[i] for i in used],
        np.array([[whole[i][c] for c in CRITERIA] for i in used], dtype=np.bool_),
        str(labels.name if labels else "annotations of the run"),
        notes,
    )


def _given(run: Path | None) -> Path:
    assert run is not None  # `gather` was given labels or a run
    return run


def vectors_of(
    texts: list[str], settings: EmbedSettings
) -> tuple[str | None, npt.NDArray[np.float32] | None]:
    """Vectors for a head, and the encoder's name; none where only TF-IDF is to be had.

    SVD vectors depend on the corpus that they were fitted on, so no head can be built on them.
    """
    if encoders.resolve_backend(settings) == "tfidf":
        return None, None
    encoder = encoders.open_encoder(settings)
    return encoder.name, encoder.encode(texts)[0]


def judge_head(rows: Labelled, config: Config) -> Quality:
    """Quality of the local annotator that a run with this config would use."""
    head = load_head(local_head(config))
    vectors = vectors_of(rows.texts, config.embed)[1] if head.encoder else None
    return evaluate(head, rows.texts, rows.labels, vectors, seed=config.seed)


def labels_of_file(labels: Path) -> dict[str, dict[str, Label]]:
    """The labels of a file by annotator and id."""
    return _by_annotator(read_labels(labels))


def labels_of_run(run: Path) -> dict[str, dict[str, Label]]:
    """A run's annotations by annotator and prompt_id; prompts that were not asked about are out."""
    annotations = RunFolder(run).read("annotations")
    asked = annotations.filter(pc.not_equal(annotations["status"], NOT_ASKED))
    return _by_annotator(asked.rename_columns({"prompt_id": "id"}))


def between_annotators(labels: Mapping[str, Mapping[str, Label]]) -> list[AnnotatorAgreement]:
    """Every pair of annotators that labelled some prompt both."""
    pairs = [
        compare_annotators(labels[a], labels[b], names=(a, b))
        for a, b in combinations(sorted(labels), 2)
    ]
    return [pair for pair in pairs if pair.prompts]


def run_against_labels(run: Path, labels: Path) -> list[AnnotatorAgreement]:
    """The run's annotators against each annotator of a label file.

    Raises:
        InputError: no label fits a prompt of the run.
    """
    ids = _ids_of_run(RunFolder(run))
    ours = labels_of_run(run)
    theirs = {
        name: {ids[i]: label for i, label in found.items() if i in ids}
        for name, found in labels_of_file(labels).items()
    }
    pairs = [
        compare_annotators(ours[a], theirs[b], names=(a, b))
        for a in sorted(ours)
        for b in sorted(theirs)
    ]
    if not any(pair.prompts for pair in pairs):
        raise InputError(
            "no label fits a prompt of the run: their ids differ", file=labels, hint=_IDS
        )
    return [pair for pair in pairs if pair.prompts]


def _texts_of_dump(paths: Sequence[Path], settings: IngestSettings) -> dict[str, str]:
    """Prompts by prompt_id, conversation_id and source_id; labelled ones are never too short."""
    lenient = settings.model_copy(update={"min_chars": 0, "languages": None})
    observe = Silent()
    parts: dict[str, list[dict[str, Any]]] = {"conversations": [], "prompts": [], "rejects": []}
    for name, part in ingest(
        sources.read_dump(paths, lenient, observe), settings=lenient, observe=observe
    ):
        wanted = [
            c
            for c in ("conversation_id", "source_id", "prompt_id", "text", "kept_as")
            if c in part.schema.names
        ]
        parts[name] += part.select(wanted).to_pylist()
    return _index(parts["prompts"], parts["rejects"], parts["conversations"])


def _texts_of_run(run: Path) -> dict[str, str]:
    folder = RunFolder(run)
    prompts = folder.read("prompts").select(["prompt_id", "conversation_id", "text"])
    rejects = folder.read("rejects").select(["conversation_id", "kept_as"])
    conversations = folder.read("conversations").select(["conversation_id", "source_id"])
    return _index(prompts.to_pylist(), rejects.to_pylist(), conversations.to_pylist())


def _ids_of_run(folder: RunFolder) -> dict[str, str]:
    """prompt_id by every id that a label may use."""
    prompts = folder.read("prompts").select(["prompt_id", "conversation_id"]).to_pylist()
    named = [{**row, "text": row["prompt_id"]} for row in prompts]
    conversations = folder.read("conversations").select(["conversation_id", "source_id"])
    return _index(named, [], conversations.to_pylist())


def _index(
    prompts: Iterable[dict[str, Any]],
    rejects: Iterable[dict[str, Any]],
    conversations: Iterable[dict[str, Any]],
) -> dict[str, str]:
    """Texts by every id; the label of a dropped duplicate belongs to its keeper's text."""
    texts: dict[str, str] = {}
    for row in prompts:
        texts[row["prompt_id"]] = texts[row["conversation_id"]] = row["text"]
    for row in rejects:
        if row["kept_as"] in texts:
            texts.setdefault(row["conversation_id"], texts[row["kept_as"]])
    for row in conversations:
        if row["source_id"] and row["conversation_id"] in texts:
            texts.setdefault(row["source_id"], texts[row["conversation_id"]])
    return texts


def _by_annotator(table: pa.Table) -> dict[str, dict[str, Label]]:
    found: dict[str, dict[str, Label]] = {}
    for row in table.select(["id", "annotator", *CRITERIA]).to_pylist():
        found.setdefault(row["annotator"], {})[row["id"]] = {c: row[c] for c in CRITERIA}
    return found


def _first_per_id(table: pa.Table) -> dict[str, Label]:
    first: dict[str, Label] = {}
    for row in table.to_pylist():
        first.setdefault(row["id"], {c: row[c] for c in CRITERIA})
    return first


def _labels_of_run(run: Path) -> dict[str, Label]:
    """What a run's models say of its prompts; what its local annotator says teaches nothing new.

    Of several models the majority counts, and a prompt on which they are split is null.
    """
    found = labels_of_run(run)
    models = {name: labels for name, labels in found.items() if name != LOCAL} or found
    ballots: dict[str, list[Label]] = {}
    for name in sorted(models):
        for prompt_id, label in models[name].items():
            ballots.setdefault(prompt_id, []).append(label)
    return {
        prompt_id: {c: majority(label[c] for label in labels) for c in CRITERIA}
        for prompt_id, labels in ballots.items()
    }
