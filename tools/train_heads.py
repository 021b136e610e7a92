"""Train the two shipped heads of the local annotator, and measure them.

    python tools/train_heads.py --demo data/demo --licensed LABELS.parquet --prompts FOLDER \
        --test LABELS.parquet --json quality.json

`--demo` is the folder of the demo dump with its labels. `--licensed` and `--test` are tables
with prompt_id and the seven criteria, whose texts are in the Parquet files of `--prompts`. The
test labels are measured once, after both heads are written, and decide nothing.

The cuts of the score follow the Chatbot Arena conversations: of the licensed prompts they alone are
traffic as it came. The others were picked by their authors, Arena-Hard's for being hard.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchbuilder.distilled.features import MAX_CHARS
from benchbuilder.distilled.head import Source, load_head
from benchbuilder.distilled.quality import Quality, cross_validate, evaluate
from benchbuilder.distilled.training import train_head
from benchbuilder.encoders import Encoder, open_encoder
from benchbuilder.resources import heads_path
from benchbuilder.schemas import CRITERIA
from benchbuilder.settings import EmbedSettings

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
NATURAL = "chatbot-arena-conversations"
SEED = 42


class Labelled(NamedTuple):
    """One label: a prompt's text, its seven criteria, and the source and licence of the prompt."""

    prompt_id: str
    text: str
    criteria: tuple[bool, ...]
    source: str
    licence: str


def read_demo(folder: Path) -> list[Labelled]:
    """Labels of the demo dump over the first user turn that is not blank."""
    texts: dict[str, str] = {}
    for part in sorted(folder.glob("part_*.jsonl")):
        for line in part.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            turns = (
                turn["content"] or "" for turn in record["conversation"] if turn["role"] == "user"
            )
            texts[record["conversation_id"]] = next((turn for turn in turns if turn.strip()), "")
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    return [
        Labelled(
            label["conversation_id"],
            texts[label["conversation_id"]],
            tuple(criterion in label["criteria"] for criterion in CRITERIA),
            "BenchBuilder demo dump",
            "Apache-2.0",
        )
        for label in labels
    ]


def read_table(path: Path, prompts: Path) -> list[Labelled]:
    """Labels of a Parquet table; every prompt_id must have one text in the folder `prompts`."""
    texts: dict[str, str] = {}
    for file in sorted(prompts.glob("*.parquet")):
        for row in pq.read_table(file, columns=["prompt_id", "text"]).to_pylist():
            if texts.setdefault(row["prompt_id"], row["text"]) != row["text"]:
                texts[row["prompt_id"]] = ""  # two texts under one id: no label may use it
    return [
        Labelled(
            row["prompt_id"],
            texts[row["prompt_id"]],
            tuple(row[criterion] for criterion in CRITERIA),
            row["source"],
            row.get("licence", ""),
        )
        for row in pq.read_table(path).to_pylist()
        if texts[row["prompt_id"]]
    ]


def unseen(test: list[Labelled], training: list[Labelled]) -> list[Labelled]:
    """The first label of each test prompt whose text is no training text."""
    known = {_bare(label.text) for label in training}
    first = {label.prompt_id: label for label in reversed(test)}
    return [label for label in first.values() if _bare(label.text) not in known]


def _bare(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def count_sources(labels: list[Labelled]) -> list[Source]:
    names = [(label.source, label.licence) for label in labels]
    return [Source(*name, names.count(name)) for name in sorted(set(names))]


def columns(labels: list[Labelled]) -> tuple[list[str], npt.NDArray[np.bool_]]:
    matrix = np.asarray([label.criteria for label in labels], dtype=np.bool_)
    return [label.text for label in labels], matrix


def encode(encoder: Encoder, texts: list[str]) -> npt.NDArray[np.float32]:
    return encoder.encode([text[:MAX_CHARS] for text in texts]).vectors


def show(name: str, quality: Quality) -> None:
    print(f"\n{name}, {quality.how}, {quality.prompts} prompts")
    for row in (*quality.ranking_rows(), *quality.criterion_rows()):
        print("  ".join(f"{cell:22}" for cell in row))
    print(
        f"accuracy {quality.accuracy:.3f} (majority {quality.majority_accuracy:.3f}); score >= 6: "
        f"predicted {quality.high_share_predicted:.3f}, "
        f"labelled {quality.high_share_labelled:.3f}; "
        f"mean score error {quality.mean_score_error:.2f}; beats length: {quality.beats_length()}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--demo", "--licensed", "--prompts", "--test", "--json"):
        parser.add_argument(option, type=Path, required=option != "--json")
    options = parser.parse_args()
    licensed = read_table(options.licensed, options.prompts)
    training = licensed + read_demo(options.demo)
    test = unseen(read_table(options.test, options.prompts), training)
    reference = np.arange(len(training)) < len(licensed)
    natural = np.array([label.source == NATURAL for label in training])
    texts, labels = columns(training)
    test_texts, test_labels = columns(test)
    encoder = open_encoder(
        EmbedSettings(backend="sentence-transformers", model=MINILM, precision="float32")
    )
    vectors, test_vectors = encode(encoder, texts), encode(encoder, test_texts)
    revision = f"weights {encoder.identity['digest']}"
    measured: dict[str, dict[str, Any]] = {}
    for name, model in (("minilm", MINILM), ("surface", None)):
        own, own_test = (vectors, test_vectors) if model else (None, None)
        validated, on_natural = (
            cross_validate(
                texts,
                labels,
                own,
                encoder=model,
                seed=SEED,
                reference=reference,
                natural=natural,
                measured=rows,
            )
            for rows in (reference, natural)
        )
        head = train_head(
            texts,
            labels,
            own,
            encoder=model,
            encoder_revision=revision if model else None,
            seed=SEED,
            sources=count_sources(training),
            reference=reference,
            natural=natural,
        )
        head.save(heads_path() / f"{name}.json")
        held_out = evaluate(load_head(name), test_texts, test_labels, own_test)
        found = {"cross_validated": validated, "natural": on_natural, "held_out": held_out}
        for how, quality in found.items():
            show(f"{name} ({how})", quality)
        measured[name] = {how: quality.to_dict() for how, quality in found.items()}
    if options.json:
        options.json.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
