"""What the calls of a run came to, in words: what is not known is said, not taken for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group

from benchbuilder.llm.totals import Total
from benchbuilder.views.tables import table

COLUMNS = ("stage", "model", "calls", "tokens in", "tokens out", "cost")
_ELSEWHERE = "(another run)"  # a release's recorded calls, say


def totals_rows(totals: Sequence[Total]) -> list[tuple[str, ...]]:
    """One row per stage and model, in the order of ``COLUMNS``."""
    return [
        (
            total.stage or _ELSEWHERE,
            total.model,
            f"{total.calls:,}",
            _tokens(total.input_tokens, total.uncounted),
            _tokens(total.output_tokens, total.uncounted),
            _cost(total.cost_usd, total.unpriced),
        )
        for total in totals
    ]


def totals_table(totals: Sequence[Total]) -> Group:
    """The same for a terminal."""
    return table("Calls to models", COLUMNS, totals_rows(totals), left=2)


def spent(totals: Sequence[Total]) -> str:
    """The sum of a run's own calls in one sentence."""
    own = [total for total in totals if total.stage]
    if not own:
        return "Spent on calls: nothing, none was made"
    known = [total.cost_usd for total in own if total.cost_usd is not None]
    cost = _cost(sum(known) if known else None, sum(total.unpriced for total in own))
    return f"Spent on calls: {cost}"


def _tokens(known: int | None, unknown: int) -> str:
    if known is None:
        return "not known" if unknown else "0"
    return f"{known:,} + {unknown:,} calls not known" if unknown else f"{known:,}"


def _cost(known: float | None, unknown: int) -> str:
    if known is None:
        return "not known"
    return f"${known:,.4f} + {unknown:,} calls not known" if unknown else f"${known:,.4f}"
