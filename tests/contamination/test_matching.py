from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchbuilder.contamination.known import Known, read_known, without_cut
from benchbuilder.contamination.matching import Match, find_known

LONG = "Explain how a suspension bridge carries the weight of lorries to the ground, step by step"


def known(*texts: str, vectors: Any = None) -> Known:
    names = tuple(f"q{n}" for n in range(len(texts)))
    return Known(("old.jsonl",) * len(texts), names, texts, vectors)


def found(text: str, *theirs: str) -> str | None:
    match = find_known({"x": text}, known(*theirs), jaccard=0.7, cosine=0.93).get("x")
    return str(match) if match else None


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (LONG, "the same text"),
        (LONG.upper() + "!", "the same text"),
        (LONG.replace("carries", "carrys"), "88% of the words"),
        (LONG.replace(" lorries", ""), "93% of the words"),
        (f"Hello. {LONG} please", "quotes it"),
        (f"My exam is tomorrow: {LONG}. Write it for a child of ten.", "quotes it"),
    ],
)  # fmt: skip
def test_copies_and_near_copies_are_named(text: str, how: str) -> None:
    match = found(text, "something else entirely", LONG)
    assert match is not None
    assert match.startswith("old.jsonl: q1 (")
    assert how in match or "of the words" in match


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        ("What is the capital of France?", "What is the capital of Australia?"),
        ("Write a short story about a cat", "Write a short story about a bank robbery in Rome"),
        ("Give me ten recipes of Turkey with rice", "Give me ten recipes of Peru with rice"),
        ("hi", "hi there, how are you"),
    ],
)  # fmt: skip
def test_look_alikes_are_not(text: str, theirs: str) -> None:
    assert found(text, theirs) is None


def test_long_texts_that_share_a_frame_are_different_questions() -> None:
    frame = " ".join(f"word{n}" for n in range(200))
    ours, theirs = f"{frame} sort the list of seven numbers", f"{frame} draw a map of Spain"
    assert found(ours, theirs) is None


def test_vectors_confirm_deny_and_find() -> None:
    """q0 is a paraphrase; q1 has nearly the same words and another meaning."""
    theirs = known("How tall is the Eiffel tower", LONG, vectors=np.eye(2))
    texts = {
        "p": "What height does that tower in Paris have",
        "near": LONG.replace(" lorries", ""),
    }
    vectors = {"p": np.array([0.95, np.sqrt(1 - 0.95**2)]), "near": np.array([0.8, 0.6])}
    matches = find_known(texts, theirs, jaccard=0.7, cosine=0.93, vectors=vectors)
    assert matches == {"p": Match("old.jsonl", "q0", "cosine 0.950")}
    alone = find_known(texts, theirs, jaccard=0.7, cosine=0.93)
    assert set(alone) == {"near"}
    vectors["near"] = np.array([0.6, 0.8])  # words were only dropped: less of a cosine confirms it
    assert set(find_known(texts, theirs, jaccard=0.7, cosine=0.93, vectors=vectors)) == {
        "p",
        "near",
    }


def test_what_the_encoder_cut_decides_nothing() -> None:
    vectors = without_cut(np.ones((1, 2)) / np.sqrt(2), np.array([True]))
    texts = {"x": "a text of its own"}
    same = {"x": np.ones(2) / np.sqrt(2)}
    theirs = known("other", vectors=vectors)
    assert find_known(texts, theirs, jaccard=0.7, cosine=0.5, vectors=same) == {}


def test_a_question_of_several_turns_counts_with_each(tmp_path: Path) -> None:
    path = tmp_path / "bench.jsonl"
    path.write_text('{"question_id": "m", "turns": ["Compose a travel blog", "Rewrite it in C"]}\n')
    read = read_known([path])
    assert read.question_ids == ("m", "m")
    assert read.texts == ("Compose a travel blog", "Rewrite it in C")
    assert read.files == ("bench.jsonl",) * 2


def edited(text: str, how: int) -> str:
    """A copy or a near-copy: the edits of people who paste."""
    words = text.split()
    match how:
        case 0:
            return text
        case 1:
            return text.upper()
        case 2:
            return f"  {text.replace(' ', '  ')}\n"
        case 3:
            return f"Hi! {text} Thanks."
        case 4:
            place = max(range(len(words)), key=lambda n: len(words[n]))
            words[place] = words[place][:2] + words[place][3:]
            return " ".join(words)
        case _:
            return " ".join(words[:-2] + words[-1:])


def test_planted_copies_are_all_named_and_other_prompts_are_not(shared: Path) -> None:
    sets = pq.read_table(shared / "data" / "prompts" / "benchmark_sets.parquet")
    rows = [
        row
        for row in sets.select(["prompt_id", "source", "text"]).to_pylist()
        if row["source"] == "arena-hard-v0.1"
    ]
    theirs = Known(
        tuple(row["source"] for row in rows),
        tuple(row["prompt_id"] for row in rows),
        tuple(row["text"] for row in rows),
    )
    long_enough = [row for row in rows if len(row["text"].split()) >= 8]
    planted = long_enough[:: len(long_enough) // 50][:50]
    texts = {row["prompt_id"]: edited(row["text"], n % 6) for n, row in enumerate(planted)}
    matches = find_known(texts, theirs, jaccard=0.7, cosine=None)
    assert {name: match.question_id for name, match in matches.items()} == {n: n for n in texts}
    others = {
        row["prompt_id"]: row["text"]
        for row in sets.select(["prompt_id", "source", "text"]).to_pylist()
        if row["source"] in ("alpaca-eval", "mt-bench", "arena-hard-v2.0")
    }
    assert find_known(others, theirs, jaccard=0.7, cosine=None) == {}
