"""One row per game, as codes: the common reading of a judgments table.

A verdict is about sides; which model stood on which side is told by the names in ``answer_a`` and
``answer_b``, never by a position in a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError, SchemaError
from benchbuilder.stats.verdicts import VERDICTS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

REQUIRED = ("question_id", "model", "baseline", "answer_a", "answer_b", "verdict")


@dataclass(frozen=True, eq=False)
class Games:
    """One entry per game.

    ``model``, ``prompt``, ``judge``: codes into the sorted names. ``record``: games of one answer
    under one judge share it (what ``null_game: drop`` drops together). ``code``: the verdict's
    place in ``VERDICTS``, -1 = null. ``model_on_a``: the model, not the baseline, stood on side A.
    """

    model: IntArray
    prompt: IntArray
    judge: IntArray
    record: IntArray
    code: IntArray
    model_on_a: BoolArray
    models: tuple[str, ...]
    prompts: tuple[str, ...]
    judges: tuple[str, ...]

    @property
    def level(self) -> IntArray:
        """The verdict from the model's side: 0 = clear win … 4 = clear loss, -1 = null."""
        mirrored = len(VERDICTS) - 1 - self.code
        return np.where(self.code < 0, -1, np.where(self.model_on_a, self.code, mirrored))


def read_games(judgments: pa.Table, prompts: Sequence[str] | None = None) -> Games:
    """Codes from a judgments table (columns ``REQUIRED``; ``answer_sample``, ``judge``,
    ``judge_sample`` where they are there; ``game`` for games of a model against itself).

    Raises:
        SchemaError: a required column is not there.
        InputError: an unknown verdict, or sides that are not the model and the baseline.
    """
    check_columns(judgments)
    model, models = codes(judgments["model"])
    prompt, names = codes(judgments["question_id"], prompts)
    judge, judges = codes(_column_or(judgments, "judge", "judge"))
    answer, answers = codes(_column_or(judgments, "answer_sample", "0"))
    sample, samples = codes(_column_or(judgments, "judge_sample", "0"))
    baseline, baselines = codes(judgments["baseline"])
    sizes = [max(len(of), 1) for of in (models, names, judges, answers, samples, baselines)]
    record = np.ravel_multi_index((model, prompt, judge, answer, sample, baseline), sizes)
    return Games(
        model=model,
        prompt=prompt,
        judge=judge,
        record=np.unique(record, return_inverse=True)[1].astype(np.int64),
        code=_verdict_codes(judgments),
        model_on_a=_sides(judgments),
        models=models,
        prompts=names,
        judges=judges,
    )


def games_against(judgments: pa.Table, baseline: str | None = None) -> tuple[pa.Table, str]:
    """The games against one baseline, without its games against itself, and its name.

    Raises:
        SchemaError: a required column is not there.
        InputError: no games, an unknown baseline, or several and none is given.
    """
    check_columns(judgments)
    there = sorted(str(name) for name in pc.unique(as_text(judgments["baseline"])).to_pylist())
    if not there:
        raise InputError("the judgments hold no games", hint="run `benchbuilder judge` first")
    if baseline is None:
        if len(there) > 1:
            raise InputError(
                f"the judgments hold several baselines ({', '.join(there)})",
                hint="give one of them; each has its own leaderboard",
            )
        baseline = there[0]
    elif baseline not in there:
        raise InputError(
            f"no game was played against the baseline {baseline!r}",
            hint=f"baselines in these judgments: {', '.join(there)}",
        )
    of_baseline = pc.equal(as_text(judgments["baseline"]), baseline)
    of_itself = pc.equal(as_text(judgments["model"]), baseline)
    played = judgments.filter(pc.and_(of_baseline, pc.invert(of_itself)))
    if not len(played):
        raise InputError(
            f"no model but the baseline {baseline!r} itself has games",
            hint="judge another model: benchbuilder judge ANSWERS… --baseline MODEL --run DIR",
        )
    return played, baseline


def check_columns(judgments: pa.Table) -> None:
    """Raise a SchemaError that names the required columns which are not there."""
    missing = [name for name in REQUIRED if name not in judgments.column_names]
    if missing:
        raise SchemaError(
            f"judgments lack the columns {', '.join(missing)}",
            hint="tables of games of another form: benchbuilder import tidy FILE --run DIR",
        )


def codes(
    column: pa.ChunkedArray, names: Sequence[str] | None = None
) -> tuple[IntArray, tuple[str, ...]]:
    """Codes into the sorted distinct names of a column, or into ``names``, sorted."""
    text = as_text(column)
    if text.null_count:
        raise InputError(
            "a row lacks its question, model, baseline, judge or sample",
            hint="fill these columns in every row, or delete the row",
        )
    ordered = sorted(set(pc.unique(text).to_pylist() if names is None else names))
    found = pc.index_in(text, value_set=pa.array(ordered, pa.string()))
    return np.asarray(found.to_numpy(), dtype=np.int64), tuple(ordered)


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as strings (ids may be numbers or dictionary-encoded)."""
    return column if pa.types.is_string(column.type) else pc.cast(column, pa.string())


def _verdict_codes(games: pa.Table) -> IntArray:
    verdict = as_text(games["verdict"])
    code = pc.index_in(verdict, value_set=pa.array(VERDICTS))
    unknown = pc.and_(pc.is_valid(verdict), pc.is_null(code))
    if pc.any(unknown).as_py():
        row = games.filter(unknown).slice(0, 1).to_pylist()[0]
        raise InputError(
            f"unknown verdict {row['verdict']!r} (question {row['question_id']!r}, "
            f"model {row['model']!r})",
            hint=f"verdicts are {', '.join(VERDICTS)}; a game without one has null",
        )
    return np.asarray(pc.fill_null(code, -1).to_numpy(), dtype=np.int64)


def _sides(games: pa.Table) -> BoolArray:
    model, baseline = as_text(games["model"]), as_text(games["baseline"])
    side_a, side_b = as_text(games["answer_a"]), as_text(games["answer_b"])
    on_a = pc.and_(pc.equal(side_a, model), pc.equal(side_b, baseline))
    on_b = pc.and_(pc.equal(side_b, model), pc.equal(side_a, baseline))
    neither = pc.invert(pc.fill_null(pc.or_(on_a, on_b), False))
    if pc.any(neither).as_py():
        row = games.filter(neither).slice(0, 1).to_pylist()[0]
        raise InputError(
            f"the sides of a game are {row['answer_a']!r} and {row['answer_b']!r}, but it is "
            f"listed as {row['model']!r} against {row['baseline']!r} "
            f"(question {row['question_id']!r})",
            hint="answer_a and answer_b must name these two models",
        )
    if "game" in games.column_names:
        # Against itself both sides carry one name; by definition the model stands on A in game 2.
        both = pc.and_(on_a, on_b)
        on_a = pc.if_else(both, pc.equal(games["game"], 2), on_a)
    return np.asarray(pc.fill_null(on_a, False).to_numpy(), dtype=bool)


def _column_or(games: pa.Table, name: str, default: str) -> pa.ChunkedArray:
    if name in games.column_names:
        return games[name]
    return pa.chunked_array([pa.repeat(default, len(games))])
