"""Rows of Arena-Hard's files as its scripts demand them, by version.

Both versions hold the same: a question as one prompt, an answer with the counts of its style, a
judgment with both games of a pair. The names of the fields differ, and what stands for a gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from benchbuilder.judging.prompts import question_text

Row = dict[str, Any]
Fields = Mapping[str, Any]

#: 2.0 looks up the baseline and the judge's prompt by category, and shows no other than the first.
_MAIN_CATEGORY = "hard_prompt"
_CATEGORIES = (_MAIN_CATEGORY, "creative_writing")
_CATEGORY_V01 = "arena-hard-v0.1"


class RowForms(NamedTuple):
    """A question; an answer (row, question); a judgment (question, its games by number)."""

    question: Callable[[Fields], Row]
    answer: Callable[[Fields, Fields], Row]
    judgment: Callable[[Fields, Sequence[Fields]], Row]


def _question(question: Fields) -> Row:
    return {
        "uid": question["question_id"],
        "category": _category(question),
        "subcategory": question["topic"] or question["category"] or "",
        "prompt": question_text(question),
    }


def _question_v01(question: Fields) -> Row:
    return {
        "question_id": question["question_id"],
        "category": _CATEGORY_V01,
        "cluster": question["topic"] or question["category"] or "",
        "turns": [{"content": question_text(question)}],
    }


def _category(question: Fields) -> str:
    category = question["category"]
    return category if category in _CATEGORIES else _MAIN_CATEGORY


def _answer(row: Fields, question: Fields) -> Row:
    said = {"answer": row["text"]} | ({"thought": row["thinking"]} if row["thinking"] else {})
    return {
        "uid": row["question_id"],
        "ans_id": _answer_id(row),
        "model": row["model"],
        "messages": [
            {"role": "user", "content": question_text(question)},
            {"role": "assistant", "content": said},
        ],
        "tstamp": 0,  # the export is the same whenever it is made
        "metadata": _style(row),
    }


def _answer_v01(row: Fields, question: Fields) -> Row:
    turn = {"content": row["text"], "token_len": row["tokens"] or 0}
    return {
        "question_id": question["question_id"],
        "answer_id": _answer_id(row),
        "model_id": row["model"],
        "choices": [{"index": 0, "turns": [turn]}],
        "tstamp": 0,
        "conv_metadata": _style(row),
    }


def _answer_id(row: Fields) -> str:
    identity = "\0".join((row["question_id"], row["model"], row["text"]))
    return hashlib.sha256(identity.encode()).hexdigest()[:22]


def _style(row: Fields) -> Row:
    """Their scripts take the first count as the length, and add up the parts of the others."""
    items, ordered = row["lists"] or 0, row["ordered_lists"]
    parts = {"all": items} if ordered is None else {"ordered": ordered}
    return {
        "token_len": row["tokens"] or 0,
        "header_count": {"all": row["headers"] or 0},
        "list_count": parts if ordered is None else parts | {"unordered": items - ordered},
        "bold_count": {"all": row["bold"] or 0},
    }


def _judgment(question: Fields, games: Sequence[Fields]) -> Row:
    first, of_number = games[0], {game["game"]: game for game in games}
    return {
        "uid": first["question_id"],
        "category": _category(question),
        "judge": first["judge"],
        "model": first["model"],
        "baseline": first["baseline"],
        "games": [_game(of_number[n]) if n in of_number else None for n in (1, 2)],
    }


def _game(game: Fields) -> Row:
    return {"score": game["verdict"], "judgment": {"answer": game["text"] or ""}}


def _judgment_v01(question: Fields, games: Sequence[Fields]) -> Row:
    first, of_number = games[0], {game["game"]: game for game in games}
    return {
        "question_id": question["question_id"],
        "model": first["model"],
        "judge": first["judge"],
        "games": [_game_v01(of_number.get(n, {})) for n in (1, 2)],
    }


def _game_v01(game: Fields) -> Row:
    """0.1 asks each game for its score: one that is not there has none."""
    return {"user_prompt": "", "judgment": game.get("text") or "", "score": game.get("verdict")}


V2 = RowForms(_question, _answer, _judgment)
V01 = RowForms(_question_v01, _answer_v01, _judgment_v01)
