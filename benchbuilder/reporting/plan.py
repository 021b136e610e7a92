"""What ``plan-size`` says: expected widths, separability, calls and dollars for n prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.settings import ReportSettings
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.pilot import Pilot, expect, prompts_needed, read_pilot
from benchbuilder.stats.win_rate import win_rates

Document = dict[str, Any]

#: Rows of a judgments table that no judge was asked about.
NOT_ASKED = ("missing_answer", "empty_answer", "failed_answer", "stopped", "not_recorded")


@dataclass(frozen=True)
class Consumption:
    """Per prompt, over all models and judges: calls of judges, their tokens and dollars, and the
    dollars of the answers. What was not recorded is None, never 0."""

    calls: float
    tokens: float | None
    judging_usd: float | None
    answering_usd: float | None


def plan_documents(
    judgments: pa.Table,
    answers: pa.Table | None,
    *,
    sizes: Sequence[int],
    width: float | None,
    separability: float | None,
    usd_per_million_tokens: float | None,
    settings: ReportSettings,
) -> list[Document]:
    """A plan for each baseline. ``needed`` has the fewest prompts that meet both aims.

    ``usd_per_million_tokens`` prices the judges' tokens where their cost was not recorded.

    Raises:
        InputError: no games, or fewer than two models with an interval.
    """
    documents = []
    for baseline in sorted(set(judgments["baseline"].to_pylist())):
        played = judgments.filter(pc.equal(judgments["baseline"], baseline))
        battles = build_battles(
            played,
            baseline=baseline,
            weighting=settings.weighting,
            preferences=settings.preferences == "use",
            null_game=settings.null_game,
        )
        pilot = read_pilot(win_rates(battles, confidence=settings.confidence))
        used = consumption(played, answers, usd_per_million_tokens)
        needed = None
        if width is not None or separability is not None:
            needed = prompts_needed(pilot, width=width, separability=separability)
        documents.append(
            {
                "baseline": baseline,
                "models": pilot.models,
                "pilot_prompts": pilot.prompts,
                "confidence": settings.confidence,
                "plan": [_row(pilot, used, size) for size in sorted({*sizes, pilot.prompts})],
                "aims": {"interval_width": width, "separability_paired": separability},
                "needed": None if needed is None else _row(pilot, used, needed),
                "per_prompt": asdict(used),
            }
        )
    return documents


def consumption(
    judgments: pa.Table, answers: pa.Table | None, usd_per_million_tokens: float | None = None
) -> Consumption:
    """What the pilot used per prompt."""
    asked = judgments.filter(
        pc.invert(pc.is_in(judgments["status"], value_set=pa.array(NOT_ASKED)))
    )
    prompts = len(pc.unique(asked["question_id"])) or 1
    tokens = _per_prompt(asked["tokens"], prompts)
    dollars = _per_prompt(asked["cost_usd"], prompts)
    if dollars is None and tokens is not None and usd_per_million_tokens is not None:
        dollars = tokens * usd_per_million_tokens / 1e6
    answering = None
    if answers is not None:
        of_pilot = pc.is_in(answers["question_id"], value_set=pc.unique(asked["question_id"]))
        answering = _per_prompt(answers.filter(of_pilot)["cost_usd"], prompts)
    return Consumption(asked.num_rows / prompts, tokens, dollars, answering)


def _per_prompt(column: pa.ChunkedArray, prompts: int) -> float | None:
    """The mean of what was recorded, for as many rows as a prompt has; None without any record.

    A failed call records nothing, which is no reason to forget what all others cost.
    """
    mean = pc.mean(column).as_py()
    return None if mean is None else float(mean) * len(column) / prompts


def _row(pilot: Pilot, used: Consumption, prompts: int) -> Document:
    def of(per_prompt: float | None) -> float | None:
        return None if per_prompt is None else per_prompt * prompts

    return {
        **asdict(expect(pilot, prompts)),
        "calls": round(used.calls * prompts),
        "tokens": of(used.tokens),
        "judging_usd": of(used.judging_usd),
        "answering_usd": of(used.answering_usd),
    }
