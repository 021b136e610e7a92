"""What calls to models will cost or did cost, in words; what is not known is said."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group

from benchbuilder.llm.preflight import Estimate
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


def estimates_table(calls: Sequence[Estimate]) -> Group:
    """What models would be asked, and what that is expected to cost."""
    rows = [
        (
            each.stage,
            each.model,
            each.calls,
            each.recorded,
            each.input_tokens,
            each.output_tokens,
            "not known" if each.cost_usd is None else f"${each.cost_usd:,.2f}",
        )
        for each in calls
    ]
    columns = ("stage", "model", "calls", "on record", "tokens in", "tokens out", "cost")
    return table("Calls to models (estimated; nothing was asked)", columns, rows, left=2)


def price_lines(calls: Sequence[Estimate]) -> list[str]:
    """One line per model: its price, where that is from, or how to state it."""
    return [
        f"{model}: {price}"
        if price
        else f"{model}: no price is known; state models.{model}.input_usd_per_million and "
        "output_usd_per_million"
        for model, price in {each.model: each.price for each in calls}.items()
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
