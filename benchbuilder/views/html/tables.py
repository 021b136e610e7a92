"""The tables of a report as files beside the page, and as columns within it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from benchbuilder.views.html.report import Report
from benchbuilder.views.judge_health import all_checks

Row = dict[str, Any]
#: Digits of the fractions within the page; the files beside it have all of them.
PAGE_DIGITS = 5


def report_tables(report: Report) -> dict[str, pa.Table]:
    """Every table by name; those without a row are left out."""
    made = {
        **report.tables,
        "style": _of_boards(report, _style_rows),
        "coefficients": _of_boards(report, _coefficient_rows),
        "human": _of_boards(report, _human_rows),
        "borda": _of_boards(report, _borda_rows),
        "judge_health": _of_boards(report, _health_rows),
        "failures": _of_boards(report, _failure_rows),
        "judge_directed": _of_boards(report, lambda board: board["judge_directed"]["found"]),
        "questions": _topics_of_questions(report.questions),
    }
    if report.curation is not None:
        made["waterfall"] = pa.Table.from_pylist([dict(s) for s in report.curation.waterfall])
        made["topics"] = _curated_topics(report.curation.topics, report.curation.topic_scores)
        made["scores"] = score_counts(report.curation.selection)
    return {name: table for name, table in made.items() if table.num_rows}


def write_tables(tables: Mapping[str, pa.Table], stem: Path) -> list[Path]:
    """``STEM-NAME.csv`` and ``STEM-NAME.parquet`` for each table; returns the paths."""
    written = []
    for name, table in tables.items():
        for suffix in ("csv", "parquet"):
            path = stem.with_name(f"{stem.name}-{name}.{suffix}")
            if suffix == "csv":
                pyarrow.csv.write_csv(_flat(table), path)
            else:
                pq.write_table(table, path, compression="zstd")
            written.append(path)
    return written


def columnar(table: pa.Table) -> list[Row]:
    """A table as small JSON: per column its name and a constant, a list of values, or codes into
    a dictionary. The page's script makes CSV of it."""
    return [
        {"name": name, **_column(table[name].to_pylist(), table[name].type)}
        for name in _flat(table).column_names
    ]


def _column(values: list[Any], kind: pa.DataType) -> Row:
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return {"constant": _small(distinct[0])}
    if pa.types.is_string(kind) and len(distinct) < len(values):
        code = {value: place for place, value in enumerate(distinct)}
        return {"names": distinct, "codes": [code[value] for value in values]}
    return {"values": [_small(value) for value in values]}


def _small(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, PAGE_DIGITS)
    return value


def _flat(table: pa.Table) -> pa.Table:
    """CSV has no lists: they are left to the Parquet file."""
    return table.select([f.name for f in table.schema if not pa.types.is_list(f.type)])


def _of_boards(report: Report, rows: Any) -> pa.Table:
    found: list[Row] = []
    for board in report.boards:
        whose = {name: board[name] for name in ("baseline", "category")}
        found += [{**row, **whose} for row in rows(board)]
    return pa.Table.from_pylist(found)


def _style_rows(board: Row) -> Iterable[Row]:
    style = board["style"]
    for model in style["shift"] or ():
        numbers = {name: style[name][model] for name in ("win_rate", "lower", "upper")}
        yield {"model": model, **numbers, "shift_points": style["shift"][model]}


def _coefficient_rows(board: Row) -> Iterable[Row]:
    style = board["style"]
    for feature, value in (style["coefficients"] or {}).items():
        error = style["coefficient_errors"][feature]
        yield {"feature": feature, "log_odds_per_sd": value, "standard_error": error}


def _human_rows(board: Row) -> Iterable[Row]:
    human = board.get("human")
    if not human:
        return
    ours = {row["model"]: row for row in board["leaderboard"]}
    for place, model in enumerate(human["models"]):
        row = ours[model]
        yield {
            "model": model,
            "win_rate": row["win_rate"],
            "lower": row["lower"],
            "upper": row["upper"],
            "human_rating": human["rating"][place],
            "human_lower": human["lower"][place],
            "human_upper": human["upper"][place],
        }


def _borda_rows(board: Row) -> Iterable[Row]:
    if board["topics"]["counted"]:
        for model, points in board["topics"]["borda"].items():
            yield {"model": model, "borda": points, "topics": len(board["topics"]["counted"])}


def _health_rows(board: Row) -> Iterable[Row]:
    return (asdict(check) for check in all_checks(board))


def _failure_rows(board: Row) -> Iterable[Row]:
    for reason, count in board["judge_health"]["by_reason"].items():
        yield {"reason": reason, "games": count}


def _topics_of_questions(questions: pa.Table | None) -> pa.Table:
    """Questions and mean score by category and topic."""
    if questions is None:
        return pa.table({})
    grouped = questions.group_by(["category", "topic"]).aggregate(
        [([], "count_all"), ("quality_score", "mean")]
    )
    named = grouped.rename_columns({"count_all": "questions", "quality_score_mean": "mean_score"})
    return named.sort_by(
        [("questions", "descending"), ("category", "ascending"), ("topic", "ascending")]
    )


def _curated_topics(topics: pa.Table, scores: pa.Table) -> pa.Table:
    joined = topics.select(["topic_id", "name", "size"]).join(scores, "topic_id")
    return joined.sort_by([("size", "descending"), ("topic_id", "ascending")])


def score_counts(selection: pa.Table) -> pa.Table:
    """Prompts and selected prompts by quality score; ``score`` null: a criterion has no label."""
    scores, chosen = selection["quality_score"].to_pylist(), selection["selected"].to_pylist()
    every = Counter(scores)
    picked = Counter(score for score, taken in zip(scores, chosen, strict=True) if taken)
    possible = [*range(8), None]
    return pa.table(
        {
            "score": pa.array(possible, pa.int8()),
            "prompts": [every[score] for score in possible],
            "selected": [picked[score] for score in possible],
        }
    )
