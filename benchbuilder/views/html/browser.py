"""The browser of judgments: a small page, an index of all games, and texts in chunks that are
loaded when they are read. Chunks are scripts, since a page opened from a disk may load nothing
else. The page shows every text as text; markup in an answer stays what it is, characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.judging.structured import readable
from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.views.html.page import render_template, script_json

Row = dict[str, Any]

#: Characters of text in one chunk; a question with all its answers is never split.
CHUNK_CHARS = 400_000
#: In place of a level where a game has no verdict, or was not played.
NO_VERDICT, NOT_PLAYED = -1, -2
TIE = VERDICTS.index("A=B")
_RECORD = ("model", "answer_sample", "baseline", "judge", "judge_sample")


def write_browser(
    judgments: pa.Table,
    answers: pa.Table | None,
    questions: pa.Table | None,
    folder: Path,
    *,
    name: str,
) -> Path:
    """Write the browser into ``folder`` (chunks of an earlier one are replaced); returns its page.

    ``name``: what is judged, for the title.
    """
    (folder / "games").mkdir(parents=True, exist_ok=True)
    for old in (folder / "games").glob("[0-9]*.js"):
        old.unlink()
    index = _Index()
    number, size = 0, 0
    chunk: list[Row] = []
    for question in _questions(judgments, answers, questions):
        index.add(question, number)
        chunk.append(question)
        size += _characters(question)
        if size > CHUNK_CHARS:
            _write_chunk(folder, number, chunk)
            number, chunk, size = number + 1, [], 0
    if chunk:
        _write_chunk(folder, number, chunk)
    written = f"loadIndex({script_json(index.document())});\n"
    (folder / "index.js").write_text(written, encoding="utf-8")
    page = folder / "index.html"
    page.write_text(render_template("browser.html.j2", {"name": name}), encoding="utf-8")
    return page


class _Index:
    """What the list of games needs. Per question: id, topic and the number of its chunk. Per
    record (an answer and a judge): who, and how its two games ended for the model (0: a clear win
    … 4: a clear loss). Records are columns, since there may be a hundred thousand."""

    def __init__(self) -> None:
        self._questions: list[tuple[str, str | None, int]] = []
        self._names: dict[str, dict[str, int]] = {"models": {}, "judges": {}}
        self._columns: dict[str, list[int]] = {
            name: [] for name in ("question", "model", "baseline", "judge", "first", "second")
        }

    def add(self, question: Row, chunk: int) -> None:
        for record in question["records"]:
            levels = {game["game"]: game["level"] for game in record["games"]}
            for name, value in (
                ("question", len(self._questions)),
                ("model", self._code("models", record["model"])),
                ("baseline", self._code("models", record["baseline"])),
                ("judge", self._code("judges", record["judge"])),
                ("first", levels.get(1, NOT_PLAYED)),
                ("second", levels.get(2, NOT_PLAYED)),
            ):
                self._columns[name].append(value)
        self._questions.append((question["id"], question["topic"], chunk))

    def document(self) -> Row:
        names = {kind: list(codes) for kind, codes in self._names.items()}
        return {"questions": self._questions, **names, **self._columns}

    def _code(self, kind: str, name: str) -> int:
        return self._names[kind].setdefault(name, len(self._names[kind]))


def _questions(
    judgments: pa.Table, answers: pa.Table | None, questions: pa.Table | None
) -> Iterator[Row]:
    """Every judged question with its answers and games, in the order of the question table."""
    asked = {row["question_id"]: row for row in questions.to_pylist()} if questions else {}
    given = _answers_by_question(answers)
    games: dict[str, list[Row]] = {}
    for row in judgments.to_pylist():
        games.setdefault(row["question_id"], []).append(row)
    order = {question: place for place, question in enumerate(asked)}
    for question_id in sorted(games, key=lambda i: (order.get(i, len(order)), i)):
        row = asked.get(question_id, {})
        played = games[question_id]
        models = {game["model"] for game in played} | {game["baseline"] for game in played}
        turns = row.get("turns") or ([row["text"]] if row.get("text") else [])
        yield {
            "id": question_id,
            "topic": row.get("topic"),
            "category": row.get("category"),
            "system": row.get("system"),
            "turns": turns,
            "answers": [a for a in given.get(question_id, ()) if a["model"] in models],
            "records": _records(played),
        }


def _answers_by_question(answers: pa.Table | None) -> Mapping[str, list[Row]]:
    kept = ("model", "sample", "text", "thinking", "status", "tokens")
    found: dict[str, list[Row]] = {}
    for row in answers.to_pylist() if answers else ():
        answer = {name: row[name] for name in kept}
        found.setdefault(row["question_id"], []).append(answer)
    return found


def _records(played: list[Row]) -> list[Row]:
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for game in played:
        grouped.setdefault(tuple(game[name] for name in _RECORD), []).append(game)
    return [
        {
            **dict(zip(_RECORD, key, strict=True)),
            "games": [_game(game) for game in sorted(grouped[key], key=lambda g: g["game"])],
        }
        for key in sorted(grouped)
    ]


def _game(game: Row) -> Row:
    kept = ("game", "answer_a", "answer_b", "verdict", "preference", "status", "detail", "text")
    shown = {name: game[name] for name in kept}
    return {**shown, "text": game["text"] and readable(game["text"]), "level": _level(game)}


def _level(game: Row) -> int:
    """The verdict from the model's side; game 2 has it on side A (see ``schemas.JUDGMENTS``).

    A judge that gives a preference in place of a verdict says who wins, not how clearly.
    """
    preference = game["preference"]
    if game["verdict"] is None:
        if preference is None:
            return NO_VERDICT
        return TIE + int(preference < 0.5) - int(preference > 0.5)
    level = VERDICTS.index(game["verdict"])
    return level if game["game"] == 2 else len(VERDICTS) - 1 - level


def _characters(question: Row) -> int:
    texts = [answer["text"] for answer in question["answers"]]
    texts += [answer["thinking"] for answer in question["answers"]]
    texts += [game["text"] for record in question["records"] for game in record["games"]]
    return sum(len(text) for text in [*texts, *question["turns"]] if text)


def _write_chunk(folder: Path, number: int, chunk: list[Row]) -> None:
    path = folder / "games" / f"{number:04d}.js"
    path.write_text(f"loadChunk({number},{script_json(chunk)});\n", encoding="utf-8")
