"""How an answer differs in style from the baseline's answer to the same prompt.

``length`` is (L_m − L_b)/(L_m + L_b) in tokens. ``headers``, ``lists`` and ``bold`` compare the
densities d = count/(tokens + 1) as (d_m − d_b)/(d_m + d_b + 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import SchemaError
from benchbuilder.stats.battles import Battles
from benchbuilder.stats.games import FloatArray, as_text

StyleGroup = Literal["length", "markdown"]

COUNTS = ("tokens", "headers", "lists", "bold")
FEATURES: dict[StyleGroup, tuple[str, ...]] = {
    "length": ("length",),
    "markdown": ("headers", "lists", "bold"),
}


@dataclass(frozen=True, eq=False)
class StyleFeatures:
    """``values``: features × models × prompts, not scaled; nan where a count is unknown."""

    names: tuple[str, ...]
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    values: FloatArray


def style_features(
    answers: pa.Table, battles: Battles, groups: Sequence[StyleGroup] = ("length", "markdown")
) -> StyleFeatures:
    """Features of every cell of ``battles`` from an answers table (question_id, model, and the
    counts that the groups need); several samples of an answer are averaged.

    Raises:
        SchemaError: a count that a group needs is not there.
    """
    needed = ("tokens", *FEATURES["markdown"]) if "markdown" in groups else ("tokens",)
    missing = [name for name in needed if name not in answers.column_names]
    if missing:
        raise SchemaError(
            f"style control needs the columns {', '.join(missing)} of the answers",
            hint="give answers with their texts (--answers FILE), or report without --style",
        )
    ours = mean_counts(answers, battles.models, battles.prompts, needed)
    base = mean_counts(answers, (battles.baseline,), battles.prompts, needed)
    names = tuple(name for group in FEATURES if group in groups for name in FEATURES[group])
    values = [style_difference(name, ours, base) for name in names]
    return StyleFeatures(names, battles.models, battles.prompts, np.array(values))


def style_difference(
    name: str, ours: dict[str, FloatArray], base: dict[str, FloatArray]
) -> FloatArray:
    """One feature from counts that broadcast (models × prompts against 1 × prompts)."""
    length, other = ours["tokens"], base["tokens"]
    if name == "length":
        total = length + other
        # Two empty answers do not differ.
        return np.where(total == 0, 0.0, (length - other) / np.where(total == 0, 1.0, total))
    density, opposite = ours[name] / (length + 1), base[name] / (other + 1)
    return np.asarray((density - opposite) / (density + opposite + 1))


def mean_counts(
    answers: pa.Table, models: Sequence[str], prompts: Sequence[str], names: Sequence[str]
) -> dict[str, FloatArray]:
    """Mean counts over the samples of an answer, models × prompts; nan where there is none."""
    model = pc.index_in(as_text(answers["model"]), value_set=pa.array(models, pa.string()))
    prompt = pc.index_in(as_text(answers["question_id"]), value_set=pa.array(prompts, pa.string()))
    wanted = pc.and_(pc.is_valid(model), pc.is_valid(prompt))
    place = (
        np.asarray(model.filter(wanted).to_numpy()),
        np.asarray(prompt.filter(wanted).to_numpy()),
    )
    counts = {}
    for name in names:
        value = pc.cast(answers[name].filter(wanted), pa.float64()).to_numpy()
        total, seen = np.zeros((2, len(models), len(prompts)))
        np.add.at(total, place, value)
        np.add.at(seen, place, 1.0)
        counts[name] = np.divide(total, seen, out=np.full_like(total, np.nan), where=seen > 0)
    return counts
