"""``judge``: model answers → judgments, one row per game.

Every model plays the baseline on every question, twice, with sides swapped. A game that cannot be
played (an answer is missing, empty or failed) is a row with a status and a null verdict, as is a
game whose judge failed; the counts add up to questions × models × games.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from benchbuilder.config import JudgeSettings
from benchbuilder.errors import InputError
from benchbuilder.judging.coverage import AnswerAudit, audit_answers, require_fit, require_model
from benchbuilder.judging.games import Game, obstacle, plan_games
from benchbuilder.judging.outcome import Outcome, outcome_of_text
from benchbuilder.judging.prompts import judge_prompt, judge_template
from benchbuilder.judging.recorded import RecordedJudge
from benchbuilder.judging.shield import scan_answers
from benchbuilder.llm.types import Complete, Completion, Request
from benchbuilder.observe import Observer
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.sources.answers import one_answer_each
from benchbuilder.text.verdicts import parse_verdict

#: Decides games whose two answers are there.
Referee = Callable[[Sequence[Game]], list[Outcome]]

_GAMES_AT_ONCE = 1024


def judge(
    questions: pa.Table,
    answers: pa.Table,
    *,
    settings: JudgeSettings,
    baseline: str,
    judge_name: str,
    complete: Complete | None = None,
    template: str | None = None,
    templates: Mapping[str, str] | None = None,
    recorded: RecordedJudge | None = None,
    observe: Observer,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield ``("judgments", batch)`` until every game has its row.

    ``questions``: ``schemas.QUESTIONS``; ``answers``: ``schemas.ANSWERS``. Give ``recorded`` (its
    own name stands in the column judge), or ``complete`` with the text of a ``template``;
    ``templates`` holds those of ``settings.templates``, by category. Figures: ``coverage`` (share
    of questions with an answer that can be judged, by model), ``statuses``, ``shield`` (answers
    that hold verdict markers or address the judge), ``cut_answers``.

    Raises:
        InputError: no answers of the baseline, or of anybody else; answers to other questions;
            repeated answers where the settings give no rule.
        ConfigError: a template does not fit.
        CompletionError: the model's client stops the run.
    """
    answers = one_answer_each(answers, settings.duplicates)
    audit = audit_answers(questions, answers)
    _require(questions, answers, audit, [baseline, *settings.baselines.values()])
    _tell_coverage(audit, settings, observe)
    _tell_shield(answers, observe)
    games = _games(questions, answers, settings, baseline)
    if not games:
        raise InputError(
            f"only the baseline {baseline!r} has answers, so there is nothing to compare",
            hint="add the answers of at least one other model",
        )
    referee: Referee
    if recorded is not None:
        name, referee = recorded.name, recorded
    elif complete is not None and template is not None:
        name = judge_name
        referee = _Asked(complete, template, templates or {}, settings, observe)
    else:
        raise TypeError("judge needs a recorded judge, or complete and a template")
    yield from _play(games, name, referee, observe)


def _require(
    questions: pa.Table, answers: pa.Table, audit: AnswerAudit, baselines: list[str]
) -> None:
    models = [found.model for found in audit.models]
    for name in baselines:
        require_model(name, models, role="baseline")
    require_fit(questions, answers, audit)


def _games(
    questions: pa.Table, answers: pa.Table, settings: JudgeSettings, baseline: str
) -> list[Game]:
    return list(
        plan_games(
            questions,
            answers,
            baseline=baseline,
            baselines=settings.baselines,
            positions=settings.positions,
            judge_samples=settings.judge_samples,
            self_play=settings.self_play,
        )
    )


def _play(
    games: list[Game], name: str, referee: Referee, observe: Observer
) -> Iterator[tuple[str, pa.RecordBatch]]:
    statuses: Counter[str] = Counter()
    waiting = iter(games)
    done = 0
    while batch := list(islice(waiting, _GAMES_AT_ONCE)):
        hindered = {game.name: obstacle(game) for game in batch}
        ready = [game for game in batch if hindered[game.name] is None]
        played = dict(zip((game.name for game in ready), referee(ready), strict=True))
        rows = []
        for game in batch:
            hindrance = hindered[game.name]
            outcome = (
                played[game.name]
                if hindrance is None
                else Outcome(hindrance.status, detail=hindrance.detail)
            )
            statuses[outcome.status] += 1
            rows.append(game.key() | {"judge": name} | outcome._asdict())
        done += len(batch)
        observe.progress(done, len(games))
        yield "judgments", pa.RecordBatch.from_pylist(rows, schema=JUDGMENTS.schema)
    observe.figure("statuses", dict(sorted(statuses.items())))


class _Asked:
    """A referee that asks a language model."""

    def __init__(
        self,
        complete: Complete,
        template: str,
        templates: Mapping[str, str],
        settings: JudgeSettings,
        observe: Observer,
    ) -> None:
        self._complete = complete
        self._template = judge_template(template, name=settings.template)
        self._templates = {
            category: judge_template(text, name=settings.templates.get(category, category))
            for category, text in templates.items()
        }
        self._max_answer_chars = settings.max_answer_chars
        self._observe = observe
        self._cut = 0

    def __call__(self, games: Sequence[Game]) -> list[Outcome]:
        requests = [self._request(game) for game in games]
        self._observe.figure("cut_answers", self._cut)
        completions = self._complete(requests, accept=_reason_against) if requests else []
        by_id = {completion.id: completion for completion in completions}
        return [_outcome(by_id[game.name]) for game in games]

    def _request(self, game: Game) -> Request:
        template = self._templates.get(game.question["category"], self._template)
        prompt = judge_prompt(game, template, max_answer_chars=self._max_answer_chars)
        self._cut += prompt.cut
        return Request(game.name, prompt.messages, sample=game.judge_sample)


def _reason_against(text: str) -> str | None:
    return parse_verdict(text).reason


def _outcome(completion: Completion) -> Outcome:
    known: dict[str, Any] = {"tokens": completion.tokens, "cost_usd": completion.cost_usd}
    if completion.status == "ok" and completion.text is not None:
        return outcome_of_text(completion.text, **known)
    return Outcome(completion.status, None, completion.detail, completion.text, **known)


def _tell_coverage(audit: AnswerAudit, settings: JudgeSettings, observe: Observer) -> None:
    observe.figure("coverage", {found.model: found.coverage for found in audit.models})
    for found in audit.below(settings.min_coverage):
        observe.note(
            f"{found.model}: {found.answered} of {found.expected} questions have an answer that "
            f"can be judged ({found.missing} missing, {found.empty} empty, {found.failed} failed), "
            f"below the {settings.min_coverage:.0%} that judge.min_coverage asks for"
        )
    strays = sum(found.unknown for found in audit.models)
    if strays:
        observe.note(f"{strays} answers belong to questions that are not in this set: left out")


def _tell_shield(answers: pa.Table, observe: Observer) -> None:
    found = scan_answers(answers)
    markers = sum(found["markers"].to_pylist())
    observe.figure(
        "shield",
        {
            "answers": found.num_rows,
            "markers": markers,
            "phrases": sum(found["phrases"].to_pylist()),
        },
    )
    if markers:
        observe.note(f"{markers} verdict markers or control tokens in answers were disarmed")
