"""Style counts, by hand and against published counts."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchbuilder.text.style import count_style


@pytest.mark.parametrize(
    ("text", "headers", "lists", "bold"),
    [
        ("plain", 0, 0, 0),
        ("# Plan\n- **one**\n- two\n1. three\n", 1, 3, 1),
        ("###### deep\n####### too deep\n#hashtag", 1, 0, 0),
        ("**a** and __b__ but ** not ** this*", 0, 0, 3),
        ("```md\n# not a header\n- not an item\n**no**\n```\n# yes", 1, 0, 0),
        ("~~~\n# no\n~~~\n- yes", 0, 1, 0),
        ("````\n```\n# no\n```\n````\n# yes", 1, 0, 0),
        ("```python\n# never closed\n- x", 0, 0, 0),
        ("  ```\n# no\n  ```\n* yes\n+ yes", 0, 2, 0),
        ("use ```inline``` fences\n# yes", 1, 0, 0),
    ],
)
def test_markdown_counts(text: str, headers: int, lists: int, bold: int) -> None:
    assert count_style(text)[1:4] == (headers, lists, bold)


@pytest.mark.parametrize(
    ("text", "ordered", "code_blocks"),
    [
        ("1. one\n2. two\n- three", 2, 0),
        ("```\n1. no\n```\n~~~sh\nls\n~~~\n10. yes", 1, 2),
        ("```python\n# never closed", 0, 1),
        ("use ```inline``` fences", 0, 0),
    ],
)
def test_ordered_items_and_code_blocks(text: str, ordered: int, code_blocks: int) -> None:
    assert count_style(text)[4:] == (ordered, code_blocks)


def test_counts_agree_with_published_ones(shared: Path) -> None:
    """Answers without code, where nothing has to be left out: 98.5 % equal."""
    table = pq.read_table(shared / "data/answers/arena_hard_answers.parquet").to_pylist()
    plain = [row for row in table if "```" not in row["text"] and "~~~" not in row["text"]]
    ours = [count_style(row["text"]) for row in plain]
    assert len(plain) > 1500
    for name, published in (("headers", "headers"), ("lists", "list_items"), ("bold", "bolds")):
        pairs = zip(ours, plain, strict=True)
        differ = sum(getattr(style, name) != row[published] for style, row in pairs)
        assert differ <= 0.015 * len(plain), name
