"""What ``curate`` prints: the waterfall, the topics, a few questions, what to do next."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console, Group
from rich.markup import escape
from rich.padding import Padding

from benchbuilder.artifacts import RunFolder
from benchbuilder.runner import RunResult
from benchbuilder.views.tables import grid, percent, shortened, table, titled

TOPICS_SHOWN = 12
QUESTIONS_SHOWN = 5


def document(result: RunResult, folder: RunFolder) -> dict[str, Any]:
    """The JSON of ``curate --json``: every stage with rows, statuses, notes and figures."""
    return {
        "run": str(folder.path),
        "halted": result.halted,
        "stages": [
            {
                "stage": stage.name,
                "state": stage.state,
                "rows": stage.rows,
                "seconds": stage.seconds,
                "statuses": stage.statuses,
                "notes": list(stage.notes),
                "figures": stage.figures,
            }
            for stage in result.stages
        ],
    }


def show(console: Console, result: RunResult, folder: RunFolder) -> None:
    """Print what the finished stages have to tell, in the order of the pipeline."""
    done = {stage.name: stage for stage in result.stages}
    if "ingest" in done:
        console.print(_waterfall(done["ingest"].figures["waterfall"]))
    if "sample" in done:
        scores = folder.read("topic_scores")
        console.print(_topics(folder.read("topics"), scores))
        console.print(_reasons(done["sample"].figures))
        _print_questions(console, folder.read("questions"))
    elif "cluster" in done:
        console.print(_topics(folder.read("topics"), None))
    if "annotate" in done:
        console.print(_score_table(folder.read("annotations")))
    console.print(_times(result))
    if "sample" in done:
        _print_next(console, folder)


def _waterfall(steps: list[dict[str, Any]]) -> Group:
    """Rows read, minus each reason, is what was kept; the last line must come out."""
    read = next(step["count"] for step in steps if step["step"] == "read")
    rows = []
    for step in steps:
        sign = "" if step["step"] in ("read", "kept") else "− "
        rows.append((f"{sign}{step['step']}", step["count"], percent(step["count"] / max(read, 1))))
    return table("Where every conversation went", ("", "conversations", "share"), rows)


def _topics(topics: pa.Table, scores: pa.Table | None) -> Group:
    score_of = {row["topic_id"]: row for row in scores.to_pylist()} if scores else {}
    rows = []
    ordered = sorted(
        topics.to_pylist(),
        key=lambda t: (-(score_of.get(t["topic_id"], {}).get("mean_score") or 0), t["topic_id"]),
    )
    for topic in ordered[:TOPICS_SHOWN]:
        score = score_of.get(topic["topic_id"], {})
        rows.append(
            (
                shortened(topic["name"], 44),
                topic["size"],
                score.get("mean_score"),
                score.get("picked"),
            )
        )
    shown = f"{min(TOPICS_SHOWN, topics.num_rows)} of {topics.num_rows}"
    title = f"Topics ({shown}, best mean score first)" if scores else f"Topics ({shown})"
    return table(title, ("topic", "prompts", "mean score", "picked"), rows)


def _score_table(annotations: pa.Table) -> Group:
    unasked = pc.sum(pc.equal(annotations["status"], "not_asked")).as_py() or 0
    annotations = annotations.filter(pc.not_equal(annotations["status"], "not_asked"))
    total = annotations.num_rows
    counts = {
        item["values"]: item["counts"]
        for item in pc.value_counts(annotations["quality_score"]).to_pylist()
    }
    rows = [
        ("no score" if score is None else str(score), counts.get(score, 0))
        for score in [*range(8), None]
        if score is not None or counts.get(None)
    ]
    most = max((count for _, count in rows), default=1) or 1
    bars = [(s, n, percent(n / max(total, 1)), "█" * round(30 * n / most)) for s, n in rows]
    made = grid(("score", "prompts", "share"), [])
    made.add_column("", justify="left")
    for score, count, share, bar in bars:
        made.add_row(score, f"{count:,}", share, f"[cyan]{bar}[/]")
    spared = f"; {unasked:,} prompts were not asked about" if unasked else ""
    return titled(f"Quality scores (criteria met, 0 to 7){spared}", made)


def _reasons(figures: dict[str, Any]) -> Group:
    rows = [(reason.replace("_", " "), count) for reason, count in figures["reasons"].items()]
    rows.sort(key=lambda row: (row[0] != "selected", -row[1], row[0]))
    title = f"Selection (threshold: a score of {figures['threshold']:g} or more)"
    return table(title, ("", "prompts"), rows)


def _print_questions(console: Console, questions: pa.Table) -> None:
    """A few of the selected questions, spread over the whole list."""
    count = questions.num_rows
    if not count:
        console.print("[bold]No question was selected[/]: the table above says why.\n")
        return
    console.print(f"[bold]{min(QUESTIONS_SHOWN, count)} of the {count} questions[/]\n")
    step = max(1, count // QUESTIONS_SHOWN)
    places = list(range(0, count, step))[:QUESTIONS_SHOWN]
    for question in questions.take(places).to_pylist():
        head = f"score {question['quality_score']} · {question['topic'] or 'no topic'}"
        console.print(f"[dim]{escape(head)}[/]")
        text = escape(shortened(question["text"], 230))
        console.print(Padding(f"{text}\n", (0, 0, 0, 2)))


def _times(result: RunResult) -> Group:
    rows = [
        (
            stage.name,
            stage.state,
            ", ".join(f"{count:,} {name}" for name, count in stage.rows.items()),
            f"{stage.seconds:.1f} s",
        )
        for stage in result.stages
    ]
    return table("Stages", ("stage", "state", "rows", "time"), rows, left=3)


def next_steps(folder: RunFolder) -> list[tuple[str, str]]:
    """What to do with a finished curation: in words, and the file or the command."""
    questions, run = folder.file("questions"), folder.path
    steps = [("why not this prompt?", str(folder.file("selection")))]
    made = folder.entry("selection")
    setting = _change_worth_trying(made) if made else None
    if setting is not None:
        steps.append(("more questions", f"benchbuilder sample --run {run} --set {setting}"))
    if not folder.read("questions").num_rows:
        return steps
    judge = f"benchbuilder judge ANSWERS --questions {questions} --baseline MODEL --judge NAME"
    return [
        ("read the questions", str(questions)),
        *steps,
        ("judge your models", f"{judge} --run DIR"),
    ]


def _change_worth_trying(made: dict[str, Any]) -> str | None:
    """The setting that held most back, with the next value; None where another gives no more."""
    settings, figures = made["made_from"]["settings"], made["figures"]
    reasons, threshold = figures["reasons"], figures["threshold"]
    target, chosen = settings["target"], figures["selected"]
    if reasons.get("target_reached") and target is not None:
        if chosen >= target:
            return f"sample.target={2 * target}"
        return f"sample.max_share={min(1, 2 * settings['max_share']):g}"
    if reasons.get("below_min_score") and threshold > 0:
        return f"sample.min_score={max(0, math.ceil(threshold) - 1)}"
    return None


def _print_next(console: Console, folder: RunFolder) -> None:
    lines = [f"  {what:<23} {command}" for what, command in next_steps(folder)]
    text = "\n".join(lines).replace(" --baseline", " \\\n" + " " * 28 + "--baseline")
    console.print(f"[bold]What next[/]\n{escape(text)}", soft_wrap=True)
