"""A judge that is asked now: a language model, through a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from benchbuilder.judging.games import Game
from benchbuilder.judging.outcome import Outcome, outcome_of_text
from benchbuilder.judging.prompts import judge_prompt, judge_template
from benchbuilder.judging.structured import VERDICT_SCHEMA
from benchbuilder.llm.types import Complete, Completion, Request
from benchbuilder.settings import JudgeSettings
from benchbuilder.text.templates import Template
from benchbuilder.text.verdicts import parse_verdict


class AskedJudge:
    """Plays games by asking a model; ``cut`` counts answers that were shown without their middle.

    ``template`` and ``templates`` (by category, where a category has its own) are texts.

    Raises:
        ConfigError: a template does not fit.
    """

    def __init__(
        self,
        complete: Complete,
        template: str,
        templates: Mapping[str, str],
        settings: JudgeSettings,
    ) -> None:
        self._complete = complete
        parse = partial(judge_template, with_reference=settings.reference is not None)
        self._template = parse(template, name=settings.template)
        self._templates = {
            category: parse(text, name=settings.templates.get(category, category))
            for category, text in templates.items()
        }
        self._max_answer_chars = settings.max_answer_chars
        self.cut = 0

    def __call__(self, games: Sequence[Game]) -> list[Outcome]:
        """One outcome per game, in the order of the games; their answers are there."""
        if not games:
            return []
        requests = [self._request(game) for game in games]
        completions = self._complete(requests, accept=_reason_against)
        by_id = {completion.id: completion for completion in completions}
        return [_outcome(by_id[request.id]) for request in requests]

    def shows_rubric(self, category: str | None) -> bool:
        """Whether the template of a category has a place for a rubric."""
        return "rubric" in self._template_of(category).slots

    def _template_of(self, category: str | None) -> Template:
        own = self._templates.get(category) if category is not None else None
        return own or self._template

    def _request(self, game: Game) -> Request:
        template = self._template_of(game.question["category"])
        prompt = judge_prompt(game, template, max_answer_chars=self._max_answer_chars)
        self.cut += prompt.cut
        return Request(game.name, prompt.messages, schema=VERDICT_SCHEMA, sample=game.judge_sample)


def _reason_against(text: str) -> str | None:
    return parse_verdict(text).reason


def _outcome(completion: Completion) -> Outcome:
    known: dict[str, Any] = {"tokens": completion.tokens, "cost_usd": completion.cost_usd}
    if completion.status == "ok" and completion.text is not None:
        return outcome_of_text(completion.text, **known)
    return Outcome(completion.status, None, completion.detail, completion.text, **known)
