"""Our score on AlpacaEval's real verdicts: what ``docs/selection.md`` says must still be so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchbuilder.config import load_config
from benchbuilder.curating import local_head
from benchbuilder.distilled.head import load_head
from benchbuilder.labelled import vectors_of
from benchbuilder.reporting.selection import selection_documents
from benchbuilder.settings import ReportSettings
from benchbuilder.sources.selections import best
from tests.stats.cases import random_judgments

#: In the order of their baselines, gpt4_1106_preview and text_davinci_003.
JUDGES = ("weighted_alpaca_eval_gpt4_turbo", "alpaca_eval_gpt4")
SETTINGS = ReportSettings()


def test_baselines_and_judges_are_kept_apart() -> None:
    judgments = pa.concat_tables(
        [random_judgments(4, 30, seed, judge=name) for seed, name in enumerate("ab")]
    )
    documents = selection_documents(
        judgments,
        [f"p{i:03d}" for i in range(10)],
        lengths=None,
        scores=None,
        human=None,
        names=None,
        draws=3,
        settings=SETTINGS,
    )
    assert [(d["baseline"], d["judge"]) for d in documents] == [("base", "a"), ("base", "b")]
    first, second = (d["comparisons"] for d in documents)
    assert first != second


def alpaca_judgments(shared: Path) -> pa.Table:
    table = pq.read_table(shared / "data" / "judgments" / "alpaca_eval_pairwise.parquet")
    table = table.filter(pc.is_in(table["judge"], value_set=pa.array(JUDGES)))
    table = table.filter(pc.not_equal(table["model"], table["baseline"]))
    # 1 to 2 is the model's share of the win; 0 and 1.5 are both ties.
    preference = pc.cast(table["preference"], pa.float64())
    tie = pc.or_(pc.equal(preference, 0), pc.equal(preference, 1.5))
    verdict = pc.if_else(tie, "A=B", pc.if_else(pc.greater(preference, 1.5), "B>A", "A>B"))
    return pa.table(
        {
            "question_id": table["prompt_id"],
            "model": table["model"],
            "baseline": table["baseline"],
            "judge": table["judge"],
            "answer_a": table["baseline"],
            "answer_b": table["model"],
            "verdict": verdict,
        }
    )


@pytest.mark.slow
def test_our_score_on_alpaca_eval(shared: Path) -> None:
    prompts = pq.read_table(shared / "data" / "prompts" / "benchmark_sets.parquet")
    prompts = prompts.filter(pc.equal(prompts["source"], "alpaca-eval"))
    texts, names = prompts["text"].to_pylist(), prompts["prompt_id"].to_pylist()
    config = load_config("default")
    if local_head(config) != "minilm":
        pytest.skip("needs the embeddings extra")
    found = load_head("minilm").annotate(texts, vectors_of(texts, config.embed)[1])
    scores = {
        name: (float(score), float(probabilities.sum()))
        for name, score, probabilities in zip(
            names, found.quality_score, found.probabilities, strict=True
        )
    }
    documents = selection_documents(
        alpaca_judgments(shared),
        best(scores, 250),
        lengths=dict(zip(names, map(len, texts), strict=True)),
        scores={name: score for name, (score, _) in scores.items()},
        human=None,
        names=None,
        draws=200,
        settings=SETTINGS,
    )

    def verdicts(document: dict[str, Any], measure: str) -> dict[str, str]:
        return {c["kind"]: c["verdict"] for c in document["comparisons"] if c["measure"] == measure}

    newer, older = documents
    assert (newer["judge"], older["judge"]) == JUDGES
    paired = verdicts(newer, "separability_paired")
    assert (paired["unselected"], paired["easiest"]) == ("gain", "gain")
    assert paired["length_matched"] == "undecided"
    assert verdicts(older, "separability_paired")["easiest"] == "gain"
    assert verdicts(older, "separability_paired")["length_matched"] == "undecided"
