"""``release diff``: what became of the questions, topics and scores from one release to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from benchbuilder.contamination.known import Known
from benchbuilder.contamination.matching import find_known
from benchbuilder.release import layout
from benchbuilder.release.leaderboards import leaderboard_changes
from benchbuilder.release.topic_drift import topic_drift
from benchbuilder.release.verify import demand_intact

#: Overlap of words from which an added question counts as a removed one in other words.
JACCARD = 0.7
_NO_VALUE = "none"


@dataclass(frozen=True)
class Release:
    """A release that was read: its manifest, settings as plain values, and tables by name."""

    manifest: Mapping[str, Any]
    settings: Mapping[str, Any]
    tables: Mapping[str, pa.Table]

    @property
    def question_ids(self) -> list[str]:
        ids: list[str] = self.tables["questions"]["question_id"].to_pylist()
        return ids


def read_release(folder: Path) -> Release:
    """A release for a comparison.

    Raises:
        InputError: the folder is no release, or a file of it was changed.
    """
    manifest = demand_intact(folder)
    names = ("questions", "pool", "clusters", "topics", "selection")
    settings = yaml.safe_load((folder / layout.CONFIG).read_text(encoding="utf-8"))
    return Release(manifest, settings, {name: layout.read_table(folder, name) for name in names})


def compare(
    a: Release,
    b: Release,
    *,
    judgments_a: pa.Table | None = None,
    judgments_b: pa.Table | None = None,
) -> dict[str, Any]:
    """Everything that differs, as a JSON value.

    ``questions``: ``kept`` (count), ``added``, ``removed`` (rows); an added one that says in other
    words what a removed one said names it in ``near``. ``leaderboards`` is null without judgments
    on both sides.
    """
    boards = None
    if judgments_a is not None and judgments_b is not None:
        boards = leaderboard_changes(judgments_a, judgments_b, a.question_ids, b.question_ids)
    return {
        "a": _named(a),
        "b": _named(b),
        "same": a.manifest["digest"] == b.manifest["digest"],
        "settings": list(_changed_settings(a.settings, b.settings)),
        "questions": _questions(a, b),
        "topics": topic_drift(a.tables, b.tables),
        "scores": _scores(a, b),
        "languages": _counted_both(a, b, "language"),
        "leaderboards": boards,
    }


def _named(release: Release) -> dict[str, Any]:
    kept = {key: release.manifest[key] for key in ("name", "version", "digest", "cost_usd")}
    counted = {key: release.manifest["counts"][key] for key in ("prompts", "questions", "topics")}
    return {**kept, **counted}


def _changed_settings(
    a: Mapping[str, Any], b: Mapping[str, Any], above: str = ""
) -> Iterator[dict[str, Any]]:
    for key in sorted({*a, *b}):
        before, after = a.get(key), b.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _changed_settings(before, after, f"{above}{key}.")
        elif before != after:
            yield {"key": f"{above}{key}", "a": before, "b": after}


def _questions(a: Release, b: Release) -> dict[str, Any]:
    before = {row["question_id"]: row for row in a.tables["questions"].to_pylist()}
    after = {row["question_id"]: row for row in b.tables["questions"].to_pylist()}
    added, removed = sorted(set(after) - set(before)), sorted(set(before) - set(after))
    near = _near([after[i] for i in added], [before[i] for i in removed])
    return {
        "kept": len(set(before) & set(after)),
        "added": [_row(after[i]) | {"near": near.get(i)} for i in added],
        "removed": [_row(before[i]) for i in removed],
        "reworded": len(near),
    }


def _row(question: Mapping[str, Any]) -> dict[str, Any]:
    return {key: question[key] for key in ("question_id", "topic", "quality_score", "text")}


def _near(
    added: Iterable[Mapping[str, Any]], removed: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """Added questions that repeat a removed one nearly, by id."""
    gone = list(removed)
    if not gone:
        return {}
    ids = tuple(row["question_id"] for row in gone)
    known = Known(("",) * len(gone), ids, tuple(row["text"] for row in gone))
    texts = {row["question_id"]: row["text"] for row in added}
    found = find_known(texts, known, jaccard=JACCARD, cosine=None)
    return {i: {"question_id": m.question_id, "how": m.how} for i, m in found.items()}


def _scores(a: Release, b: Release) -> dict[str, Any]:
    """Quality scores of the questions, and what changed on prompts that both releases had."""
    before, after = _score_of(a), _score_of(b)
    shared = [i for i in before if before[i] is not None and after.get(i) is not None]
    shifts = [after[i] - before[i] for i in shared]
    return {
        "a": _spread(a.tables["questions"]["quality_score"].to_pylist()),
        "b": _spread(b.tables["questions"]["quality_score"].to_pylist()),
        "shared_prompts": len(shared),
        "rescored": sum(shift != 0 for shift in shifts),
        "mean_shift": round(sum(shifts) / len(shifts), 6) if shifts else None,
    }


def _score_of(release: Release) -> dict[str, Any]:
    table = release.tables["selection"]
    ids, scores = table["prompt_id"].to_pylist(), table["quality_score"].to_pylist()
    return dict(zip(ids, scores, strict=True))


def _spread(scores: list[int | None]) -> dict[str, Any]:
    known = [score for score in scores if score is not None]
    mean = round(sum(known) / len(known), 6) if known else None
    return {"mean": mean, "counts": _counted(scores)}


def _counted_both(a: Release, b: Release, column: str) -> list[dict[str, Any]]:
    before, after = (_counted(r.tables["questions"][column].to_pylist()) for r in (a, b))
    names = sorted({*before, *after})
    return [{column: n, "a": before.get(n, 0), "b": after.get(n, 0)} for n in names]


def _counted(values: Iterable[Any]) -> dict[str, int]:
    counted = Counter(_NO_VALUE if value is None else str(value) for value in values)
    return dict(sorted(counted.items()))
