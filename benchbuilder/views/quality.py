"""What ``distill`` and ``validate annotator`` print: never a measure without length beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console, Group
from rich.markup import escape

from benchbuilder.distilled.quality import Quality
from benchbuilder.stats.annotator_panel import PanelAgreement
from benchbuilder.stats.annotators import AnnotatorAgreement
from benchbuilder.views.tables import percent, table

#: So many pairs are shown criterion by criterion; more of them in a line each.
PAIRS_IN_FULL = 2


def show(console: Console, quality: Quality, beside: dict[str, Any]) -> None:
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
    if "head" in beside:
        path = escape(beside["head"])
        console.print(f"\nWritten to {path}. Use it with `--set annotate.head={path}`.")


def document(panel: PanelAgreement | None, pairs: Iterable[AnnotatorAgreement]) -> dict[str, Any]:
    """The JSON of an agreement: all annotators together, then every pair."""
    return {
        "panel": None if panel is None else asdict(panel),
        "agreement": [asdict(pair) for pair in pairs],
    }


def show_agreement(
    console: Console, panel: PanelAgreement | None, pairs: Sequence[AnnotatorAgreement]
) -> None:
    """All annotators of a file or a run together, then pair by pair."""
    if panel is not None:
        console.print(_panel_table(panel))
        if panel.against_majority:
            console.print(_pair_table("Each against three others", panel.against_majority))
    if len(pairs) > PAIRS_IN_FULL:
        console.print(_pair_table("Pair by pair", pairs))
    else:
        for pair in pairs:
            console.print(agreement_table(pair))


def _panel_table(panel: PanelAgreement) -> Group:
    rows = [(c.criterion, c.pairs, percent(c.percent), c.alpha) for c in panel.criteria]
    rows.append(("all labels", sum(c.pairs for c in panel.criteria), percent(panel.overall), None))
    rows.append(("score", panel.prompts, "", panel.alpha_score))
    title = (
        f"{len(panel.annotators)} annotators with each other: {panel.prompts:,} prompts labelled "
        "by two or more"
    )
    return table(title, ("", "pairs of labels", "agree", "alpha"), rows)


def _pair_table(title: str, pairs: Sequence[AnnotatorAgreement]) -> Group:
    rows = []
    for pair in pairs:
        kappas = [c.kappa for c in pair.criteria if c.kappa is not None]
        rows.append(
            (
                pair.left,
                pair.right,
                pair.prompts,
                percent(pair.overall),
                min(kappas, default=None),
                max(kappas, default=None),
            )
        )
    columns = ("", "", "prompts", "agree", "lowest kappa", "highest kappa")
    return table(title, columns, rows, left=2)


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
