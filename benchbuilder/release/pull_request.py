"""A comparison of two releases as Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchbuilder.release.markdown import cell, table

SHOWN = 20
_EXCERPT = 100

Document = Mapping[str, Any]


def markdown(document: Document) -> str:
    """The text for a document of ``diff.compare``."""
    a, b, found = document["a"], document["b"], document["questions"]
    title = f"# {a['name']} {a['version']} → {b['name']} {b['version']}"
    if document["same"]:
        told = f"The same {b['questions']:,} questions: both have the digest `{b['digest']}`."
    else:
        reworded = f", {found['reworded']} of them a removed one in other words"
        told = (
            f"{found['kept']:,} questions kept, {len(found['added']):,} added"
            f"{reworded if found['reworded'] else ''}, {len(found['removed']):,} removed."
        )
    parts = [title, told, _sizes(document)]
    parts += _settings(document["settings"])
    parts += _listed("Added", found["added"])
    parts += _listed("Removed", found["removed"])
    parts += _topics(document["topics"])
    parts += _scores(document["scores"])
    for board in document["leaderboards"] or ():
        parts += _board(board)
    return "\n\n".join(parts) + "\n"


def _sizes(document: Document) -> str:
    a, b = document["a"], document["b"]
    rows = [(what, f"{a[what]:,}", f"{b[what]:,}") for what in ("prompts", "topics", "questions")]
    rows += [
        (f"questions in `{row['language']}`", row["a"], row["b"]) for row in document["languages"]
    ]
    rows.append(("cost in US dollars", _money(a["cost_usd"]), _money(b["cost_usd"])))
    rows.append(("digest", f"`{a['digest'][:12]}`", f"`{b['digest'][:12]}`"))
    return table(("", a["version"], b["version"]), rows)


def _settings(changed: Sequence[Document]) -> list[str]:
    if not changed:
        return []
    rows = [(f"`{c['key']}`", _value(c["a"]), _value(c["b"])) for c in changed]
    return ["## Settings", table(("key", "before", "after"), rows)]


def _listed(title: str, questions: Sequence[Document]) -> list[str]:
    if not questions:
        return []
    rows = [
        (
            f"`{q['question_id'][:11]}`",
            q["quality_score"],
            cell(q["topic"] or ""),
            _excerpt(q["text"])
            + (f" (near `{q['near']['question_id'][:11]}`)" if q.get("near") else ""),
        )
        for q in questions[:SHOWN]
    ]
    parts = [f"## {title}", table(("question", "score", "topic", "text"), rows)]
    return [*parts, *_rest(len(questions) - SHOWN, "question")]


def _topics(drift: Document) -> list[str]:
    moved = [row for row in drift["same"] if row["questions_a"] != row["questions_b"]]
    rows = [(_renamed(row), row["questions_a"], row["questions_b"]) for row in moved]
    rows += [(f"{cell(row['topic'])} (new)", "", row["questions"]) for row in drift["new"]]
    rows += [(f"{cell(row['topic'])} (gone)", row["questions"], "") for row in drift["gone"]]
    if not rows:
        return []
    told = (
        f"In both: {len(drift['same'])}, new: {len(drift['new'])}, gone: {len(drift['gone'])}. "
        "Those whose number of questions changed:"
    )
    shown = table(("topic", "before", "after"), rows[:SHOWN])
    return ["## Topics", told, shown, *_rest(len(rows) - SHOWN, "topic")]


def _renamed(row: Document) -> str:
    return cell(row["b"] if row["a"] == row["b"] else f"{row['a']} → {row['b']}")


def _scores(scores: Document) -> list[str]:
    before, after = scores["a"], scores["b"]
    levels = sorted({*before["counts"], *after["counts"]})
    counts = [(before["counts"].get(s, 0), after["counts"].get(s, 0)) for s in levels]
    rows = [(level, *pair) for level, pair in zip(levels, counts, strict=True)]
    rows.append(("mean", _real(before["mean"]), _real(after["mean"])))
    told = (
        f"{scores['rescored']:,} of {scores['shared_prompts']:,} prompts that both have were "
        "scored differently"
    )
    shift = scores["mean_shift"]
    more = "." if not shift else f", by {shift:+.3f} on average over all."
    return ["## Quality scores", table(("score", "before", "after"), rows), told + more]


def _board(board: Document) -> list[str]:
    rows = [
        (
            cell(row["model"]),
            _percent(row["win_rate_a"]),
            _percent(row["win_rate_b"]),
            _change(row),
            _rank(row),
        )
        for row in board["models"]
    ]
    told = (
        f"Win rates in %, {board['questions_a']} and {board['questions_b']} questions, "
        f"{board['kept']} of them in both. The intervals ({board['confidence']:.0%}) are of the "
        "change and pair the questions in both."
    )
    return [
        f"## Leaderboard against {board['baseline']}",
        told,
        table(("model", "before", "after", "change", "rank"), rows),
    ]


def _change(row: Document) -> str:
    if row["change"] is None:
        return ""
    told = f"{100 * row['change']:+.1f}"
    if row["lower"] is None:
        return told
    return f"{told} ({100 * row['lower']:+.1f} to {100 * row['upper']:+.1f})"


def _rank(row: Document) -> str:
    before, after = row["rank_a"], row["rank_b"]
    return f"{after}" if before == after else f"{before} → {after}"


def _rest(count: int, thing: str) -> list[str]:
    return [f"and {count:,} more {thing}s; `--json` lists all."] if count > 0 else []


def _excerpt(text: str) -> str:
    """The beginning on one line, with what Markdown would act on shown as it is."""
    line = " ".join(text.split())
    cut = line if len(line) <= _EXCERPT else line[: _EXCERPT - 1].rstrip() + "…"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", cut)), default=0))
    return f"{fence} {cell(cut)} {fence}"


def _value(value: Any) -> str:
    return "(absent)" if value is None else f"`{cell(json.dumps(value, ensure_ascii=False))}`"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _real(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _money(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"
