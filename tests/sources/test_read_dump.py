"""The miniature dumps in ``dumps/``: each is read by detection alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.errors import ConfigError, InputError
from benchbuilder.observe import Silent
from benchbuilder.settings import IngestSettings
from benchbuilder.sources import Conversation, Row, Unusable, read_dump
from benchbuilder.sources.conversation import prompt_position

DUMPS = Path(__file__).parent / "dumps"

#: file: (format, one entry for each row: its prompt, None for no prompt, or the reason in <>)
EXPECTED: dict[str, tuple[str, list[str | None]]] = {
    "lmsys.jsonl": (
        "lmsys",
        [
            "How do I fold a fitted sheet without losing my mind?",
            "Name three stars a sailor steers by.",
            "Warum ist der Himmel am Abend rot und mittags blau?",
            "half a smile \ud83d and a null \x00 in one prompt",
            "A threat that nobody needs to read here.",
            None,
            None,
            "how do i fold a fitted sheet  without losing my mind",
            "<bad_row>",
            "<bad_row>",
        ],
    ),
    "wildchat.jsonl": (
        "wildchat",
        [
            "Write a limerick about a bridge inspector.",
            "Explique-moi la différence entre une écluse et un barrage.",
            "Write a limerick about a bridge inspector.",
            "[Name_1] <anonymized> asked me to translate <|endoftext|> into Welsh. Can you?",
            None,
        ],
    ),
    "wildchat_4_8m.jsonl": (
        "wildchat",
        [
            "Prove that the square root of 3 is irrational.",
            "What would a lighthouse keeper put in a 1890 log book?",
        ],
    ),
    "arena_33k.json": (
        "chatbot-arena",
        [
            "What is the difference between OpenCL and CUDA?",
            "Something a classifier did not like at all.",
        ],
    ),
    "arena_55k.csv": (
        "chatbot-arena",
        [
            'Is it morally right to try\nto have a certain percentage of "seats" filled by lot?',
            "Plain text that is no list, with a comma",
            "<bad_row>",
        ],
    ),
    "arena_100k.jsonl": (
        "chatbot-arena",
        ["Derive the drag equation by dimensional analysis.", "<bad_row>"],
    ),
    "arena_140k.jsonl": (
        "chatbot-arena",
        [
            "Compare three ways to store session tokens in a browser.",
            "What breed is this dog?\nIt is three years old.",
            "<bad_row>",
        ],
    ),
    "sharegpt.json": (
        "sharegpt",
        [
            "Summarise the whole argument in two sentences.",
            "How to tell if a customer segment is well segmented?",
            None,
            None,
        ],
    ),
    "oasst.jsonl": (
        "oasst",
        [
            "Can you write a short introduction about the relevance of the term monopsony?",
            "<not_a_root>",
            "<not_a_root>",
            "<deleted>",
            "¿Cuáles son los síntomas de la falta de vitamina D en invierno?",
        ],
    ),
    "oasst_trees.jsonl": (
        "oasst",
        ["Which moss grows on north walls, and why there?", "<bad_row>"],
    ),
    "chatgpt_export.json": (
        "chatgpt-export",
        [
            "My starter smells of acetone. Is it dead?",
            "What is wrong with the wiring in this photo of my fuse box?",
            "Round and round and round we go",
            "<bad_row>",
        ],
    ),
    "arena_hard_v0.1.jsonl": (
        "arena-hard",
        ["Write a folk tune in ABC notation for a slow march.", None],
    ),
    "arena_hard_v2.0.jsonl": (
        "arena-hard",
        ["Optimise this SQL query that joins nine tables on text keys."],
    ),
    "mt_bench.jsonl": ("arena-hard", ["Compose a blog post about a trip to Hawaii."]),
    "alpaca.json": (
        "alpaca",
        [
            "Give three tips for staying awake at sea.",
            "Classify the animal.\n\nA newt with gills",
            None,
        ],
    ),
    "langfuse_observations.csv": (
        "langfuse",
        [
            "My boiler shows E119, what now?",
            "<no_generation>",
            "Write the opening hours as a table, please.",
            "<no_generation>",
        ],
    ),
    "langfuse_traces.json": (
        "langfuse",
        [
            "Can I return a cut-to-length curtain rail?",
            "Which drill bit for glazed tiles?",
            "<bad_row>",
        ],
    ),
    "gateway.jsonl": (
        "gateway-log",
        [
            "Which river is this?\nIt flows through Vienna.",
            "Find me a novel set in a lighthouse.",
            "<no_generation>",
            "How long do I boil beets of the size of a fist?",
            "gone",
        ],
    ),
    "litellm.jsonl": (
        "gateway-log",
        ["Draft a notice that the lift is out of order until May."],
    ),
    "openai_batch.jsonl": ("gateway-log", ["The mill burned down in the spring of 1871."]),
    "otlp.jsonl": (
        "otel",
        [
            "Do these boots run small or large?",
            "<no_generation>",
            "What hat goes with a long winter coat?",
        ],
    ),
    "otel_spans.jsonl": ("otel", ["List the verbs in my last three mails."]),
    "plain.jsonl": (
        "plain",
        [
            "What is a good name for a cat that hates names?",
            None,
            "not\nmessages",
            "<bad_row>",
            "<bad_row>",
            None,
            "A row whose text stands in another field than the others do.",
            "May I park here on Sundays?",
        ],
    ),
    "prompts.txt": (
        "plain",
        [
            "Why do cats knead blankets before they sleep?",
            "How do I descale a kettle with lemon juice?",
            "last line without an end, still a prompt",
        ],
    ),
    "prompts.tsv": (
        "plain",
        ["Where does the snail keep its teeth?", 'A "quoted"\tcell\nover two lines'],
    ),
}


def rows_of(*names: str, **settings: Any) -> list[Row]:
    paths = [DUMPS / name for name in names]
    return list(read_dump(paths, IngestSettings(**settings), Silent()))


def told(row: Row) -> str | None:
    if isinstance(row.content, Unusable):
        return f"<{row.content.reason}>"
    position = prompt_position(row.content.turns)
    return None if position is None else row.content.turns[position].content


def conversation(name: str, place: int) -> Conversation:
    content = rows_of(name)[place].content
    assert isinstance(content, Conversation)
    return content


def test_every_miniature_is_expected() -> None:
    assert {path.name for path in DUMPS.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_miniature_is_read_by_detection_alone(name: str) -> None:
    source, prompts = EXPECTED[name]
    rows = rows_of(name)
    assert {row.source for row in rows} == {source}
    assert [told(row) for row in rows] == prompts


def test_a_named_format_reads_the_same() -> None:
    assert rows_of("wildchat.jsonl", format="wildchat") == rows_of("wildchat.jsonl")


def test_ids_are_strings_and_never_retyped() -> None:
    assert [row.content.source_id for row in rows_of("lmsys.jsonl")][:3] == ["00012", "1e5", "NaN"]
    assert [row.content.source_id for row in rows_of("prompts.tsv")] == ["007", "008"]
    assert rows_of("mt_bench.jsonl")[0].content.source_id == "81"


@pytest.mark.parametrize(
    ("name", "place", "time"),
    [
        ("wildchat.jsonl", 0, datetime(2023, 4, 9, 0, 2, 53, tzinfo=UTC)),
        ("wildchat.jsonl", 1, datetime(2023, 4, 9, 0, 26, 40, tzinfo=UTC)),
        ("wildchat.jsonl", 2, datetime(2023, 4, 9, 0, 26, 40, 123456, tzinfo=UTC)),
        ("wildchat.jsonl", 3, datetime(2023, 4, 9, 0, 2, 53, tzinfo=UTC)),
        ("wildchat_4_8m.jsonl", 1, datetime(2024, 11, 3, tzinfo=UTC)),
        ("arena_140k.jsonl", 1, datetime(2025, 6, 1, 10, tzinfo=UTC)),
        ("otlp.jsonl", 0, datetime(2025, 3, 4, 5, 6, 7, 89000, tzinfo=UTC)),
        ("gateway.jsonl", 0, datetime(2025, 3, 4, 5, 6, 7, 89000, tzinfo=UTC)),
    ],
)
def test_times_become_one_type(name: str, place: int, time: datetime) -> None:
    assert conversation(name, place).timestamp == time


@pytest.mark.parametrize(
    ("name", "place", "flags"),
    [
        ("lmsys.jsonl", 0, ()),
        ("lmsys.jsonl", 4, ("harassment/threatening",)),
        ("wildchat.jsonl", 1, ("harassment/threatening", "toxic")),
        ("wildchat_4_8m.jsonl", 1, ("toxic",)),
        ("arena_33k.json", 1, ("toxic",)),
    ],
)
def test_flags_have_one_spelling(name: str, place: int, flags: tuple[str, ...]) -> None:
    assert conversation(name, place).flags == flags


@pytest.mark.parametrize(
    ("name", "place", "roles", "model"),
    [
        ("arena_55k.csv", 0, "user assistant user assistant", "gpt-4-1106-preview"),
        ("arena_140k.jsonl", 1, "user assistant", "m1"),
        ("oasst_trees.jsonl", 0, "user assistant", None),
        ("chatgpt_export.json", 0, "user assistant user", "gpt-4"),
        ("gateway.jsonl", 1, "system user assistant", "gpt-4o"),
        ("otlp.jsonl", 0, "system user assistant", "gpt-4o-2024-08-06"),
        ("otlp.jsonl", 2, "system user assistant", None),
        ("langfuse_observations.csv", 0, "system user assistant", "gpt-4.1-mini"),
    ],
)
def test_system_prompts_and_replies_are_kept(
    name: str, place: int, roles: str, model: str | None
) -> None:
    found = conversation(name, place)
    assert [turn.role for turn in found.turns] == roles.split()
    assert found.model == model


def test_the_best_ranked_reply_of_a_tree_is_kept() -> None:
    assert conversation("oasst_trees.jsonl", 0).turns[1].content == "Mostly Tortula."


def test_only_the_current_branch_of_an_export_is_read() -> None:
    texts = [turn.content for turn in conversation("chatgpt_export.json", 0).turns]
    assert texts == ["My starter smells of acetone. Is it dead?", "No, it is hungry.", "Thanks"]


def test_bad_rows_name_file_and_line() -> None:
    last = rows_of("lmsys.jsonl")[-1]
    assert (last.file, last.number) == ("lmsys.jsonl", 10)
    assert isinstance(last.content, Unusable)
    assert "not JSON" in (last.content.detail or "")


def test_parts_of_one_record_are_told_apart() -> None:
    assert [(row.number, row.part) for row in rows_of("otlp.jsonl")] == [(1, 1), (1, 2), (2, 1)]


def test_copies_of_a_file_have_digests_of_their_own() -> None:
    first, second = rows_of("mt_bench.jsonl", "arena_hard_v2.0.jsonl")
    assert first.file_digest != second.file_digest
    copy = list(
        read_dump([DUMPS / "mt_bench.jsonl", DUMPS / ".." / "dumps" / "mt_bench.jsonl"],
                  IngestSettings(), Silent())
    )  # fmt: skip
    assert copy[1].file_digest == f"{copy[0].file_digest}-2"


def test_files_of_several_formats_make_one_dump() -> None:
    observe = Silent()
    paths = [DUMPS / "alpaca.json", DUMPS / "prompts.txt"]
    assert len(list(read_dump(paths, IngestSettings(), observe))) == 6
    assert observe.figures["files"] == [
        {"file": "alpaca.json", "format": "alpaca", "rows": 3},
        {"file": "prompts.txt", "format": "plain", "rows": 3},
    ]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, **settings: Any) -> list[Row]:
    return list(read_dump([path], IngestSettings(**settings), Silent()))


def test_columns_are_mapped(tmp_path: Path) -> None:
    path = write(tmp_path, "log.csv", "key,was_said,prompt\n01,Why is the sea salty?,no\n")
    (row,) = read(path, text_column="was_said", id_column="key")
    assert (row.source, told(row), row.content.source_id) == (
        "mapped",
        "Why is the sea salty?",
        "01",
    )
    talk = '{"talk": [{"role": "user", "content": "Why is it salty?"}], "text": "no"}\n'
    (row,) = read(write(tmp_path, "log.jsonl", talk), conversation_column="talk")
    assert told(row) == "Why is it salty?"


def test_an_id_column_serves_every_format() -> None:
    (row,) = rows_of("mt_bench.jsonl", id_column="category")
    assert row.content.source_id == "writing"


def test_unknown_columns_say_what_was_found(tmp_path: Path) -> None:
    path = write(tmp_path, "odd.jsonl", '{"weight": 1, "height": 2}\n')
    with pytest.raises(InputError, match="height, weight") as caught:
        read(path)
    assert "--text-column" in str(caught.value.hint)
    with pytest.raises(InputError, match=r"no column 'said' among height, weight"):
        read(path, text_column="said")
    with pytest.raises(InputError, match="no column 'key'"):
        rows_of("mt_bench.jsonl", id_column="key")


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="no format 'lmsis'") as caught:
        rows_of("lmsys.jsonl", format="lmsis")
    assert "lmsys" in str(caught.value.hint)


def test_too_many_bad_rows_stop_the_reading(tmp_path: Path) -> None:
    good = '{"prompt": "Why is the sea salty?"}\n'
    path = write(tmp_path, "bad.jsonl", good + "oops\n" * 3 + good)
    assert [told(row) for row in read(path, max_bad_rows=3)][1:4] == ["<bad_row>"] * 3
    with pytest.raises(InputError, match="more than 2 rows") as caught:
        read(path, max_bad_rows=2)
    assert (caught.value.line, "max_bad_rows" in str(caught.value.hint)) == (4, True)


def test_a_file_without_a_readable_row_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of the first 2 rows") as caught:
        read(write(tmp_path, "noise.jsonl", "oops\nnoise\n"))
    assert caught.value.line == 1
    with pytest.raises(InputError, match="no rows"):
        read(write(tmp_path, "blank.jsonl", "\n\n  \n"))


def test_no_dump_at_all() -> None:
    with pytest.raises(InputError, match="no dump was given"):
        list(read_dump([], IngestSettings(), Silent()))


def test_a_record_that_is_nested_too_deeply_is_one_bad_row(tmp_path: Path) -> None:
    deep = '{"input":' * 1010 + '"Why?"' + "}" * 1010
    line = f'{{"id": "a", "traceId": "t", "input": {deep}, "output": ""}}\n'
    rows = read(write(tmp_path, "log.jsonl", line + line.replace(deep, '"Why is it so?"')))
    assert [told(row) for row in rows] == ["<bad_row>", "Why is it so?"]
