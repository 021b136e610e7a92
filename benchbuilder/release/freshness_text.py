"""A freshness report as Markdown, for the pull request that brings the next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchbuilder.release.markdown import cell, table
from benchbuilder.stats.discrimination import MIN_MODELS

SHOWN = 20
_EXCERPT = 100

Document = Mapping[str, Any]


def markdown(document: Document) -> str:
    """The text for a document of ``freshness.freshness``."""
    since, proposed = document["since"], document["next"]
    parts = [f"# What is new since {since['name']} {since['version']}", told(document)]
    for kind, title in (("new", "New topics"), ("growing", "Growing topics")):
        parts += _of_topics(title, document["topics"][kind])
    parts.append(use(document))
    parts += _of_saturated(document["saturated"] or ())
    parts.append(
        f"Proposed: version {proposed['version']}, with the {document['questions']['proposed']:,} "
        "questions of this run."
    )
    return "\n\n".join(parts) + "\n"


def told(document: Document) -> str:
    """The counts in two sentences."""
    prompts, questions, topics = (document[key] for key in ("prompts", "questions", "topics"))
    return (
        f"Of {prompts['all']:,} prompts {prompts['new']:,} are new; "
        f"{questions['earlier_or_near']:,} repeat an earlier question or nearly so, and are left "
        "out. "
        f"{len(topics['new'])} topics are new, {len(topics['growing'])} grow, "
        f"{len(topics['shrinking'])} shrink, {len(topics['steady'])} do neither beyond chance, "
        f"{len(topics['gone'])} have no prompt any more."
    )


def _of_topics(title: str, rows: Sequence[Document]) -> list[str]:
    if not rows:
        return []
    heads: tuple[str, ...]
    shown: list[tuple[object, ...]]
    heads = ("topic", "prompts", "share", "questions", "times the share before (95 %)")
    shown = [
        (cell(r["topic"]), f"{r['prompts']:,}", f"{r['share']:.1%}", r["questions"], times(r))
        for r in rows[:SHOWN]
    ]
    if not any(row[-1] for row in shown):
        heads, shown = heads[:-1], [row[:-1] for row in shown]
    return [f"## {title}", table(heads, shown), *_rest(len(rows) - SHOWN, "topics")]


def times(row: Document) -> str:
    """How much a topic has grown, with its interval."""
    if row.get("ratio") is None:
        return ""
    return f"{row['ratio']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"


def use(document: Document) -> str:
    """Whether earlier questions still tell models apart, as far as judgments say."""
    judged, earlier = document["questions"]["judged"], document["since"]["questions"]
    if judged is None:
        return (
            "Whether earlier questions still separate models is open: --judged takes judgments "
            "on them."
        )
    return (
        f"On {judged:,} of {earlier:,} earlier questions {MIN_MODELS} models or more were judged; "
        f"{len(document['saturated']):,} of those no longer separate them."
    )


def _of_saturated(rows: Sequence[Document]) -> list[str]:
    if not rows:
        return []
    shown = [
        (f"`{r['question_id'][:11]}`", r["models"], f"{r['mean_score']:.2f}", _excerpt(r["text"]))
        for r in rows[:SHOWN]
    ]
    heads = ("question", "models", "mean score", "text")
    return [
        "## Earlier questions on which the models fare alike",
        table(heads, shown),
        *_rest(len(rows) - SHOWN, "questions"),
    ]


def _excerpt(text: str) -> str:
    line = cell(text)
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1]}…"


def _rest(count: int, what: str) -> list[str]:
    return [f"and {count:,} more {what}"] if count > 0 else []
