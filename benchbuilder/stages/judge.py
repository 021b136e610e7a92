"""``judge``: model answers → judgments, one row per game.

Every model plays the baseline on every question, twice, with sides swapped. A game that cannot be
played (an answer is missing, empty or failed) is a row with a status and a null verdict, as is a
game whose judge failed; the counts add up to questions × models × games × judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from benchbuilder.errors import ConfigError, InputError
from benchbuilder.judging.asked import AskedJudge
from benchbuilder.judging.coverage import AnswerAudit, audit_answers, require_fit, require_model
from benchbuilder.judging.games import Game, plan_games
from benchbuilder.judging.playing import Referee, play_all, play_until_out
from benchbuilder.judging.recorded import RecordedJudge
from benchbuilder.judging.rubrics import demand_shown, with_rubrics
from benchbuilder.judging.stopping import TopK
from benchbuilder.judging.telling import (
    tell_alternation,
    tell_categories,
    tell_coverage,
    tell_shield,
)
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.settings import JudgeSettings
from benchbuilder.sources.answers import one_answer_each


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
    rubrics: Mapping[str, str] | None = None,
    panel: Mapping[str, Complete] | None = None,
    recorded: RecordedJudge | None = None,
    observe: Observer,
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield ``("judgments", batch)`` until every game has its row.

    ``questions``: ``schemas.QUESTIONS``; ``answers``: ``schemas.ANSWERS``. Give ``recorded`` (its
    own name stands in the column judge), or ``complete`` with the text of a ``template``;
    ``templates`` and ``rubrics`` hold the texts of those of the settings, by category; ``panel``
    holds more judges, by name, and each of them plays every game.

    Figures: ``coverage`` (share of questions with an answer that can be judged, by model),
    ``statuses``, ``shield`` (answers that hold verdict markers or address the judge),
    ``cut_answers`` (shown without their middle, a count over games), and with ``settings.stop``
    ``stopped`` (questions judged, by model that is out; its other games have the status stopped).

    Raises:
        InputError: no answers of the baseline, or of anybody else; answers to other questions;
            repeated answers where the settings give no rule.
        ConfigError: a template does not fit, two judges have one name, or ``stop`` cannot be used.
        CompletionError: the model's client stops the run.
    """
    answers = one_answer_each(answers, settings.duplicates)
    audit = audit_answers(questions, answers)
    _require(questions, answers, audit, settings, baseline)
    questions = with_rubrics(questions, rubrics or {})
    games = _games(questions, answers, settings, baseline)
    tell_categories(questions, settings, observe)
    tell_coverage(audit, settings, observe)
    tell_shield(answers, observe)
    tell_alternation(len(games), settings, observe)
    asked: dict[str, AskedJudge] = {}
    if recorded is None:
        if complete is None or template is None:
            raise TypeError("judge needs a recorded judge, or complete and a template")
        for name, model in _judges(judge_name, complete, panel or {}):
            asked[name] = AskedJudge(model, template, templates or {}, settings)
        demand_shown(questions, rubrics or {}, asked[judge_name], observe)
    referees: dict[str, Referee] = {**asked} if recorded is None else {recorded.name: recorded}
    if settings.stop is None:
        batches = play_all(games, referees, observe)
    else:
        top_k = _top_k(settings, baseline, questions.num_rows, list(referees))
        ((name, referee),) = referees.items()
        batches = play_until_out(games, name, referee, top_k, settings.stop_every, observe)
    yield from (("judgments", batch) for batch in batches)
    observe.figure("cut_answers", sum(each.cut for each in asked.values()))


def _judges(
    name: str, complete: Complete, panel: Mapping[str, Complete]
) -> list[tuple[str, Complete]]:
    if name in panel:
        raise ConfigError(
            f"the judge {name!r} stands in judge.panel too",
            hint="name other judges: --set judge.panel=[NAME,…]",
        )
    return [(name, complete), *panel.items()]


def _top_k(settings: JudgeSettings, baseline: str, planned: int, judges: list[str]) -> TopK:
    if len(judges) > 1 or settings.baselines:
        raise ConfigError(
            "judge.stop compares all models by one judge against one baseline",
            hint="--set judge.stop=null, or --set judge.panel=[] --set judge.baselines={}",
        )
    return TopK(settings.stop or "", baseline=baseline, planned=planned)


def _require(
    questions: pa.Table,
    answers: pa.Table,
    audit: AnswerAudit,
    settings: JudgeSettings,
    baseline: str,
) -> None:
    models = [found.model for found in audit.models]
    baselines = {baseline, *settings.baselines.values()}
    for name in sorted(baselines):
        require_model(name, models, role="baseline")
    if settings.reference is not None:
        require_model(settings.reference, models, role="reference")
        if settings.reference in baselines:
            raise ConfigError(
                f"judge.reference: {settings.reference!r} is a baseline, so it plays",
                hint="name another model: --set judge.reference=MODEL",
            )
    require_fit(questions, answers, audit)


def _games(
    questions: pa.Table, answers: pa.Table, settings: JudgeSettings, baseline: str
) -> list[Game]:
    games = list(
        plan_games(
            questions,
            answers,
            baseline=baseline,
            baselines=settings.baselines,
            positions=settings.positions,
            judge_samples=settings.judge_samples,
            self_play=settings.self_play,
            reference=settings.reference,
        )
    )
    if not games:
        raise InputError(
            f"only the baseline {baseline!r} has answers, so there is nothing to compare",
            hint="give the answers of another model, or ask one: benchbuilder answer --model NAME",
        )
    return games
