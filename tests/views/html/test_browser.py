from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.views.html import browser
from tests.views.html.games import BASELINE, NASTY_MODEL, games
from tests.views.html.outline import Outline


def argument(path: Path) -> Any:
    """The JSON that a chunk or the index hands to its function."""
    text = path.read_text(encoding="utf-8")
    inner = text[text.index("(") + 1 : text.rindex(");")]
    return json.loads(inner.split(",", 1)[1] if path.parent.name == "games" else inner)


def test_every_game_is_there_and_joined_by_id(played: dict[str, pa.Table], tmp_path: Path) -> None:
    page = browser.write_browser(
        played["judgments"], played["answers"], played["questions"], tmp_path, name="june"
    )
    assert page == tmp_path / "index.html"
    index = argument(tmp_path / "index.js")
    assert len(index["model"]) == 5 * 30 * 2, "models x questions x judges"
    assert len(index["questions"]) == 30
    chunks = [argument(path) for path in sorted((tmp_path / "games").iterdir())]
    questions = {q["id"]: q for chunk in chunks for q in chunk}
    record = 0
    for place, (question_id, topic, _) in enumerate(index["questions"]):
        question = questions[question_id]
        assert question["topic"] == topic
        assert {a["model"] for a in question["answers"]} >= {BASELINE, NASTY_MODEL}
        for found in question["records"]:
            assert index["question"][record] == place
            assert index["models"][index["model"][record]] == found["model"]
            assert index["judges"][index["judge"][record]] == found["judge"]
            assert index["first"][record] == found["games"][0]["level"]
            assert index["second"][record] == found["games"][1]["level"]
            record += 1
    assert record == len(index["model"])


@pytest.mark.parametrize(
    ("game", "verdict", "preference", "level"),
    [
        (1, "A>>B", None, 4),
        (2, "A>>B", None, 0),
        (1, "B>A", None, 1),
        (2, "A=B", None, 2),
        (1, None, None, browser.NO_VERDICT),
        (1, None, 0.9, 1),
        (2, None, 0.5, 2),
        (2, None, 0.1, 3),
    ],
)
def test_levels_are_from_the_models_side(
    game: int, verdict: str | None, preference: float | None, level: int
) -> None:
    row = {"game": game, "verdict": verdict, "preference": preference}
    assert browser._level(row) == level


def test_texts_come_in_chunks(
    played: dict[str, pa.Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "CHUNK_CHARS", 5000)
    tables = (played["judgments"], played["answers"], played["questions"])
    browser.write_browser(*tables, tmp_path, name="june")
    names = [path.name for path in sorted((tmp_path / "games").iterdir())]
    assert len(names) > 5
    assert names[0] == "0000.js"
    monkeypatch.undo()
    browser.write_browser(*tables, tmp_path, name="june")
    assert len(list((tmp_path / "games").iterdir())) == 1, "chunks of before are gone"


def test_markup_ends_no_script_and_is_no_markup(
    played: dict[str, pa.Table], tmp_path: Path
) -> None:
    tables = (played["judgments"], played["answers"], played["questions"])
    browser.write_browser(*tables, tmp_path, name="<script>1</script>")
    for path in [tmp_path / "index.js", *(tmp_path / "games").iterdir()]:
        assert "<" not in path.read_text(encoding="utf-8")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<script>1" not in page
    assert "innerHTML" not in page
    assert Outline(page).unclosed == []


def test_without_answers_and_questions_the_games_are_there(tmp_path: Path) -> None:
    judgments = games(models=2, questions=3)["judgments"]
    browser.write_browser(judgments, None, None, tmp_path, name="june")
    (chunk,) = [argument(path) for path in (tmp_path / "games").iterdir()]
    assert [question["turns"] for question in chunk] == [[], [], []]
    assert len(argument(tmp_path / "index.js")["model"]) == 6
