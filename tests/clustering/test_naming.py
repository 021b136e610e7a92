"""Scripted namers that give too few names, too many, none, the same one, and ones too long."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from benchbuilder.clustering.naming import Group, Namer, name_groups
from benchbuilder.errors import ConfigError
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Silent
from benchbuilder.resources import template_path

TEMPLATE = template_path("name-topic").read_text(encoding="utf-8")
GROUPS = {
    0: Group(["bread", "oven"], ["how to bake bread?"]),
    1: Group(["chess", "pawn"], ["best chess opening?"]),
    2: Group(["sql", "join"], ["explain a left join"]),
}


class Model:
    """Answers the n-th request with the n-th text; a text that starts with ``!`` is a status."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.requests: list[Request] = []

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        completions = []
        for request in requests:
            self.requests.append(request)
            text = self.texts.pop(0)
            if text.startswith("!"):
                completions.append(Completion(request.id, text[1:]))
                continue
            reason = accept(text)
            status = "ok" if reason is None else "parse_error"
            completions.append(Completion(request.id, status, text, detail=reason))
        return completions[::-1]  # matched by id, not by place


def named(model: Model | None, groups: dict[int, Group] = GROUPS) -> tuple[list[str], Silent]:
    observe = Silent()
    namer = None if model is None else Namer(model, TEMPLATE)
    found = name_groups(groups, namer, observe)
    assert list(found) == list(groups)
    names = [name for name, _ in found.values()]
    assert len({name.casefold() for name in names}) == len(names)
    return [f"{name} ({source})" for name, source in found.values()], observe


def test_without_a_model_keywords_are_names() -> None:
    found, observe = named(None)
    assert found == ["bread, oven (keywords)", "chess, pawn (keywords)", "sql, join (keywords)"]
    assert observe.notes == []


def test_a_model_names_topics() -> None:
    model = Model('{"name": "Baking bread"}', "Chess openings", '{"name": "SQL joins"}')
    found, observe = named(model)
    assert found == ["Baking bread (namer)", "Chess openings (namer)", "SQL joins (namer)"]
    assert observe.notes == []
    assert observe.figures == {"topics_named": 3}
    system, user = (message["content"] for message in model.requests[0].messages)
    begin, end = re.findall(r"^(?:BEGIN|END) EXAMPLES ([0-9a-f]{16})$", user, re.MULTILINE)
    assert begin == end
    assert begin in system
    assert "how to bake bread?" in user.split(begin)[1]
    assert "bread, oven" in user
    assert model.requests[0].schema is not None


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('{"name": ""}', "no name"),
        ('{"name": ["Baking", "Bread"]}', "several names"),
        ("Baking\nBread\nOvens", "several names"),
        ("the prompts in this group are about the baking of bread", "too long"),
        ('{"name": "Bak', "the JSON object is broken or cut"),
        ("!truncated", "truncated"),
        ("!server_error", "server error"),
        ("!content_filter", "content filter"),
    ],
)
def test_a_bad_name_is_one_topic_by_keywords(bad: str, reason: str) -> None:
    found, observe = named(Model(bad, "Chess openings", "SQL joins"))
    assert found == ["bread, oven (keywords)", "Chess openings (namer)", "SQL joins (namer)"]
    assert observe.notes == [
        "1 of 3 topics are called by their keywords, because the namer gave no usable name: "
        f"1 × {reason}"
    ]


def test_a_name_given_twice_is_asked_for_again_and_told_that_it_is_taken() -> None:
    model = Model("Questions of taste", "questions of Taste", "SQL joins", "Chess openings")
    found, observe = named(model)
    assert found == ["Questions of taste (namer)", "Chess openings (namer)", "SQL joins (namer)"]
    assert [request.id for request in model.requests] == ["0", "1", "2", "1"]
    assert "taken: Questions of taste" in model.requests[3].messages[1]["content"]
    assert "taken: none" in model.requests[1].messages[1]["content"]
    assert observe.notes == []


def test_the_same_name_again_and_again() -> None:
    found, observe = named(Model(*["Chat"] * 5))
    assert found == ["Chat (namer)", "chess, pawn (keywords)", "sql, join (keywords)"]
    assert "2 × the name of another" in observe.notes[0]


def test_three_names_for_five_topics() -> None:
    groups = GROUPS | {3: Group(["tax", "law"], ["?"]), 4: Group(["verbs"], ["?"])}
    found, observe = named(Model("Baking", "", "SQL joins", "Taxes", ""), groups)
    assert [name.partition(" (")[2] for name in found] == [
        "namer)", "keywords)", "namer)", "namer)", "keywords)"
    ]  # fmt: skip
    assert observe.notes[0].startswith("2 of 5 topics are called by their keywords")


def test_a_model_that_says_nothing() -> None:
    found, observe = named(Model("", "", ""))
    assert found == ["bread, oven (keywords)", "chess, pawn (keywords)", "sql, join (keywords)"]
    assert "3 × no name" in observe.notes[0]


def test_keywords_give_way_to_the_names_of_a_model() -> None:
    found, _ = named(Model("chess, pawn", "", "SQL joins"))
    assert found == ["chess, pawn (namer)", "chess, pawn (1) (keywords)", "SQL joins (namer)"]


def test_earlier_names_stay_and_noise_has_none() -> None:
    groups = {-1: Group(["what"], ["?"]), 0: Group(["bread"], ["?"], "Baking"), 1: GROUPS[1]}
    model = Model("baking", "Chess openings")
    found, _ = named(model, groups)
    assert found == ["outliers (keywords)", "Baking (earlier)", "Chess openings (namer)"]
    assert [request.id for request in model.requests] == ["1", "1"]


def test_a_template_without_a_fence_is_refused() -> None:
    with pytest.raises(ConfigError, match="fence"):
        name_groups(GROUPS, Namer(Model(), "# user\n{{examples}}"), Silent())
