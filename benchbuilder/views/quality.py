"""What ``distill`` and ``validate annotator`` print: never a measure without length beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group
from rich.markup import escape

from benchbuilder.distilled.quality import Quality
from benchbuilder.stats.annotators import AnnotatorAgreement
from benchbuilder.views.tables import percent, table


def show(
    console: Console,
    quality: Quality,
    pairs: Iterable[AnnotatorAgreement],
    beside: dict[str, Any],
) -> None:
    """All measures of a head; what falls short is said in a sentence."""
    console.print(
        f"[bold]{quality.how.capitalize()}[/] on {quality.prompts:,} labelled prompts, encoder: "
        f"{escape(quality.encoder or 'none (surface features)')}\n"
    )
    header, *rows = quality.ranking_rows()
    console.print(table("Ranking of hard prompts (95 % intervals)", header, rows))
    header, *rows = quality.criterion_rows()
    console.print(table("Criteria", header, rows))
    console.print(_calibration(quality))
    if quality.learning_curve:
        points = [(p.labels, p.accuracy, p.auc) for p in quality.learning_curve]
        console.print(table("More labels, better?", ("labels", "accuracy", "AUC"), points))
    console.print(_verdict(quality))
    for pair in pairs:
        console.print(agreement_table(pair))
    if "head" in beside:
        path = escape(beside["head"])
        console.print(f"\nWritten to {path}. Use it with `--set annotate.head={path}`.")


def agreement_table(pair: AnnotatorAgreement) -> Group:
    """Two annotators, criterion by criterion."""
    rows = [(c.criterion, c.n, percent(c.percent), c.kappa) for c in pair.criteria]
    rows.append(("all labels", sum(c.n for c in pair.criteria), percent(pair.overall), None))
    rows.append(("same score", pair.prompts, percent(pair.same_score), None))
    rows.append(("score within 1", pair.prompts, percent(pair.score_within_one), None))
    title = f"{pair.left} and {pair.right}: {pair.prompts:,} prompts labelled by both"
    return table(title, ("", "labels", "agree", "kappa"), rows)


def _calibration(quality: Quality) -> Group:
    rows = [
        (f"{b.lower:.1f} to {b.upper:.1f}", b.n, b.mean_predicted, b.observed)
        for b in quality.calibration
    ]
    return table(
        "Calibration of single criteria", ("probability", "labels", "predicted", "observed"), rows
    )


def _verdict(quality: Quality) -> str:
    """Sentences that say what the numbers carry, also when they are weak."""
    beats = "ranks hard prompts better than" if quality.beats_length() else "does NOT beat"
    return (
        f"The annotator {beats} length alone. Accuracy {percent(quality.accuracy)}; always "
        f"guessing the more frequent label gives {percent(quality.majority_accuracy)}. "
        f"A score of 6 or more: predicted for {percent(quality.high_share_predicted)}, labelled "
        f"for {percent(quality.high_share_labelled)}."
    )
