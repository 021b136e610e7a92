"""Topics of an earlier run go on: in July there are June's topics, new prompts and a new topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from benchbuilder.clustering.earlier import EarlierTopics
from benchbuilder.observe import Silent
from benchbuilder.schemas import CENTROIDS, TOPICS
from benchbuilder.settings import ClusterSettings
from benchbuilder.stages.cluster import cluster
from tests.stages.test_cluster import WORDS


class Month(NamedTuple):
    """What clustering found, with the groups that the prompts were drawn from."""

    tables: dict[str, pa.Table]
    observe: Silent
    groups: dict[str, int]

    def topic_of(self) -> dict[str, int]:
        columns = (self.tables["clusters"][name].to_pylist() for name in ("prompt_id", "topic_id"))
        return dict(zip(*columns, strict=True))

    def ids_of(self, group: int) -> set[int]:
        topics = self.topic_of()
        return {topics[prompt] for prompt, at in self.groups.items() if at == group}

    def names(self) -> dict[int, tuple[str, str]]:
        rows = self.tables["topics"].to_pylist()
        return {row["topic_id"]: (row["name"], row["name_source"]) for row in rows}

    def earlier(self, *, comparable: bool = True) -> EarlierTopics:
        return EarlierTopics(self.tables["centroids"], self.tables["clusters"], comparable)


def month(
    sizes: Mapping[str, tuple[int, ...]],
    before: EarlierTopics | None = None,
    words: tuple[str, ...] = WORDS,
    **settings: Any,
) -> Month:
    """``sizes``: prompts of each group by the month in which they were written."""
    ids, texts, vectors, groups = [], [], [], {}
    for written, counts in sizes.items():
        draw = np.random.default_rng(sum(map(ord, written)))
        for group, count in enumerate(counts):
            vectors.append(np.eye(40)[group] * 4 + draw.normal(size=(count, 40)) * 0.3)
            for number in range(count):
                ids.append(f"{written} {group} {number}")
                texts.append(f"{words[group]} {written} {number}")
                groups[ids[-1]] = group
    flat = np.concatenate(vectors)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat.astype(np.float32).reshape(-1)), 40)
    observe = Silent()
    found = cluster(
        pa.table({"prompt_id": ids, "text": texts, "language": ["en"] * len(ids)}),
        pa.table({"prompt_id": ids, "vector": column}),
        settings=ClusterSettings(**settings),
        earlier=before,
        observe=observe,
    )
    assert found["topics"].schema == TOPICS.schema
    assert found["centroids"].schema == CENTROIDS.schema
    return Month(found, observe, groups)


JUNE = {"june": (60, 40, 50)}


@pytest.fixture(scope="module")
def june() -> Month:
    return month(JUNE)


@pytest.mark.parametrize("how", ["assign", "match"])
def test_topics_keep_their_ids_and_names_and_new_ones_come_after(june: Month, how: str) -> None:
    """The new group is the largest of all and still gets the last number."""
    july = month(JUNE | {"july": (20, 40, 5, 80)}, june.earlier(), earlier=how)
    for group in range(3):
        assert july.ids_of(group) == june.ids_of(group)
    assert july.ids_of(3) == {3}
    names = july.names()
    assert {t: names[t] for t in range(3)} == {
        topic: (name, "earlier") for topic, (name, _) in june.names().items()
    }
    assert names[3][1] == "keywords"
    assert set(names[3][0].split(", ")) >= {"tax", "returns"}
    assert july.tables["topics"]["topic_id"].to_pylist() == [0, 1, 2, 3]
    assert july.tables["topics"]["size"].to_pylist() == [80, 55, 80, 80]


def test_who_stayed_who_joined_and_how_sure(june: Month) -> None:
    july = month(JUNE | {"july": (20, 40, 5, 80)}, june.earlier())
    assert july.observe.figures["kept_their_topic"] == 150
    assert july.observe.figures["joined_a_topic"] in range(58, 66)
    sure = july.tables["clusters"]["probability"].to_pylist()
    before = june.tables["clusters"]["probability"].to_pylist()
    assert sure[:150] == before
    assert all(0 < p <= 1 for p in sure[150:])
    assert np.median(sure[150:215]) > 0.99
    vectors = [t.tables["centroids"]["vector"].to_pylist() for t in (june, july)]
    assert vectors[1][:3] == vectors[0]


def test_a_topic_without_prompts_comes_back(june: Month) -> None:
    july = month({"july": (30, 0, 30)}, june.earlier())
    gone = june.ids_of(1)
    assert set(july.names()) == {0, 1, 2} - gone
    assert july.tables["topics"].num_rows == 2
    assert set(july.tables["centroids"]["topic_id"].to_pylist()) == {0, 1, 2}
    august = month({"august": (0, 10, 10)}, july.earlier())
    assert august.ids_of(1) == gone
    assert august.names()[next(iter(gone))] == (june.names()[next(iter(gone))][0], "earlier")


def test_the_name_of_a_topic_without_prompts_is_given_to_no_other(june: Month) -> None:
    """Words of June's group 1 come in July from another direction: one day both have prompts."""
    gone = june.names()[next(iter(june.ids_of(1)))][0]
    july = month({"july": (30, 0, 30, 40)}, june.earlier(), words=(*WORDS[:3], WORDS[1]))
    names = [name for name, _ in july.names().values()]
    assert gone in june.tables["centroids"]["name"].to_pylist()
    assert len(names) == 3
    assert gone not in names


@pytest.mark.parametrize("prompts", [1, 3, 10])
def test_a_few_prompts_join(june: Month, prompts: int) -> None:
    july = month({"july": (0, prompts)}, june.earlier())
    assert july.ids_of(1) == june.ids_of(1)
    assert july.tables["topics"].num_rows == 1


@pytest.mark.parametrize(("policy", "expected"), [("nearest", {0}), ("drop", {-1}), ("keep", {-1})])
def test_a_few_prompts_that_fit_nowhere_are_noise(
    june: Month, policy: str, expected: set[int]
) -> None:
    july = month({"july": (0, 0, 0, 4)}, june.earlier(), noise=policy)
    assert july.observe.figures["noise_share"] == 1
    assert july.ids_of(3) <= ({0, 1, 2} if policy == "nearest" else expected)


@pytest.mark.parametrize("how", ["assign", "match"])
def test_vectors_of_another_encoder_tell_nothing_and_shared_prompts_do(
    june: Month, how: str
) -> None:
    other = june.earlier(comparable=False)
    july = month(JUNE | {"july": (5, 5, 5, 80)}, other, earlier=how)
    for group in range(3):
        assert july.ids_of(group) == june.ids_of(group)
    alone = month({"july": (60, 40, 50)}, other, earlier=how)
    assert set(alone.names()) == {3, 4, 5}
    # A vector of another space can bring no topic back; its number stays taken.
    rows = alone.tables["centroids"].to_pylist()
    assert {row["topic_id"] for row in rows} == {0, 1, 2, 3, 4, 5}
    assert {row["topic_id"] for row in rows if row["vector"]} == {3, 4, 5}


@pytest.mark.parametrize("how", ["assign", "match"])
def test_the_number_of_a_topic_that_ended_is_given_to_no_other(june: Month, how: str) -> None:
    """The topic with the last number ends with its encoder, in a month that brings no new one."""
    last = max(june.names())
    sizes = tuple(0 if june.ids_of(group) == {last} else 60 for group in range(3))
    july = month({"june": sizes}, june.earlier(comparable=False), earlier=how)
    assert set(july.names()) == {0, 1, 2} - {last}
    august = month({"june": sizes, "august": (0, 0, 0, 80)}, july.earlier(), earlier=how)
    assert august.ids_of(3) == {last + 1}
    assert august.names()[last + 1][1] == "keywords"
    # Months later, and after another encoder once more, it is still taken.
    other = month({"october": (60, 40, 50)}, august.earlier(comparable=False), earlier=how)
    assert set(other.names()) == {last + 2, last + 3, last + 4}
    assert set(other.tables["centroids"]["topic_id"].to_pylist()) == set(range(last + 5))


def test_the_number_and_name_of_an_area_that_ended_are_given_to_no_other() -> None:
    june = month({"june": (60, 40)}, areas=2)
    other = june.earlier(comparable=False)
    july = month({"july": (0, 0, 60, 60)}, other, areas=2)
    before, now = (
        {(row["area_id"], row["area"]) for row in m.tables["topics"].to_pylist()}
        for m in (june, july)
    )
    assert {area for area, _ in before} == {0, 1}
    assert {area for area, _ in now} == {2, 3}
    assert {name for _, name in before}.isdisjoint(name for _, name in now)


def test_after_another_encoder_a_third_run_reads_vectors_of_one_width(june: Month) -> None:
    wide = june.tables["centroids"]
    lists = pa.array([[*vector, 0.0, 0.0] for vector in wide["vector"].to_pylist()])
    place = wide.schema.get_field_index("vector")
    wide = wide.set_column(place, "vector", lists).cast(CENTROIDS.schema)
    other = EarlierTopics(wide, june.tables["clusters"], comparable=False)
    july = month({"june": (60, 0, 50), "july": (0, 0, 0, 80)}, other)
    august = month({"august": (10, 0, 10, 10)}, july.earlier())
    for group in (0, 2, 3):
        assert august.ids_of(group) == july.ids_of(group)


def test_a_second_run_on_the_same_prompts_changes_nothing(june: Month) -> None:
    again = month(JUNE, june.earlier())
    assert again.topic_of() == june.topic_of()
    assert again.tables["centroids"] == june.tables["centroids"]


def test_an_earlier_run_without_topics_is_no_hindrance(june: Month) -> None:
    none = EarlierTopics(CENTROIDS.schema.empty_table(), june.tables["clusters"].slice(0, 0))
    again = month(JUNE, none)
    assert again.topic_of() == june.topic_of()


def test_no_prompts_keep_the_topics(june: Month) -> None:
    nothing = cluster(
        pa.table({"prompt_id": [], "text": [], "language": []}, schema=pa.schema(
            [("prompt_id", pa.string()), ("text", pa.string()), ("language", pa.string())]
        )),
        june.tables["clusters"].slice(0, 0),
        settings=ClusterSettings(),
        earlier=june.earlier(),
        observe=Silent(),
    )  # fmt: skip
    assert nothing["centroids"] == june.tables["centroids"]
