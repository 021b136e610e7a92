"""Who plays whom on which question, and who stands on which side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, NamedTuple

import pyarrow as pa

from benchbuilder.judging.coverage import usable

Positions = Literal["both", "alternate"]


@dataclass(frozen=True, slots=True)
class Contender:
    """A model and its answer to a question; ``answer`` is None where there is none."""

    model: str
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Game:
    """One comparison. In game 1 the baseline stands on side A, in game 2 the model does."""

    question: Mapping[str, Any]
    model: Contender
    baseline: Contender
    answer_sample: int
    judge_sample: int
    number: int
    reference: str | None = None  # an answer for the judge to lean on

    @property
    def sides(self) -> tuple[Contender, Contender]:
        """Side A, side B."""
        pair = (self.baseline, self.model)
        return pair if self.number == 1 else pair[::-1]

    @property
    def name(self) -> str:
        """Unique among the games of one judge, for people and for matching completions."""
        return (
            f"question {self.question['question_id']!r}, {self.model.model!r} against "
            f"{self.baseline.model!r}, answer {self.answer_sample}, game {self.number}, "
            f"judgment {self.judge_sample}"
        )

    def key(self) -> dict[str, Any]:
        """The columns that name the game in ``judgments`` (the judge's name comes on top)."""
        side_a, side_b = self.sides
        return {
            "question_id": self.question["question_id"],
            "model": self.model.model,
            "answer_sample": self.answer_sample,
            "baseline": self.baseline.model,
            "judge_sample": self.judge_sample,
            "game": self.number,
            "answer_a": side_a.model,
            "answer_b": side_b.model,
        }


class Obstacle(NamedTuple):
    """Why a game cannot be played; ``status`` goes into the judgment."""

    status: str  # missing_answer, empty_answer, failed_answer
    detail: str


def obstacle(game: Game) -> Obstacle | None:
    """The first of the two answers that is not there, is empty or failed; None to play on."""
    for contender in (game.model, game.baseline):
        answer = contender.answer
        if answer is None:
            return Obstacle("missing_answer", f"no answer of {contender.model}")
        if not usable(answer):
            if answer["status"] in ("ok", "empty"):
                return Obstacle("empty_answer", f"the answer of {contender.model} is empty")
            return Obstacle("failed_answer", f"{contender.model}: {answer['status']}")
    return None


def plan_games(
    questions: pa.Table,
    answers: pa.Table,
    *,
    baseline: str,
    baselines: Mapping[str, str] | None = None,
    positions: Positions = "both",
    judge_samples: int = 1,
    self_play: bool = False,
    reference: str | None = None,
) -> Iterator[Game]:
    """Every game of every model against the baseline, model by model, in the questions' order.

    ``questions``: ``schemas.QUESTIONS``; ``answers``: ``schemas.ANSWERS`` with one row for each
    key. ``baselines`` gives categories a baseline of their own. A model without an answer plays
    too: its games carry the hole. All samples of a model meet the baseline's first one.
    ``positions: alternate`` plays one game for each question; the side alternates along the sorted
    question ids. ``self_play`` adds the baseline against itself, one game each (an A/A test).
    """
    by_model = _answers_by_model(answers)
    asked = questions.to_pylist()
    turn = {name: place for place, name in enumerate(sorted(q["question_id"] for q in asked))}
    references = by_model.pop(reference, {}) if reference is not None else {}
    for model, given in by_model.items():
        for question in asked:
            question_id = question["question_id"]
            shown = _first(references.get(question_id, {}))
            opponent = (baselines or {}).get(question["category"], baseline)
            if model == opponent and not self_play:
                continue
            # Against itself both games are one and the same question to the judge.
            alone = model == opponent
            numbers = (1,) if alone else _game_numbers(positions, turn[question_id])
            theirs = given.get(question_id, {})
            against = _first(by_model.get(opponent, {}).get(question_id, {}))
            for sample, judge_sample, number in product(
                sorted(theirs) or [0], range(judge_samples), numbers
            ):
                yield Game(
                    question=question,
                    model=Contender(model, theirs.get(sample)),
                    baseline=Contender(opponent, against),
                    answer_sample=sample,
                    judge_sample=judge_sample,
                    number=number,
                    reference=shown["text"] if shown is not None else None,
                )


def _game_numbers(positions: Positions, turn: int) -> tuple[int, ...]:
    return (1, 2) if positions == "both" else (1 + turn % 2,)


def _first(samples: Mapping[int, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The first sample that can be judged, else the first one."""
    ordered = [samples[number] for number in sorted(samples)]
    return next((answer for answer in ordered if usable(answer)), ordered[0] if ordered else None)


def _answers_by_model(answers: pa.Table) -> dict[str, dict[str, dict[int, Mapping[str, Any]]]]:
    found: dict[str, dict[str, dict[int, Mapping[str, Any]]]] = {}
    for answer in answers.select(["question_id", "model", "sample", "text", "status"]).to_pylist():
        samples = found.setdefault(answer["model"], {}).setdefault(answer["question_id"], {})
        samples[answer["sample"]] = answer
    return found
