"""What a judging run must say: sentences and figures on answers, categories and saved calls."""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.judging.coverage import AnswerAudit
from benchbuilder.judging.shield import scan_answers
from benchbuilder.observe import Observer
from benchbuilder.settings import JudgeSettings
from benchbuilder.text.counting import count_of

#: Errors with one game a question over those with two: the median of 75 models on 500 questions
#: of published verdicts (Ko-Arena-Hard); it was 1.04 to 1.23 for nine in ten of them.
_ALTERNATE_WIDTH = 1.15


def tell_categories(questions: pa.Table, settings: JudgeSettings, observe: Observer) -> None:
    """A category that no question has is most likely misspelt."""
    known = sorted(set(questions["category"].to_pylist()) - {None})
    for name in ("templates", "baselines", "rubrics"):
        for category in sorted(set(getattr(settings, name)) - set(known)):
            observe.note(
                f"judge.{name} has an entry for the category {category!r}, and no question is of "
                f"it; categories: {', '.join(known) or 'none'}"
            )


def tell_coverage(audit: AnswerAudit, settings: JudgeSettings, observe: Observer) -> None:
    """Figure ``coverage``; whose answers leave many questions out, and answers to others."""
    observe.figure("coverage", {found.model: found.coverage for found in audit.models})
    for found in audit.below(settings.min_coverage):
        observe.note(
            f"{found.model}: {found.answered} of {found.expected} questions have an answer that "
            f"can be judged ({found.missing} missing, {found.empty} empty, {found.failed} failed)"
        )
    strays = sum(found.unknown for found in audit.models)
    if strays:
        observe.note(
            f"left out: {count_of(strays, 'answer')} to questions that are not in this set"
        )


def tell_shield(answers: pa.Table, observe: Observer) -> None:
    """Figure ``shield``: answers that hold markers or address the judge; and what was disarmed."""
    found = scan_answers(answers)
    markers, phrases = (sum(found[name].to_pylist()) for name in ("markers", "phrases"))
    observe.figure("shield", {"answers": found.num_rows, "markers": markers, "phrases": phrases})
    if markers:
        places = count_of(markers, "place")
        observe.note(f"verdict markers or control tokens in answers were disarmed, in {places}")


def tell_alternation(games: int, settings: JudgeSettings, observe: Observer) -> None:
    """What one game a question saves, and what it costs."""
    if settings.positions == "alternate":
        observe.note(
            f"judge.positions is alternate: {count_of(games, 'game')} in place of {2 * games:,}. "
            "What a side is worth to the judge no longer cancels on each question: intervals are "
            f"about {_ALTERNATE_WIDTH:g} times as wide, and whether it names the same winner with "
            "sides swapped is not measured"
        )
