"""Games before referees: who gets to see which, and a row for every one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import pyarrow as pa

from benchbuilder.judging.games import Game, obstacle
from benchbuilder.judging.outcome import Outcome
from benchbuilder.judging.stopping import STOPPED, TopK, blocks_of
from benchbuilder.observe import Observer
from benchbuilder.schemas import JUDGMENTS
from benchbuilder.text.counting import count_of

#: Decides games whose two answers are there, one outcome each, in their order.
Referee = Callable[[Sequence[Game]], list[Outcome]]

_GAMES_AT_ONCE = 1024


def play_all(
    games: list[Game], referees: Mapping[str, Referee], observe: Observer
) -> Iterator[pa.RecordBatch]:
    """Batches of ``schemas.JUDGMENTS``: all games before one referee after the other.

    Figure: ``statuses`` (games by status).
    """
    statuses: Counter[str] = Counter()
    done = 0
    for name, referee in referees.items():
        for start in range(0, len(games), _GAMES_AT_ONCE):
            batch = games[start : start + _GAMES_AT_ONCE]
            outcomes = _outcomes(batch, referee)
            statuses.update(outcome.status for outcome in outcomes)
            done += len(batch)
            observe.progress(done, len(games) * len(referees))
            yield _batch(batch, name, outcomes)
    observe.figure("statuses", dict(sorted(statuses.items())))


def play_until_out(
    games: list[Game],
    name: str,
    referee: Referee,
    top_k: TopK,
    questions_at_once: int,
    observe: Observer,
) -> Iterator[pa.RecordBatch]:
    """Batches of ``schemas.JUDGMENTS``, block by block; a model that is out plays no further.

    Its games that were not played have the status ``stopped``. Figures: ``statuses`` (games by
    status) and ``stopped`` (questions judged, by model that is out).
    """
    statuses: Counter[str] = Counter()
    done = 0
    for block in blocks_of(games, questions_at_once):
        playing = [game for game in block if game.model.model not in top_k.stopped]
        outcomes = _outcomes(playing, referee)
        played = _batch(playing, name, outcomes)
        yield played
        left_out = [game for game in block if game.model.model in top_k.stopped]
        if left_out:
            why = f"certainly not among the best {top_k.top}"
            yield _batch(left_out, name, [Outcome(STOPPED, detail=why)] * len(left_out))
        statuses.update({STOPPED: len(left_out)})
        statuses.update(outcome.status for outcome in outcomes)
        top_k.look([played])
        done += len(block)
        observe.progress(done, len(games))
    observe.figure("statuses", {key: n for key, n in sorted(statuses.items()) if n})
    observe.figure("stopped", dict(sorted(top_k.stopped.items())))
    observe.note(_told_stopped(top_k, statuses[STOPPED], len(games)))


def _told_stopped(top_k: TopK, left_out: int, games: int) -> str:
    """What stopping saved, and what it cost in width."""
    saved = f"{left_out:,} of {count_of(games, 'game')} ({left_out / games:.0%}) not played"
    out = f"judge.stop: {count_of(len(top_k.stopped), 'model')} certainly not among the best "
    said = f"{out}{top_k.top}, {saved}"
    widths = top_k.widths()
    if widths is None:
        return said
    sequential, whole = (100 * width for width in widths)
    told = f"{said}; their sequential intervals are {sequential:.1f} points wide on average"
    return f"{told}, where all games would have given about {whole:.1f}" if whole else told


def _batch(games: Sequence[Game], judge_name: str, outcomes: Sequence[Outcome]) -> pa.RecordBatch:
    rows = [
        game.key() | {"judge": judge_name} | outcome._asdict()
        for game, outcome in zip(games, outcomes, strict=True)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=JUDGMENTS.schema)


def _outcomes(games: Sequence[Game], referee: Referee) -> list[Outcome]:
    """One outcome per game; the referee sees only those that can be played."""
    hindrances = [obstacle(game) for game in games]
    ready = [game for game, hindrance in zip(games, hindrances, strict=True) if hindrance is None]
    played = iter(referee(ready))
    return [
        next(played) if hindrance is None else Outcome(hindrance.status, detail=hindrance.detail)
        for hindrance in hindrances
    ]
