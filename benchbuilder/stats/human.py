"""A ranking by people, and which of its models are ours.

Names are matched exactly or by a map that the user gives, never guessed; what has no partner is
listed on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.games import FloatArray, IntArray, as_text
from benchbuilder.text.counting import listed


@dataclass(frozen=True, eq=False)
class HumanRanking:
    """Ratings with limits; higher is better. Without limits they equal the rating, and every
    difference of ratings counts as separated (``has_limits`` is False). ``left_out``: models that
    people judged but whose votes give no finite rating."""

    models: tuple[str, ...]
    rating: FloatArray
    lower: FloatArray
    upper: FloatArray
    has_limits: bool
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Match:
    """``ours[i]`` and ``theirs[i]`` are the places of one model in the two lists."""

    models: tuple[str, ...]
    ours: IntArray
    theirs: IntArray
    unmatched_ours: tuple[str, ...]
    unmatched_theirs: tuple[str, ...]


def human_ranking(table: pa.Table) -> HumanRanking:
    """A ranking from columns model, rating and optionally lower, upper.

    Raises:
        SchemaError: model or rating is not there.
        InputError: a model twice, or a rating that is null.
    """
    missing = [name for name in ("model", "rating") if name not in table.column_names]
    if missing:
        raise SchemaError(
            f"the human ranking lacks the columns {', '.join(missing)}",
            hint="a ranking has the columns model and rating, and may have lower and upper",
        )
    models = tuple(as_text(table["model"]).to_pylist())
    twice = sorted({str(model) for model in models if models.count(model) > 1})
    if twice:
        raise InputError(
            f"the human ranking lists {listed(twice, 3)} more than once",
            hint="give one leaderboard of one date: one row for each model",
        )
    rating = _reals(table["rating"])
    if np.isnan(rating).any():
        unrated = models[int(np.flatnonzero(np.isnan(rating))[0])]
        raise InputError(
            f"the human ranking gives no rating for {unrated!r}",
            hint="fill it in, or delete the row",
        )
    has_limits = {"lower", "upper"} <= set(table.column_names)
    lower = _reals(table["lower"]) if has_limits else rating
    upper = _reals(table["upper"]) if has_limits else rating
    return HumanRanking(
        models=models,
        rating=rating,
        lower=np.where(np.isnan(lower), rating, lower),
        upper=np.where(np.isnan(upper), rating, upper),
        has_limits=has_limits,
    )


def match_models(
    models: Sequence[str], human: HumanRanking, name_map: Mapping[str, str] | None = None
) -> Match:
    """Our models joined to the human ranking by name, or by ``name_map`` (ours -> theirs)."""
    names = name_map or {}
    place = {model: index for index, model in enumerate(human.models)}
    wanted = [names.get(model, model) for model in models]
    ours = [index for index, name in enumerate(wanted) if name in place]
    theirs = [place[wanted[index]] for index in ours]
    repeated = {human.models[index] for index in theirs if theirs.count(index) > 1}
    if repeated:
        raise InputError(
            f"several of our models are matched to {', '.join(sorted(repeated))}",
            hint="a name map must give each model a partner of its own",
        )
    taken = set(theirs)
    return Match(
        models=tuple(models[index] for index in ours),
        ours=np.array(ours, dtype=np.int64),
        theirs=np.array(theirs, dtype=np.int64),
        unmatched_ours=tuple(
            m for m, name in zip(models, wanted, strict=True) if name not in place
        ),
        unmatched_theirs=tuple(m for index, m in enumerate(human.models) if index not in taken),
    )


def _reals(column: pa.ChunkedArray) -> FloatArray:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(), dtype=np.float64)
