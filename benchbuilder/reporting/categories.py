"""Which questions a leaderboard is about: those of its category, meant for its baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.observe import Observer
from benchbuilder.text.counting import count_of

#: The name of the board of all questions.
ALL = "all"
Column = Mapping[str, str | None]


def categories_of(played: pa.Table, category_of: Column) -> list[str]:
    """``all``, and each category where these games have several."""
    seen = {category_of.get(i) for i in played["question_id"].to_pylist()} - {None}
    return [ALL, *sorted(map(str, seen))] if len(seen) > 1 else [ALL]


def within(table: pa.Table, asked: Sequence[str] | None) -> pa.Table:
    """Judgments or answers on these questions; None: on all."""
    if asked is None:
        return table
    return table.filter(pc.is_in(table["question_id"], value_set=pa.array(asked, pa.string())))


def asked_against(
    judgments: pa.Table, category_of: Column, observe: Observer
) -> dict[str, list[str] | None]:
    """The questions that each baseline was meant for; None where no questions are given.

    Categories may have baselines of their own, so that with several baselines a question counts
    for those that were played on its category.
    """
    pairs = judgments.group_by(["baseline", "question_id"]).aggregate([]).to_pylist()
    baselines = sorted({pair["baseline"] for pair in pairs})
    if not category_of:
        return dict.fromkeys(baselines)
    if len(baselines) == 1:
        return {baselines[0]: list(category_of)}
    played: dict[str, set[str | None]] = {baseline: set() for baseline in baselines}
    for pair in pairs:
        if pair["question_id"] in category_of:
            played[pair["baseline"]].add(category_of[pair["question_id"]])
    nowhere = set(category_of.values()).difference(*played.values())
    left_out = [i for i, name in category_of.items() if name in nowhere]
    if left_out:
        named = ", ".join(sorted(name or "(none)" for name in nowhere))
        observe.note(
            f"{count_of(len(left_out), 'question')} left out: no game of the category ({named})"
        )
    return {
        baseline: [i for i, name in category_of.items() if name in categories]
        for baseline, categories in played.items()
    }


def of_category(asked: Sequence[str], category_of: Column, category: str) -> list[str]:
    """The questions of a category, or all of them."""
    return [i for i in asked if category in (ALL, category_of[i])]


def column_of(questions: pa.Table | None, name: str) -> Column:
    """A column of the questions by question_id."""
    if questions is None:
        return {}
    ids, values = questions["question_id"].to_pylist(), questions[name].to_pylist()
    return dict(zip(ids, values, strict=True))
