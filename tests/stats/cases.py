"""Judgment tables for tests: hand-worked ones, random ones, real ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchbuilder.stats.battles import Battles, build_battles
from benchbuilder.stats.style import StyleControl, style_control
from benchbuilder.stats.style_features import FEATURES, StyleFeatures
from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.stats.win_rate import win_rates

HAND: dict[str, Any] = json.loads((Path(__file__).parents[1] / "hand_cases.json").read_text())
Pairs = Sequence[Sequence[str | None]]


def judgments(
    verdicts: Mapping[str, Pairs], *, baseline: str = "base", judge: str = "judge"
) -> pa.Table:
    """Game 1: the baseline stands on A; game 2: the model does. Prompts are p000, p001 …"""
    rows = [
        {
            "question_id": f"p{place:03d}",
            "model": model,
            "answer_sample": 0,
            "baseline": baseline,
            "judge": judge,
            "judge_sample": 0,
            "game": game,
            "answer_a": baseline if game == 1 else model,
            "answer_b": model if game == 1 else baseline,
            "verdict": verdict,
            "status": "ok" if verdict else "parse_error",
        }
        for model, pairs in verdicts.items()
        for place, pair in enumerate(pairs)
        for game, verdict in enumerate(pair, start=1)
    ]
    table = pa.Table.from_pylist(rows)
    verdict = pc.cast(table["verdict"], pa.string())
    return table.set_column(table.schema.get_field_index("verdict"), "verdict", verdict)


def hand_battles(name: str) -> Battles:
    case = HAND[name]
    return build_battles(
        judgments(case["verdicts"]),
        null_game="keep" if case.get("policy") == "game" else "drop",
        weighting="strong1" if case.get("weight") == 1 else "strong3",
    )


HAND_BATTLES = [name for name, case in HAND.items() if "verdicts" in case]


def random_judgments(
    models: int, prompts: int, seed: int, *, nulls: float = 0.0, judge: str = "judge"
) -> pa.Table:
    """Random verdicts; models differ in strength."""
    rng = np.random.default_rng(seed)
    names = np.array([*VERDICTS, None], dtype=object)
    verdicts: dict[str, Pairs] = {}
    for model in range(models):
        tilt = np.exp(np.linspace(-1, 1, 5) * rng.normal())
        share = np.append(tilt / tilt.sum() * (1 - nulls), nulls)
        drawn = rng.choice(6, size=(prompts, 2), p=share)
        drawn[:, 1] = np.where(drawn[:, 1] < 5, 4 - drawn[:, 1], 5)
        verdicts[f"m{model}"] = names[drawn].tolist()
    return judgments(verdicts, judge=judge)


def korean_judgments(shared: Path) -> pa.Table:
    """76 models × 500 prompts × 2 games, real verdicts, baseline against itself included."""
    wide = pq.read_table(shared / "reference" / "ko_arena_hard_verdicts.parquet")
    baseline = json.loads((shared / "reference" / "ko_expected.json").read_text())["baseline"]
    model = pc.cast(wide["model"], pa.string())
    base = pa.chunked_array([pa.repeat(baseline, len(wide))])
    games = [
        pa.table(
            {
                "question_id": pc.utf8_lpad(pc.cast(wide["prompt"], pa.string()), 3, "0"),
                "topic": pc.cast(wide["topic"], pa.string()),
                "model": model,
                "baseline": base,
                "game": pa.repeat(game, len(wide)),
                "answer_a": base if game == 1 else model,
                "answer_b": model if game == 1 else base,
                "verdict": pc.cast(wide[f"g{game}"], pa.string()),
            }
        )
        for game in (1, 2)
    ]
    return pa.concat_tables(games)


def random_features(battles: Battles, seed: int) -> StyleFeatures:
    rng = np.random.default_rng(seed)
    names = tuple(name for group in FEATURES.values() for name in group)
    values = rng.normal(size=(len(names), len(battles.models), len(battles.prompts)))
    return StyleFeatures(names, battles.models, battles.prompts, values)


def controlled(battles: Battles, seed: int = 1) -> StyleControl:
    return style_control(battles, random_features(battles, seed), win_rates(battles))
