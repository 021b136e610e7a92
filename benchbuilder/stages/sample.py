"""``sample``: prompts × clusters × annotations → selection, topic scores, questions.

Draws depend on ids and the seed alone: every id gets a fixed lot, so neither the order of the rows
nor prompts that come or go elsewhere change who is drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from benchbuilder.contamination.known import Known
from benchbuilder.contamination.matching import find_known
from benchbuilder.observe import Observer
from benchbuilder.sampling.candidates import Candidate, read_candidates
from benchbuilder.sampling.choice import (
    MUST_INCLUDE,
    SELECTED,
    Choice,
    Rules,
    choose,
    questions_wanted,
    reason_of,
)
from benchbuilder.sampling.limits import Refusal
from benchbuilder.sampling.sentences import sentences
from benchbuilder.sampling.vectors import Vectors
from benchbuilder.sampling.votes import count_votes
from benchbuilder.schemas import QUESTIONS, SELECTION, TOPIC_SCORES
from benchbuilder.settings import SampleSettings


def sample(
    prompts: pa.Table,
    clusters: pa.Table,
    topics: pa.Table,
    annotations: pa.Table,
    embeddings: pa.Table | None = None,
    *,
    settings: SampleSettings,
    voters: Sequence[str] | None = None,
    included: Mapping[str, str] | None = None,
    vetoed: Mapping[str, str] | None = None,
    known: Known | None = None,
    observe: Observer,
) -> dict[str, pa.Table]:
    """Choose the questions of the benchmark.

    A prompt is eligible with a score of at least the threshold (the vote of its annotators, see
    ``sampling.votes``); a topic is open when it has one and its mean score reaches
    ``min_cluster_score``. Open topics are drawn (``clusters`` of them) and give prompts under the
    named strategy until ``target`` is reached, within quotas.

    ``voters`` are the annotators whose majority counts where ``annotators`` names none (None: all).
    ``included`` and ``vetoed`` map a prompt_id or conversation_id to a detail; a veto wins.
    ``known`` holds the questions of other benchmarks. ``embeddings`` are needed by the strategy
    ``diverse``, by ``max_similarity`` and to compare with ``known`` by cosine.

    Returns ``selection`` (every prompt, with its reason), ``topic_scores`` and ``questions``.

    Raises:
        ConfigError: ``annotators`` names one without annotations.
        InputError: a prompt has no vector.
    """
    votes = count_votes(annotations, settings.annotators or voters)
    candidates = read_candidates(prompts, clusters, votes, settings.seed)
    vectors = None if embeddings is None else Vectors(embeddings)
    taken = _by_prompt(included or {}, prompts, "must_include", observe)
    rules = Rules(
        settings,
        questions_wanted(settings, len(candidates)),
        dict(zip(topics["topic_id"].to_pylist(), topics["name"].to_pylist(), strict=True)),
        {
            **_too_long(candidates, settings),
            **_contaminated(candidates, taken, prompts, known, vectors, settings, observe),
            **_vetoed(_by_prompt(vetoed or {}, prompts, "must_exclude", observe)),
        },
        taken,
        vectors,
    )
    choice = choose(candidates, rules, observe)
    for sentence in sentences(choice, rules, candidates):
        observe.note(sentence)
    reasons = {c.prompt_id: reason_of(c, choice, rules) for c in candidates}
    observe.figure("threshold", choice.threshold)
    observe.figure("selected", len(choice.deal.chosen))
    observe.figure("reasons", dict(sorted(Counter(r for r, _ in reasons.values()).items())))
    return {
        "selection": _selection(candidates, reasons),
        "topic_scores": _topic_scores(choice),
        "questions": _questions(prompts, rules.topic_names, choice),
    }


def _by_prompt(
    listed: Mapping[str, str], prompts: pa.Table, setting: str, observe: Observer
) -> dict[str, str]:
    """A list of ids by prompt_id; ids that belong to no prompt of the run are told."""
    if not listed:
        return {}
    ids = prompts["prompt_id"].to_pylist()
    prompt_of = dict(zip(prompts["conversation_id"].to_pylist(), ids, strict=True))
    prompt_of.update(zip(ids, ids, strict=True))
    lost = sorted(set(listed) - set(prompt_of))
    if lost:
        observe.note(
            f"{len(lost)} of {len(listed)} ids in the `sample.{setting}` files belong to no prompt "
            f"of this run; the first is {lost[0]}"
        )
    return {prompt_of[name]: listed[name] for name in sorted(listed) if name in prompt_of}


def _too_long(candidates: Iterable[Candidate], settings: SampleSettings) -> dict[str, Refusal]:
    most = settings.max_tokens
    if most is None:
        return {}
    return {
        c.prompt_id: ("too_long", f"{c.n_tokens} tokens, {most} allowed")
        for c in candidates
        if c.n_tokens > most
    }


def _vetoed(listed: Mapping[str, str]) -> dict[str, Refusal]:
    return {prompt_id: ("veto", detail) for prompt_id, detail in listed.items()}


def _contaminated(
    candidates: Sequence[Candidate],
    taken: Mapping[str, str],
    prompts: pa.Table,
    known: Known | None,
    vectors: Vectors | None,
    settings: SampleSettings,
    observe: Observer,
) -> dict[str, Refusal]:
    """Prompts that another benchmark has; only those that might be chosen are compared."""
    if known is None:
        return {}
    floor = settings.min_score
    if settings.min_score_floor is not None:
        floor = min(floor, settings.min_score_floor)
    able = {c.prompt_id for c in candidates if c.score is not None and c.score >= floor}
    able |= set(taken)
    rows = prompts.select(["prompt_id", "text"]).to_pylist()
    texts = {row["prompt_id"]: row["text"] for row in rows if row["prompt_id"] in able}
    found = find_known(
        texts,
        known,
        jaccard=settings.exclude_jaccard,
        cosine=settings.exclude_cosine,
        vectors=None if vectors is None else vectors.of_whole_texts(texts),
    )
    observe.figure("contaminated", dict(sorted(Counter(m.file for m in found.values()).items())))
    return {name: ("contaminated", str(match)) for name, match in found.items()}


def _selection(candidates: Sequence[Candidate], reasons: Mapping[str, Refusal]) -> pa.Table:
    rows = [
        {
            "prompt_id": c.prompt_id,
            "selected": reasons[c.prompt_id][0] in (SELECTED, MUST_INCLUDE),
            "reason": reasons[c.prompt_id][0],
            "detail": reasons[c.prompt_id][1],
            "topic_id": c.topic_id,
            "quality_score": c.score,
        }
        for c in candidates
    ]
    return pa.Table.from_pylist(rows, schema=SELECTION.schema)


def _topic_scores(choice: Choice) -> pa.Table:
    rows = []
    for topic in choice.topics:
        scores = [c.score for c in topic.scored if c.score is not None]
        hard = sum(score >= choice.threshold for score in scores)
        worth = [c.worth for c in topic.members if c.worth is not None]
        picked = choice.limits.of_topic[topic.topic_id]
        reason = choice.closed[topic.topic_id]
        if reason is None and topic.topic_id not in choice.drawn_ids:
            reason = "topic_not_drawn"
        rows.append(
            {
                "topic_id": topic.topic_id,
                "mean_score": sum(worth) / len(worth) if worth else None,
                "hard_share": hard / len(scores) if scores else None,
                "scored": len(scores),
                "eligible": len(topic.eligible),
                "reason": reason or ("picked" if picked else "target_reached"),
                "picked": picked,
            }
        )
    return pa.Table.from_pylist(rows, schema=TOPIC_SCORES.schema)


def _questions(prompts: pa.Table, topic_names: Mapping[int, str], choice: Choice) -> pa.Table:
    """The chosen prompts in order of their id; a question is named by its prompt."""
    chosen = choice.deal.chosen
    rows: list[dict[str, Any]] = [
        {
            "question_id": row["prompt_id"],
            "system": row["system"],
            "text": row["text"],
            "category": "hard",
            "topic": topic_names.get(chosen[row["prompt_id"]].topic_id),
            "quality_score": chosen[row["prompt_id"]].score,
            "language": row["language"],
        }
        for row in prompts.select(["prompt_id", "system", "text", "language"]).to_pylist()
        if row["prompt_id"] in chosen
    ]
    rows.sort(key=lambda row: str(row["question_id"]))
    return pa.Table.from_pylist(rows, schema=QUESTIONS.schema)
