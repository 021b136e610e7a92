"""Tables on narrow terminals: what is shown can be read."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from benchbuilder.views.fitted import Fitted, middle_cut

ROWS = [("a-model-with-a-long-name-2024", "51.2%", 500, 321), ("another", "48.8%", 500, 298)]
TABLE = Fitted("Board", ("model", "rate", "n", "tokens"), ROWS, "model", ("tokens", "n"))


def printed(width: int, table: Fitted = TABLE) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width).print(table)
    return file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("width", "header"),
    [
        (120, "model rate n tokens"),
        (45, "model rate n tokens"),
        (36, "model rate n"),
        (28, "model rate"),
        (20, "model rate"),
    ],
)
def test_columns_go_before_a_name_is_cut_short(width: int, header: str) -> None:
    lines = printed(width)
    assert lines[0] == "Board"
    assert " ".join(lines[2].split()) == header
    name, rate = lines[4].split()[:2]
    assert name == middle_cut(str(ROWS[0][0]), len(name))
    assert rate == "51.2%"
    assert max(map(len, lines)) <= width
    assert ("…" in name) == (width < 120)


def test_a_cell_is_never_broken_over_two_lines() -> None:
    assert {len(printed(width)) for width in range(20, 90, 7)} == {len(printed(120))}


def test_no_rows_are_an_empty_table() -> None:
    assert "model" in "".join(printed(40, Fitted("None", ("model", "n"), [], "model")))


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("short", 5, "short"),
        ("claude-3-5-sonnet-20241022", 16, "claude-3-5…41022"),
        ("two\nlines", 20, "two lines"),
    ],
)
def test_both_ends_of_a_name_stay(text: str, width: int, cut: str) -> None:
    assert middle_cut(text, width) == cut
    assert len(cut) <= width
