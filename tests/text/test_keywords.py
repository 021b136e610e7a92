from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchbuilder.text import keywords
from benchbuilder.text.keywords import count_terms, terms, topic_names


def topic_keywords(prompts: Sequence[tuple[int, str, str]], count: int) -> dict[int, list[str]]:
    """Of prompts (topic, text, language)."""
    topics = dict.fromkeys(topic for topic, _, _ in prompts)
    counts = count_terms(
        (topic, [terms(text, language) for t, text, language in prompts if t == topic])
        for topic in topics
    )
    return keywords.topic_keywords(counts, count)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("What's the C++ equivalent of C# LINQ?", "en", ["c++", "equivalent", "c#", "linq"]),
        ("if (x != 3) { return foo_bar; } // 42", "en", ["return", "foo", "bar"]),
        ("see https://example.org/a?b=c now", "en", []),
        ("¿Cómo puedo hacer una paella?", "es", ["paella"]),
        ("Was ist der Unterschied zwischen Nomen", "de", ["unterschied", "nomen"]),
        ("don't state-of-the-art", "en", ["state-of-the-art"]),
        ("", "unknown", []),
    ],
)
def test_terms_leave_out_stop_words_links_numbers_and_signs(
    text: str, language: str, expected: list[str]
) -> None:
    assert terms(text, language) == set(expected)


def test_a_stop_word_of_one_language_is_a_word_in_another() -> None:
    assert "die" not in terms("die Katze", "de")
    assert "die" in terms("why do stars die", "en")


@pytest.mark.parametrize(
    ("language", "prompts", "expected"),
    [
        ("zh", ["机器学习中的过拟合怎么解决", "什么是机器学习?", "请解释机器学习"], "机器学习"),
        ("ja", ["東京のラーメン屋を教えて", "ラーメンの作り方", "おいしいラーメン"], "ラーメン"),
        ("ko", ["머신러닝 모델을 설명해줘", "머신러닝 학습", "머신러닝 기초"], "머신러닝"),
        ("ru", ["Как приготовить борщ", "Борщ без мяса", "рецепт борщ"], "борщ"),
    ],
)
def test_keywords_in_many_scripts(language: str, prompts: list[str], expected: str) -> None:
    other = [(1, "plan a trip to Rome", "en"), (1, "a trip to Paris", "en")]
    found = topic_keywords([*((0, text, language) for text in prompts), *other], 4)
    assert found[0][0] == expected
    assert len(found[0]) <= 4  # and not one token for each prompt
    assert not any(len(word) > 8 for word in found[0])


def test_words_of_every_topic_weigh_less_than_words_of_one() -> None:
    prompts = [
        *[(0, f"short story about a dragon number {n}", "en") for n in range(5)],
        *[(1, f"short story about a robot number {n}", "en") for n in range(5)],
    ]
    found = topic_keywords(prompts, 3)
    assert found[0][0] == "dragon"
    assert found[1][0] == "robot"


def test_one_long_listing_does_not_name_a_topic() -> None:
    prompts = [(0, "xyzzy " * 200 + "bread", "en"), (0, "bread rolls", "en"), (0, "bread", "en")]
    assert topic_keywords(prompts, 3)[0] == ["bread"]


def test_forms_of_one_word_count_once() -> None:
    prompts = [(0, "poem poems", "en"), (0, "poems poem rhyme", "en"), (0, "rhyme", "en")]
    assert len(topic_keywords(prompts, 5)[0]) == 2


def test_a_topic_of_one_prompt_and_one_without_words() -> None:
    found = topic_keywords([(0, "quantum gravity", "en"), (1, "??? 42", "en")], 3)
    assert sorted(found[0]) == ["gravity", "quantum"]
    assert found[1] == []


def test_order_of_the_prompts_changes_nothing() -> None:
    prompts = [(n % 2, f"apple pear plum {n}", "en") for n in range(6)]
    assert topic_keywords(prompts, 3) == topic_keywords(prompts[::-1], 3)


def test_words_of_groups_are_counted_in_topics() -> None:
    """One large topic about jam says less of its group than bread, which stands in two topics."""
    prompts = [["bread", "oven"], ["bread", "flour"], ["jam"], ["chess"]]
    sizes = (2, 2, 90, 2)
    counts = count_terms(enumerate([[set(p)] * n for p, n in zip(prompts, sizes, strict=True)]))
    groups = counts.of_groups({0: 0, 1: 0, 2: 0, 3: 1})
    assert groups.topics[0] == {"bread": 2, "oven": 1, "flour": 1, "jam": 1}
    assert sorted(groups.topics) == [0, 1]
    assert keywords.topic_keywords(groups, 1) == {0: ["bread"], 1: ["chess"]}


def test_names_are_unique() -> None:
    words = {
        -1: ["x", "y"],
        0: ["a", "b", "c", "d"],
        1: ["a", "b", "c", "e"],
        2: ["a", "b", "c"],
        3: [],
        4: ["a"],
    }
    assert topic_names(words) == {
        -1: "outliers",
        0: "a, b, c",
        1: "a, b, c, e",
        2: "a, b, c (2)",
        3: "topic 3",
        4: "a",
    }


def test_names_that_are_taken_are_left_to_others() -> None:
    assert topic_names({7: ["a", "b"], 8: []}, ["A, B", "area 8"], "area") == {
        7: "a, b (7)",
        8: "area 8 (8)",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mark's and the LLM’s", {"mark", "llm"}),
        ("l'été d’une", {"été", "une"}),
        ("what's, it’s, don't, you'll", set()),
    ],
)
def test_what_stands_behind_an_apostrophe_is_cut(text: str, expected: set[str]) -> None:
    assert terms(text, "en") == expected
