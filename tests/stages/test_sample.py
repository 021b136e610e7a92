"""The sampler on populations whose right answer is worked out by hand."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchbuilder.config import load_config
from benchbuilder.observe import Silent
from benchbuilder.schemas import ANNOTATIONS, CLUSTERS, CRITERIA, EMBEDDINGS, PROMPTS, TOPICS
from benchbuilder.settings import SampleSettings
from benchbuilder.stages.sample import sample

Population = Mapping[str, tuple[int, int | None]]  # prompt_id -> (topic_id, score)


def language_of(name: str) -> str:
    return ("en", "de", "ja")[len(name) % 3]


def vectors_of(names: Iterable[str]) -> pa.Table:
    """Vectors on a circle, by the name alone."""
    rows = []
    for name in names:
        angle = sum(map(ord, name)) % 12 / 12 * math.tau
        vector = [math.cos(angle), math.sin(angle)]
        rows.append({"prompt_id": name, "vector": vector, "truncated": False})
    return pa.Table.from_pylist(rows, schema=EMBEDDINGS.schema)


def tables(population: Population) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    prompts = [
        {
            "prompt_id": name,
            "conversation_id": f"c-{name}",
            "text": f"text of {name}",
            "language": language_of(name),
            "occurrences": 1,
            "n_chars": 9,
            "n_tokens": 3,
        }
        for name in population
    ]
    clusters = [
        {"prompt_id": name, "topic_id": topic, "probability": 1.0}
        for name, (topic, _) in population.items()
    ]
    names = sorted({topic for topic, _ in population.values()})
    topics = [
        {
            "topic_id": topic,
            "name": f"topic {topic}",
            "keywords": ["word"],
            "size": 1,
            "example_prompt_ids": [],
        }
        for topic in names
    ]
    annotations = [
        {
            "prompt_id": name,
            "annotator": "hand",
            **{c: None if score is None else place < score for place, c in enumerate(CRITERIA)},
            "quality_score": score,
            "status": "timeout" if score is None else "ok",
        }
        for name, (_, score) in population.items()
    ]
    return (
        pa.Table.from_pylist(prompts, schema=PROMPTS.schema),
        pa.Table.from_pylist(clusters, schema=CLUSTERS.schema),
        pa.Table.from_pylist(topics, schema=TOPICS.schema),
        pa.Table.from_pylist(annotations, schema=ANNOTATIONS.schema),
    )


def draw(
    population: Population, given: dict[str, Any] | None = None, **values: Any
) -> tuple[dict[str, str], dict[int, dict[str, Any]], Silent]:
    """Reasons by prompt, topic scores by topic, and what was told.

    The population is too small for defaults that adapt to thousands of prompts.
    """
    values = {"max_share": 1, "min_score_floor": None, **values}
    observe = Silent()
    made = sample(
        *tables(population),
        vectors_of(population),
        settings=SampleSettings(**values),
        observe=observe,
        **(given or {}),
    )
    selection = made["selection"].to_pylist()
    assert {row["prompt_id"] for row in selection if row["selected"]} == set(
        made["questions"]["question_id"].to_pylist()
    )
    reasons = {row["prompt_id"]: row["reason"] for row in selection}
    return reasons, {row["topic_id"]: row for row in made["topic_scores"].to_pylist()}, observe


def chosen(reasons: dict[str, str]) -> set[str]:
    return {name for name, reason in reasons.items() if reason == "selected"}


#: Topic 0: scores 7 6 2, mean 5. Topic 1: 6 1, mean 3.5. Topic 2: 5 5, none at 6. Noise: a 7.
SMALL: Population = {
    "a7": (0, 7),
    "a6": (0, 6),
    "a2": (0, 2),
    "b6": (1, 6),
    "b1": (1, 1),
    "c5": (2, 5),
    "c5b": (2, 5),
    "lost": (0, None),
    "noise7": (-1, 7),
}


def test_every_prompt_has_the_first_rule_that_stopped_it() -> None:
    reasons, _, _ = draw(
        SMALL, min_score=6, min_cluster_score=5, per_cluster=1, pick_prompts="best"
    )
    assert reasons == {
        "a7": "selected",
        "a6": "enough_from_topic",
        "a2": "below_min_score",
        "b6": "topic_below_min_cluster_score",
        "b1": "below_min_score",
        "c5": "below_min_score",
        "c5b": "below_min_score",
        "lost": "no_score",
        "noise7": "noise",
    }


def test_topic_scores_ignore_failed_annotations() -> None:
    _, scores, _ = draw(SMALL, min_score=6)
    assert scores[0]["mean_score"] == 5
    assert (scores[0]["scored"], scores[0]["eligible"], scores[0]["picked"]) == (3, 2, 2)
    assert scores[0]["hard_share"] == pytest.approx(2 / 3)
    assert scores[1]["mean_score"] == 3.5
    assert scores[2]["reason"] == "topic_has_none_eligible"
    assert scores[-1]["reason"] == "noise"


def test_a_topic_without_any_score_has_no_mean() -> None:
    _, scores, _ = draw({"x": (0, None), "y": (1, 6)}, min_cluster_score=1)
    assert (scores[0]["mean_score"], scores[0]["hard_share"]) == (None, None)
    assert scores[0]["reason"] == "topic_below_min_cluster_score"


def test_the_mean_is_taken_before_or_after_the_prompt_filter() -> None:
    before, _, _ = draw(SMALL, min_score=6, min_cluster_score=5.5, mean_over="all")
    after, _, _ = draw(SMALL, min_score=6, min_cluster_score=5.5, mean_over="eligible")
    assert chosen(before) == set()
    assert chosen(after) == {"a7", "a6", "b6"}


def test_a_cluster_mean_on_the_threshold_is_enough() -> None:
    assert chosen(draw(SMALL, min_score=6, min_cluster_score=5)[0]) == {"a7", "a6"}


def test_noise_is_a_topic_where_it_is_asked_for() -> None:
    assert "noise7" in chosen(draw(SMALL, min_score=6, noise="include")[0])


def test_the_paper_preset_says_that_fewer_topics_were_there() -> None:
    _, _, observe = draw(SMALL, min_score=6, min_cluster_score=5, per_cluster=2, clusters=250)
    assert observe.notes == [
        "2 questions instead of the 500 asked for: 4 prompts have a score of 6 or more; kept out: "
        "1 noise, 1 topic_below_min_cluster_score",
        "1 topic could be drawn, not the 250 asked for",
    ]


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("paper", {"a7", "a6"}),  # topic 0 has a mean of exactly 5; topic 2 as well, but no 6
        ("two-stage", set()),  # no topic has a mean of 6
        ("readme", {"a7", "a6", "b6"}),  # means of 3 and more: topic 1 opens, too
        ("wildchat", {"a7", "a6", "b6"}),  # the best 125 topics: all that have a 6
    ],
)
def test_presets_choose_what_was_worked_out_by_hand(preset: str, expected: set[str]) -> None:
    values = load_config(preset).sample.model_dump()
    assert chosen(draw(SMALL, **values)[0]) == expected


def test_the_best_clusters_are_those_with_the_highest_mean() -> None:
    reasons, _, _ = draw(SMALL, min_score=5, clusters=2, per_cluster=9, pick_clusters="best")
    assert chosen(reasons) == {"a7", "a6", "c5", "c5b"}
    assert reasons["b6"] == "topic_not_drawn"


def test_the_target_is_dealt_one_prompt_a_topic() -> None:
    population = {f"t{t}-{n}": (t, 7 - n) for t in range(3) for n in range(3)}
    reasons, _, _ = draw(population, min_score=5, per_cluster=None, target=4, pick_prompts="best")
    picked = Counter(name.split("-")[0] for name in chosen(reasons))
    assert sorted(picked.values()) == [1, 1, 2]
    assert {f"t{t}-0" for t in range(3)} <= chosen(reasons)


def test_the_threshold_goes_down_only_as_far_as_its_floor_and_says_so() -> None:
    reasons, _, observe = draw(SMALL, min_score=7, min_score_floor=5, per_cluster=2, target=5)
    assert chosen(reasons) == {"a7", "a6", "b6", "c5", "c5b"}
    assert observe.notes == [
        "the threshold goes down from a score of 7 to 5: fewer prompts can be drawn above than the "
        "5 asked for (1 at 7, 3 at 6)"
    ]
    assert observe.figures["threshold"] == 5


def test_the_target_is_at_most_a_share_of_the_prompts() -> None:
    population = {f"p{n}": (n % 4, 7) for n in range(40)}
    reasons, _, observe = draw(population, target=500, max_share=0.1, per_cluster=None)
    assert len(chosen(reasons)) == 4
    assert observe.notes == []


def test_no_eligible_prompt_gives_an_empty_benchmark_and_a_sentence() -> None:
    reasons, _, observe = draw({"x": (0, 1)}, min_score=6, target=10, per_cluster=1)
    assert chosen(reasons) == set()
    assert observe.notes == [
        "0 questions instead of the 10 asked for: 0 prompts have a score of 6 or more"
    ]


POPULATIONS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=6),
    st.tuples(st.integers(-1, 5), st.one_of(st.none(), st.integers(0, 7))),
    min_size=1,
    max_size=40,
)


@given(POPULATIONS, st.integers(0, 5), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_row_order_never_matters_and_limits_hold(
    population: Population, seed: int, shuffle: random.Random
) -> None:
    values = {"seed": seed, "min_score": 4, "per_cluster": 2, "clusters": 3}
    reasons, scores, _ = draw(population, **values)
    items = list(population.items())
    shuffle.shuffle(items)
    assert draw(dict(items), **values)[0] == reasons
    assert set(reasons) == set(population)
    picked = Counter(population[name][0] for name in chosen(reasons))
    assert len(picked) <= 3
    assert all(count <= 2 for count in picked.values())
    assert all((population[name][1] or 0) >= 4 for name in chosen(reasons))
    assert sum(row["picked"] for row in scores.values()) == len(chosen(reasons))


@given(POPULATIONS, st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_a_prompt_elsewhere_changes_no_lot(population: Population, seed: int) -> None:
    """Adding prompts to a topic of their own leaves the draw inside the others as it was."""
    values = {"seed": seed, "min_score": 4, "per_cluster": 2}
    before = chosen(draw(population, **values)[0])
    after = chosen(draw({**population, "zzzzzzz": (99, 7)}, **values)[0])
    assert after - {"zzzzzzz"} == before


STRATEGIES = ("per-cluster", "proportional", "score-weighted", "diverse")


@given(
    POPULATIONS,
    st.sampled_from(STRATEGIES),
    st.integers(0, 5),
    st.integers(1, 20),
    st.randoms(use_true_random=False),
)
@settings(max_examples=120, deadline=None)
def test_every_strategy_keeps_its_limits_whatever_the_row_order(
    population: Population, strategy: str, seed: int, target: int, shuffle: random.Random
) -> None:
    values: dict[str, Any] = {
        "strategy": strategy,
        "seed": seed,
        "min_score": 3,
        "target": target,
        "noise": "include",
        "max_similarity": 0.99,
        "at_most": {"language": {"en": 0.5, "ja": 2}, "topic": {"1": 1, "topic 2": 2, "*": 5}},
    }
    reasons, scores, observe = draw(population, **values)
    items = list(population.items())
    shuffle.shuffle(items)
    assert draw(dict(items), **values)[0] == reasons
    assert set(reasons) == set(population)
    picked = chosen(reasons)
    languages = Counter(language_of(name) for name in picked)
    topics = Counter(population[name][0] for name in picked)
    assert len(picked) <= target
    assert languages["en"] <= target / 2
    assert languages["ja"] <= 2
    assert topics[1] <= 1
    assert topics[2] <= 2
    assert max(topics.values(), default=0) <= 5
    angles = [sum(map(ord, name)) % 12 for name in picked]
    assert len(angles) == len(set(angles))  # the same place on the circle is the same question
    assert (len(picked) < target) == any("instead of the" in note for note in observe.notes)
    assert {t: row["picked"] for t, row in scores.items() if row["picked"]} == topics


def test_minimums_are_drawn_first_and_a_shortfall_is_said() -> None:
    population = {f"{'x' * (n % 3 + 3)}{n}": (n % 4, 7) for n in range(9)}
    german = [name for name in population if language_of(name) == "de"]
    values: dict[str, Any] = {"target": 4, "at_least": {"language": {"de": len(german) + 1}}}
    reasons, _, observe = draw(population, min_score=6, **values)
    assert len(chosen(reasons)) == 4
    asked, there = len(german) + 1, sum(language_of(n) == "de" for n in chosen(reasons))
    assert there == min(4, len(german))
    assert f"{there} questions of language 'de', not the {asked} asked for" in observe.notes


def test_a_person_decides_and_a_veto_wins() -> None:
    given_lists = {
        "included": {"a2": "keep.txt", "c-lost": "keep.txt", "a7": "keep.txt", "gone": "keep.txt"},
        "vetoed": {"a7": "veto.jsonl: names a person"},
    }
    reasons, scores, observe = draw(SMALL, given_lists, min_score=6)
    assert reasons["a2"] == reasons["lost"] == "must_include"
    assert reasons["a7"] == "veto"
    assert scores[0]["picked"] == 3  # a2, lost, and a6 by its score
    assert observe.notes[0] == (
        "1 of 4 ids in the `sample.must_include` files belong to no prompt of this run; the first "
        "is gone"
    )
    assert observe.notes[-1] == (
        "1 that must be included is not: veto; a7 (veto.jsonl: names a person)"
    )


def test_long_prompts_are_left_out() -> None:
    reasons, _, _ = draw(SMALL, min_score=6, max_tokens=2)
    assert chosen(reasons) == set()
    assert reasons["a7"] == "too_long"
    assert reasons["lost"] == "no_score"


def test_near_duplicates_in_the_selection_name_each_other() -> None:
    observe = Silent()
    population = {"ab": (0, 7), "ba": (1, 7), "ac": (1, 7)}
    settings_ = SampleSettings(
        max_share=1, max_similarity=0.95, target=3, min_score=6, min_score_floor=None
    )
    made = sample(*tables(population), vectors_of(population), settings=settings_, observe=observe)
    rows = {row["prompt_id"]: row for row in made["selection"].to_pylist()}
    turned_down = [row for row in rows.values() if row["reason"] == "near_duplicate"]
    assert len(turned_down) == 1
    other = "ab" if turned_down[0]["prompt_id"] == "ba" else "ba"
    assert turned_down[0]["detail"] == f"cosine 1.000 with {other}"
    assert observe.notes == [
        "2 questions instead of the 3 asked for: 3 prompts have a score of 6 or more; kept out: "
        "1 near_duplicate"
    ]


def test_prompts_that_nobody_was_asked_about_count_with_what_is_expected() -> None:
    """A cascade asks about the promising ones only: their mean would flatter the topic."""
    prompts, clusters, topics, annotations = tables({"a": (0, 7), "b": (0, None)})
    rows = annotations.to_pylist()
    rows[1] |= {"status": "not_asked"} | {f"p_{c}": 1 / 7 for c in CRITERIA}
    observe = Silent()
    made = sample(
        prompts,
        clusters,
        topics,
        pa.Table.from_pylist(rows, schema=ANNOTATIONS.schema),
        settings=SampleSettings(max_share=1, target=1, min_cluster_score=4),
        observe=observe,
    )
    assert made["topic_scores"]["mean_score"].to_pylist() == [pytest.approx(4)]
    reasons = dict(
        zip(*(made["selection"][c].to_pylist() for c in ("prompt_id", "reason")), strict=True)
    )
    assert reasons == {"a": "selected", "b": "not_asked"}
    assert "1 prompts that no annotator was asked about" in observe.notes[-1]
