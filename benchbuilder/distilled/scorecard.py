"""What was measured of a head: frozen results, as plain values and as tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from benchbuilder.distilled.measures import Interval

GOOD_SCORE = 5
"""A prompt with so many criteria counts as good in the measures of the ranking."""


@dataclass(frozen=True)
class CriterionQuality:
    """One criterion: how often it holds, and how well it is found (beside length alone)."""

    criterion: str
    labelled_share: float
    predicted_share: float
    accuracy: float
    auc: float | None
    auc_length: float | None


@dataclass(frozen=True)
class RankingQuality:
    """How well a ranking puts prompts of a score of at least `GOOD_SCORE` first."""

    ranking: str
    auc: Interval
    precision_top_5: Interval
    precision_top_10: Interval
    precision_top_20: Interval


@dataclass(frozen=True)
class CalibrationBin:
    """Probabilities of one tenth of the scale, over all criteria, against the labels."""

    lower: float
    upper: float
    n: int
    mean_predicted: float | None
    observed: float | None


@dataclass(frozen=True)
class LearningPoint:
    """Quality after training on a share of the rows of each fold."""

    labels: int
    accuracy: float
    auc: float | None


@dataclass(frozen=True)
class Quality:
    """All measures of a head, and how they were taken."""

    how: str  # "cross-validated" or "held out"
    prompts: int
    encoder: str | None
    seed: int
    folds: int | None
    accuracy: float
    majority_accuracy: float  # of always guessing each criterion's more frequent value
    criteria: tuple[CriterionQuality, ...]
    head: RankingQuality
    length: RankingQuality
    good_share: float  # labelled share of scores >= 5: the precision of a random ranking
    high_share_labelled: float  # share of scores >= 6
    high_share_predicted: float
    mean_score_error: float  # mean absolute difference of the scores, in criteria
    calibration: tuple[CalibrationBin, ...]
    learning_curve: tuple[LearningPoint, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; an interval is {value, lower, upper}."""
        return {key: _plain(value) for key, value in asdict(self).items()}

    def beats_length(self) -> bool:
        """Is the head over length alone in the curve and at every top?"""
        pairs = zip(_intervals(self.head), _intervals(self.length), strict=True)
        return all((ours.value or 0.0) > (theirs.value or 0.0) for ours, theirs in pairs)

    def ranking_rows(self) -> list[tuple[str, ...]]:
        """A table: header, then one row per ranking with 95 % intervals."""
        header = ("ranking by", f"AUC (score ≥ {GOOD_SCORE})", "top 5 %", "top 10 %", "top 20 %")
        rows = [(r.ranking, *map(_shown, _intervals(r))) for r in (self.head, self.length)]
        return [header, *rows]

    def criterion_rows(self) -> list[tuple[str, ...]]:
        """A table: header, then one row per criterion and one over all."""
        header = ("criterion", "labelled", "predicted", "accuracy", "AUC", "AUC of length")
        rows = [
            (
                c.criterion,
                *map(_number, (c.labelled_share, c.predicted_share, c.accuracy)),
                *map(_number, (c.auc, c.auc_length)),
            )
            for c in self.criteria
        ]
        overall = ("all", "", "", _number(self.accuracy), "", "")
        return [header, *rows, overall]


def _intervals(ranking: RankingQuality) -> tuple[Interval, ...]:
    return (
        ranking.auc,
        ranking.precision_top_5,
        ranking.precision_top_10,
        ranking.precision_top_20,
    )


def _plain(value: Any) -> Any:
    """Tuples and intervals (which `asdict` keeps as tuples) as lists and dictionaries."""
    if isinstance(value, Interval):
        return value._asdict()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _shown(interval: Interval) -> str:
    if interval.value is None or interval.lower is None or interval.upper is None:
        return _number(interval.value)
    return f"{interval.value:.2f} ({interval.lower:.2f}–{interval.upper:.2f})"
