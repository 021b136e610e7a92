"""Whatever a file holds, ingest answers with tables that add up or with an error of ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchbuilder.errors import BenchBuilderError
from benchbuilder.sources import SOURCES
from benchbuilder.sources.conversation import Conversation, Unusable
from benchbuilder.sources.records import Broken, read_records
from tests.stages.test_ingest import DUMPS, check_books, run_files

_NAMES = """
conversation_id conversation model turn language openai_moderation toxic timestamp role
content from value conversations items mapping current_node message parent children author
parts text prompt instruction input output question_id turns model_a model_b conversation_a
full_conversation message_id parent_id replies message_tree_id traceId type request response
messages choices resourceSpans scopeSpans spans spanId attributes key gen_ai.input.messages
gen_ai.prompt.0.content data rows row row_idx categories flagged user model_side_a system
id weight metadata
"""
FIELDS = st.sampled_from(_NAMES.split()) | st.text(max_size=6)
MINIATURES = sorted(DUMPS.iterdir())

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=25,
)


def read_anything(path: Path) -> None:
    """Whatever the file holds: tables that add up, or an error of ours."""
    try:
        tables, observe = run_files([path])
    except BenchBuilderError as error:
        assert str(error)
    else:
        check_books(tables, observe)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(FIELDS, json_values, max_size=6), min_size=1, max_size=6))
def test_random_records_never_break_a_format(records: list[dict[str, Any]]) -> None:
    for source in SOURCES:
        for record in records:
            assert isinstance(source.parse(record), Conversation | Unusable)


ODD_VALUES = (None, True, 0, -1.5, 10**40, "", "{", "[]", [], [[]], [None, {}], {}, {"type": []})


def with_odd_values(value: Any) -> Iterator[Any]:
    """The value with each of its parts, at any depth, replaced by each odd value."""
    yield from ODD_VALUES
    for place in places(value):
        for odd in with_odd_values(value[place]):
            changed = copy.copy(value)
            changed[place] = odd
            yield changed


def places(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value
    return range(len(value)) if isinstance(value, list) else ()


@pytest.mark.parametrize("path", MINIATURES, ids=lambda path: path.name)
def test_no_value_at_any_place_of_a_record_breaks_a_format(path: Path) -> None:
    for record in read_records(path):
        if isinstance(record.content, Broken):
            continue
        fields = frozenset(record.content)
        for source in [source for source in SOURCES if source.recognises(fields)]:
            for changed in with_odd_values(dict(record.content)):
                if isinstance(changed, dict):
                    assert isinstance(source.parse(changed), Conversation | Unusable)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.data())
def test_random_files_never_give_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / data.draw(
        st.sampled_from(
            ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt", "a.parquet", "a.arrow", "a.jsonl.gz"]
        )
    )
    kind = data.draw(st.sampled_from(["bytes", "json", "mutated"]))
    if kind == "bytes":
        path.write_bytes(data.draw(st.binary(max_size=300)))
    elif kind == "json":
        records = data.draw(st.lists(st.dictionaries(FIELDS, json_values, max_size=6), max_size=5))
        joint = data.draw(st.sampled_from(["\n", ",", ""]))
        path.write_text(joint.join(json.dumps(record) for record in records))
    else:
        mutated = bytearray(data.draw(st.sampled_from(MINIATURES)).read_bytes())
        for _ in range(data.draw(st.integers(1, 8))):
            place = data.draw(st.integers(0, len(mutated) - 1))
            mutated[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=5))
        path.write_bytes(bytes(mutated))
    read_anything(path)
