"""How many calls the cascade saves: `make bench`, or `python bench/cascade.py`.

Labelled prompts stand in for a language model: the annotate stage asks, and is answered with the
labels. Beside the cascade, its audit included: the local head alone, prompt length, and random
order. Needs the labelled prompts of the measurements (`../shared/data`); without them it says so.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchbuilder.cascade.learner import Learner
from benchbuilder.cascade.rounds import ask_in_rounds
from benchbuilder.distilled.features import surface_features
from benchbuilder.distilled.head import load_head
from benchbuilder.encoders import open_encoder
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Silent
from benchbuilder.resources import template_path
from benchbuilder.schemas import CRITERIA, EMBEDDINGS
from benchbuilder.settings import AnnotateSettings, CascadeSettings, EmbedSettings
from benchbuilder.stages.annotate import annotate

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SCORES, GOALS, LIMITS = (5, 6), (0.5, 0.85), {0.5: 0.35, 0.85: 0.55}
BUDGETS = tuple(range(60, 780, 10))
COVERAGE_RUNS, COVERAGE_PROMPTS, COVERAGE_CALLS = 200, 800, 250


def main() -> int:
    """Print the figures as JSON; the exit code is 1 when a score of 5 misses its limit."""
    if not (SHARED / "labels" / "criteria_test.parquet").is_file():
        sys.stdout.write("cascade: no labelled prompts at ../shared/data, nothing measured\n")
        return 0
    pool = _Pool()
    found = {calls: pool.cascade(calls) for calls in BUDGETS}
    figures: dict[str, Any] = {"prompts": len(pool.ids)}
    good = True
    for score in SCORES:
        rows = pool.compare(score, found)
        figures[f"score >= {score}"] = rows
        if score == SCORES[0]:
            good = all(rows["calls"][f"{g:.0%}"]["share_of_random"] <= LIMITS[g] for g in GOALS)
    figures["audit"] = pool.coverage()
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    return 0 if good and figures["audit"]["covered"] >= 0.9 else 1


class _Pool:
    """The labelled prompts; of two annotators of one prompt the first by name counts."""

    def __init__(self) -> None:
        labels: dict[str, dict[str, Any]] = {}
        rows = pq.read_table(SHARED / "labels" / "criteria_test.parquet").to_pylist()
        for row in sorted(rows, key=lambda row: (row["prompt_id"], row["annotator"])):
            labels.setdefault(row["prompt_id"], row)
        texts: dict[str, str] = {}
        for name in ("arena_text", "benchmark_sets"):
            table = pq.read_table(SHARED / "prompts" / f"{name}.parquet")
            texts |= dict(zip(*(table[c].to_pylist() for c in ("prompt_id", "text")), strict=True))
        self.ids = sorted(labels.keys() & texts.keys())
        self.texts = [texts[i] for i in self.ids]
        self.labels = np.array([[labels[i][c] for c in CRITERIA] for i in self.ids])
        self.scores = self.labels.sum(axis=1)
        self.vectors = open_encoder(EmbedSettings()).encode(self.texts)[0]
        self.head = load_head("minilm")
        self.start = self.head.annotate(self.texts, self.vectors).probabilities
        self.place = {prompt_id: place for place, prompt_id in enumerate(self.ids)}

    def complete(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        """The language model: it answers with the labels."""
        texts = []
        for request in requests:
            labels = self.labels[self.place[request.id]]
            texts.append(str([number for number, met in enumerate(labels, start=1) if met]))
        assert all(accept(text) is None for text in texts)
        return [Completion(r.id, "ok", text) for r, text in zip(requests, texts, strict=True)]

    def cascade(self, calls: int) -> set[str]:
        """The prompts that a run with a budget asks about."""
        prompts = pa.RecordBatch.from_pydict(
            {
                "prompt_id": self.ids,
                "system": pa.nulls(len(self.ids), pa.string()),
                "text": self.texts,
            }
        )
        embeddings = pa.Table.from_pydict(
            {
                "prompt_id": self.ids,
                "vector": list(self.vectors),
                "truncated": [False] * len(self.ids),
                "windows": [1] * len(self.ids),
            },
            schema=EMBEDDINGS.schema,
        )
        settings = AnnotateSettings(
            annotator="oracle",
            cascade=CascadeSettings(enabled=True, spare=None, max_share=1.0, max_calls=calls),
        )
        parts = annotate(
            iter([prompts]),
            embeddings,
            settings=settings,
            head=self.head,
            complete=self.complete,
            template=template_path("annotate").read_text(encoding="utf-8"),
            observe=Silent(),
        )
        rows = [row for _, part in parts for row in part.to_pylist()]
        asked = {row["prompt_id"] for row in rows if row["status"] == "ok"}
        assert len(asked) == calls
        return asked

    def compare(self, score: int, asked: dict[int, set[str]]) -> dict[str, Any]:
        """Calls until a share of the good prompts is found, and recall at equal calls."""
        good = self.scores >= score
        lengths = np.array([len(text) for text in self.texts])
        orders = {
            "head": np.argsort(-self.start.sum(axis=1), kind="stable"),
            "length": np.argsort(-lengths, kind="stable"),
        }
        curve = {name: np.cumsum(good[order]) / good.sum() for name, order in orders.items()}
        cascade = {
            calls: float(sum(good[self.place[i]] for i in ids) / good.sum())
            for calls, ids in asked.items()
        }
        needed: dict[str, Any] = {}
        for goal in GOALS:
            calls = next((c for c, recall in cascade.items() if recall >= goal), math.inf)
            at_random = goal * len(self.ids)
            needed[f"{goal:.0%}"] = {
                "cascade": calls,
                **{name: int(np.argmax(c >= goal)) + 1 for name, c in curve.items()},
                "random": at_random,
                "share_of_random": round(calls / at_random, 3),
            }
        table = {
            calls: {
                "cascade": round(recall, 3),
                **{name: round(float(c[calls - 1]), 3) for name, c in curve.items()},
                "head_audited": round(_audited(curve["head"], calls), 3),
                "random": round(calls / len(self.ids), 3),
            }
            for calls, recall in cascade.items()
        }
        ahead = [row["cascade"] - row["head"] for row in table.values()]
        alike = [row["cascade"] - row["head_audited"] for row in table.values()]
        return {
            "good": int(good.sum()),
            "calls": needed,
            "recall_ahead_of_head": {
                "mean": round(float(np.mean(ahead)), 4),
                "mean_with_equal_audit": round(float(np.mean(alike)), 4),
                "ahead": sum(a > 0 for a in ahead),
                "equal": sum(a == 0 for a in ahead),
                "behind": sum(a < 0 for a in ahead),
            },
            "recall_at_calls": {calls: row for calls, row in table.items() if calls % 60 == 0},
        }

    def coverage(self) -> dict[str, Any]:
        """How often the audit's interval holds the true recall: other prompts in every run."""
        surface = surface_features(self.texts)
        covered, widths = 0, []
        for seed in range(COVERAGE_RUNS):
            drawn = np.random.default_rng(seed).permutation(len(self.ids))[:COVERAGE_PROMPTS]
            places = np.sort(drawn)
            ids = [self.ids[place] for place in places]
            learner = Learner(
                self.start[places], self.vectors[places].astype(np.float64), surface[places]
            )
            recall = ask_in_rounds(
                ids,
                learner,
                self._rows,
                settings=CascadeSettings(
                    enabled=True,
                    max_share=1.0,
                    max_calls=COVERAGE_CALLS,
                    growth=0.5,
                    audit_share=0.2,
                ),
                needed=None,
                seed=seed,
                observe=Silent(),
            ).recall
            truth = recall.found / int((self.scores[places] >= SCORES[0]).sum())
            assert recall.lower is not None and recall.upper is not None
            covered += recall.lower - 1e-12 <= truth <= recall.upper + 1e-12
            widths.append(recall.upper - recall.lower)
        return {
            "runs": COVERAGE_RUNS,
            "covered": covered / COVERAGE_RUNS,
            "mean_width": round(float(np.mean(widths)), 3),
        }

    def _rows(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        rows = []
        for prompt_id in ids:
            labels = self.labels[self.place[prompt_id]].tolist()
            named = dict(zip(CRITERIA, labels, strict=True))
            rows.append({"prompt_id": prompt_id, "quality_score": sum(labels), **named})
        return rows


def _audited(curve: Any, calls: int) -> float:
    """Recall of an order that gives up as many calls for an audit as the cascade does."""
    active = calls - math.ceil(CascadeSettings().audit_share * calls)
    found = float(curve[active - 1])
    return found + (1 - found) * (calls - active) / (len(curve) - active)


if __name__ == "__main__":
    raise SystemExit(main())
