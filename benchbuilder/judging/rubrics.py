"""What a judge must look for: the rubric of a question, else that of its category."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from benchbuilder.errors import ConfigError
from benchbuilder.judging.asked import AskedJudge
from benchbuilder.observe import Observer
from benchbuilder.schemas import QUESTIONS
from benchbuilder.text.counting import count_of


def with_rubrics(questions: pa.Table, rubrics: Mapping[str, str]) -> pa.Table:
    """The questions (``schemas.QUESTIONS``); those without a rubric get that of their category."""
    if not rubrics:
        return questions
    pairs = zip(questions["rubric"].to_pylist(), questions["category"].to_pylist(), strict=True)
    filled = [own if (own or "").strip() else rubrics.get(category) for own, category in pairs]
    place = questions.schema.get_field_index("rubric")
    return questions.set_column(
        place, QUESTIONS.schema.field("rubric"), pa.array(filled, pa.string())
    )


def demand_shown(
    questions: pa.Table, rubrics: Mapping[str, str], judge: AskedJudge, observe: Observer
) -> None:
    """Say which rubrics the judge's templates do not show.

    Raises:
        ConfigError: a category was given a rubric, and the template of its questions has no place
            for it.
    """
    for category in sorted(rubrics):
        if not judge.shows_rubric(category):
            raise ConfigError(
                f"judge.rubrics has a rubric for the category {category!r}, and the template of "
                "its questions does not show one",
                hint=f"--set judge.templates.{category}=judge-rubric",
            )
    pairs = zip(questions["rubric"].to_pylist(), questions["category"].to_pylist(), strict=True)
    unseen = sum(
        bool((rubric or "").strip()) and not judge.shows_rubric(category)
        for rubric, category in pairs
    )
    if unseen:
        observe.note(
            f"the rubric of {count_of(unseen, 'question')} is not shown to the judge: "
            "--set judge.template=judge-rubric"
        )
