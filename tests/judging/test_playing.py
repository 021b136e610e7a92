"""Games before referees."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from benchbuilder.judging.games import Contender, Game
from benchbuilder.judging.outcome import Outcome
from benchbuilder.judging.playing import play_all, play_until_out
from benchbuilder.judging.stopping import TopK
from benchbuilder.observe import Silent


def games(models: Sequence[str], questions: int, *, hole: str | None = None) -> list[Game]:
    yes, base = {"text": "yes", "status": "ok"}, Contender("base", {"text": "no", "status": "ok"})
    return [
        Game(
            {"question_id": f"q{n:03}"},
            Contender(model, None if model == hole and n == 0 else yes),
            base,
            0,
            0,
            number,
        )
        for model in models
        for n in range(questions)
        for number in (1, 2)
    ]


class Fixed:
    """Lets the model win or lose by its name; counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, played: Sequence[Game]) -> list[Outcome]:
        self.asked += len(played)
        return [Outcome("ok", self._verdict(game)) for game in played]

    def _verdict(self, game: Game) -> str:
        on_a, wins = game.number == 2, game.model.model.startswith("good")
        return "A>B" if on_a == wins else "B>A"


def test_a_hole_never_reaches_a_referee() -> None:
    referee, observe = Fixed(), Silent()
    batches = play_all(games(["m", "good"], 3, hole="m"), {"j": referee, "k": referee}, observe)
    rows = pa.Table.from_batches(list(batches)).to_pylist()
    assert len(rows) == 2 * 2 * 3 * 2
    assert referee.asked == len(rows) - 4
    assert observe.figures["statuses"] == {"missing_answer": 4, "ok": 20}
    assert [row["judge"] for row in rows] == ["j"] * 12 + ["k"] * 12


def test_models_that_are_out_are_asked_no_further_and_every_game_has_its_row() -> None:
    models = ["good1", "good2", *(f"bad{n}" for n in range(4))]
    referee, observe = Fixed(), Silent()
    top_k = TopK("top-2", baseline="base", planned=100)
    played = games(models, 100)
    batches = list(play_until_out(played, "j", referee, top_k, 25, observe))
    rows = pa.Table.from_batches(batches).to_pylist()
    assert len(rows) == len(played) == 1200
    assert set(top_k.stopped) == {f"bad{n}" for n in range(4)}
    assert observe.notes[0].startswith(
        "judge.stop: 4 models certainly not among the best 2, 600 of 1,200 games (50%) not played; "
        "their sequential intervals are "
    )
    assert observe.figures["stopped"] == dict.fromkeys(sorted(top_k.stopped), 25)
    assert referee.asked == 2 * 200 + 4 * 50
    assert observe.figures["statuses"] == {"ok": 600, "stopped": 600}
    stopped = [row for row in rows if row["status"] == "stopped"]
    assert {row["verdict"] for row in stopped} == {None}
    assert {row["detail"] for row in stopped} == {"certainly not among the best 2"}
