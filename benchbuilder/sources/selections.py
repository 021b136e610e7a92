"""Which prompts were selected, and what score each has: files that name prompts by their id."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchbuilder.errors import InputError
from benchbuilder.sources.questions import ID_FIELDS
from benchbuilder.sources.rows import SourceRow, read_rows

SCORE_FIELDS = ("quality_score", "score", "prompt_score")


def read_selection(path: Path) -> list[str]:
    """The ids of a selection, in the order of the file.

    A run's ``selection`` (rows with ``selected``), a question set or any table with an id column,
    or a text file with one id a line. A run or release folder stands for its questions.

    Raises:
        InputError: no file, a row without an id, or nothing selected.
    """
    ids = [_id_of(row) for row in read_rows([path], "questions") if _is_selected(row)]
    if not ids:
        raise InputError(
            "selects no prompt",
            file=path,
            hint="a selection is a text file with one id a line, a table with ids and perhaps a "
            "column `selected`, or a run folder that has questions",
        )
    return ids


def read_quality_scores(path: Path) -> dict[str, tuple[float, float]]:
    """By prompt its score, and a finer one to break ties: the sum of its probabilities ``p_*``.

    From a run's ``annotations``, a question set with ``quality_score``, or any table with an id and
    one of ``SCORE_FIELDS``. A prompt whose score is null is left out; of several annotators' rows
    the first counts.

    Raises:
        InputError: no file, a row without an id, or no score at all.
    """
    scores: dict[str, tuple[float, float]] = {}
    for row in read_rows([path], "annotations"):
        score = row.real_of(*SCORE_FIELDS)
        if score is not None:
            scores.setdefault(_id_of(row), (score, _expected(row)))
    if not scores:
        raise InputError(
            "holds no score",
            file=path,
            hint=f"expected an id and one of {', '.join(SCORE_FIELDS)}, or a run folder that has "
            "annotations",
        )
    return scores


def best(scores: Mapping[str, tuple[float, float]], size: int) -> list[str]:
    """The ids of the highest scores; the finer score breaks ties, then the id."""
    ranked = sorted(scores, key=lambda name: (-scores[name][0], -scores[name][1], name))
    return ranked[:size]


def _id_of(row: SourceRow) -> str:
    if set(row.fields) == {"text"}:  # a line of a text file
        return str(row.fields["text"]).strip()
    return row.id_of(*ID_FIELDS)


def _is_selected(row: SourceRow) -> bool:
    return str(row.fields.get("selected", True)).lower() in ("true", "1", "yes")


def _expected(row: SourceRow) -> float:
    values = [row.real_of(name) for name in row.fields if name.startswith("p_")]
    return sum(value for value in values if value is not None)
