"""The messages of one game: a template, the question and the two answers, fenced and disarmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchbuilder.errors import ConfigError
from benchbuilder.judging.games import Game
from benchbuilder.judging.shield import shield
from benchbuilder.sources.answers import join_turns
from benchbuilder.text.fencing import cut_middle, fence_code
from benchbuilder.text.templates import Template, parse_template

_TEXTS = ("question", "answer_a", "answer_b", "reference")
SLOTS = (*_TEXTS, "rubric", "fence")
REQUIRED = ("question", "answer_a", "answer_b", "fence")
_NO_REFERENCE = "(there is none for this question)"
_NO_RUBRIC = "(there is none for this question: judge by what was asked)"


@dataclass(frozen=True)
class Prompt:
    """``messages`` for the judge, how many ``markers`` were disarmed in the texts, and how many
    of the two answers were ``cut`` to the length limit."""

    messages: tuple[dict[str, str], ...]
    markers: int
    cut: int


def judge_template(text: str, *, name: str, with_reference: bool = False) -> Template:
    """A judge's template; it must show the question and both answers, and use the fence.

    Raises:
        ConfigError: a slot is unknown or missing, or it asks for a reference and there is none.
    """
    template = parse_template(text, name=name, known=SLOTS, required=REQUIRED)
    if "reference" in template.slots and not with_reference:
        raise ConfigError(
            f"template {name!r} shows a reference answer, and no model is named for it",
            hint="--set judge.reference=MODEL",
        )
    return template


def judge_prompt(game: Game, template: Template, *, max_answer_chars: int) -> Prompt:
    """The prompt of a game whose two answers are there.

    The question is disarmed like the answers: whoever wrote it may have tried as well.
    """
    answers = [str(side.answer["text"]) if side.answer else "" for side in game.sides]
    shown = [cut_middle(text, max_answer_chars) for text in answers]
    reference, _ = cut_middle(game.reference or _NO_REFERENCE, max_answer_chars)
    material = (question_text(game.question), *(text for text, _ in shown), reference)
    shielded = [shield(text) for text in material]
    texts = [part.text for part in shielded]
    values = dict(zip(_TEXTS, texts, strict=True))
    if "rubric" in template.slots:
        rubric = shield(game.question.get("rubric") or _NO_RUBRIC).text
        texts, values = [*texts, rubric], values | {"rubric": rubric}
    values |= {"fence": fence_code(*texts)}
    return Prompt(
        messages=template.messages(values),
        markers=sum(part.markers for part in shielded),
        cut=sum(left_out > 0 for _, left_out in shown),
    )


def question_text(question: Mapping[str, Any]) -> str:
    """Everything that the candidates were told: the system prompt and all user turns."""
    told = join_turns(question["turns"] or [question["text"]])
    return f"(system prompt)\n{question['system']}\n\n{told}" if question["system"] else told
