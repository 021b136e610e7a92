"""Blocks of questions, and who is still in after each."""

from __future__ import annotations

import pyarrow as pa

from benchbuilder.judging.games import Contender, Game
from benchbuilder.judging.stopping import TopK, blocks_of, stopped_models, without_stopped
from benchbuilder.schemas import JUDGMENTS


def game(question: str, model: str = "m", number: int = 1) -> Game:
    yes = {"text": "yes", "status": "ok"}
    return Game(
        {"question_id": question}, Contender(model, yes), Contender("base", yes), 0, 0, number
    )


def test_blocks_hold_all_games_of_their_questions() -> None:
    games = [game(f"q{n}", model, number) for model in "mn" for n in range(7) for number in (1, 2)]
    blocks = list(blocks_of(games, 3))
    assert [len(block) for block in blocks] == [12, 12, 4]
    assert sorted(g.name for block in blocks for g in block) == sorted(g.name for g in games)
    for block in blocks:
        asked = {g.question["question_id"] for g in block}
        assert len(block) == 4 * len(asked)


def test_the_order_depends_on_nothing_but_the_ids() -> None:
    games = [game(f"q{n}") for n in range(40)]
    one = [g.question["question_id"] for block in blocks_of(games, 40) for g in block]
    two = [g.question["question_id"] for block in blocks_of(games[::-1], 40) for g in block]
    assert one == two
    assert one != sorted(one)


def batch(model: str, verdict: str, questions: range) -> pa.RecordBatch:
    fixed = {
        "model": model,
        "answer_sample": 0,
        "baseline": "base",
        "judge": "j",
        "judge_sample": 0,
    }
    fixed |= {"game": 1, "answer_a": "base", "answer_b": model, "verdict": verdict, "status": "ok"}
    rows = [fixed | {"question_id": f"q{n}"} for n in questions]
    return pa.RecordBatch.from_pylist(rows, schema=JUDGMENTS.schema)


def test_models_that_are_out_stay_out_and_keep_their_count() -> None:
    top_k = TopK("top-1", baseline="base", planned=100)
    verdicts = {"best": "B>A", "worst": "A>B"}
    top_k.look([batch(model, verdict, range(20)) for model, verdict in verdicts.items()])
    assert top_k.stopped == {}
    top_k.look([batch(model, verdict, range(20, 40)) for model, verdict in verdicts.items()])
    assert top_k.stopped == {"worst": 40}
    top_k.look([batch("best", "A>B", range(40, 100)), batch("worst", "A>B", range(40, 60))])
    assert top_k.stopped == {"worst": 40}


def test_stopping_costs_width() -> None:
    top_k = TopK("top-1", baseline="base", planned=100)
    assert top_k.widths() is None
    top_k.look([batch("best", "B>A", range(50)), batch("worst", "A>B", range(50))])
    widths = top_k.widths()
    assert widths is not None
    sequential, whole = widths
    assert whole == 0 < sequential < 0.2, "a model that lost every game shows no error of its own"
    mixed = [batch("bad", "B>A", range(0, 50, 5)), batch("bad", "A>B", range(50, 90))]
    top_k = TopK("top-1", baseline="base", planned=200)
    top_k.look([batch("best", "B>A", range(90)), *mixed])
    widths = top_k.widths()
    assert widths is not None and widths[0] > 2 * widths[1] > 0


def test_stopped_games_can_be_told_from_those_that_failed() -> None:
    played, stopped = batch("bad", "A>B", range(3)), batch("bad", "A>B", range(3, 9)).to_pylist()
    left_out = [row | {"verdict": None, "status": "stopped"} for row in stopped]
    failed = batch("good", "A>B", range(2)).to_pylist()
    failed[0] |= {"verdict": None, "status": "refused"}
    judgments = pa.Table.from_pylist(
        [*played.to_pylist(), *left_out, *failed], schema=JUDGMENTS.schema
    )
    assert stopped_models(judgments) == {"bad": 3}
    assert without_stopped(judgments).num_rows == 5
