"""``import``: other tools' files become a run that can be reported on and judged."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run

DEMO = demo_path()


def document(*arguments: object, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code).stdout)
    return found


def write(path: Path, items: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(item) for item in items) + "\n")
    return path


def tidy(path: Path, **columns: Any) -> Path:
    games = [
        {"question_id": f"q{n}", "model": model, "baseline": "base", "order": side} | {
            name: value(n, model, side) for name, value in columns.items()}
        for n in range(30)
        for model in ("x", "y")
        for side in "AB"
    ]  # fmt: skip
    return write(path, games)


def test_tidy_verdicts_alone_make_a_report(tmp_path: Path) -> None:
    games = tidy(
        tmp_path / "games.jsonl",
        verdict=lambda n, model, side: "A>B" if (side == "A") == (n % 3 > 0) else "B>A",
    )
    folder = tmp_path / "run"
    done = document("import", "tidy", games, "--run", folder)
    assert done["rows"] == {"judgments": 120}
    board = document("report", folder)
    rates = {row["model"]: row["win_rate"] for row in board["leaderboard"]}
    assert rates == {"x": pytest.approx(2 / 3), "y": pytest.approx(2 / 3), "base": 0.5}
    assert board["judge_directed"]["reason"]
    assert board["settings"]["weighting"] == "strong3"
    run("report", folder, "--html", tmp_path / "r.html", "--browse", tmp_path / "browse")
    assert "benchbuilder report" in run("import", "tidy", games, "--run", folder).stdout
    assert document("status", folder)["stages"][-1]["stale"] == []


def test_a_second_import_takes_the_place_of_the_first_and_says_so(tmp_path: Path) -> None:
    games = tidy(tmp_path / "games.jsonl", verdict=lambda n, model, side: "A=B")
    rows = [json.loads(line) for line in games.read_text().splitlines()]
    x, y = (write(tmp_path / f"{m}.jsonl", [r for r in rows if r["model"] == m]) for m in "xy")
    folder = tmp_path / "run"
    assert document("import", "tidy", x, "--run", folder)["notes"] == []
    assert document("import", "tidy", y, "--run", folder)["notes"] == [
        "the judgments imported before are replaced, those of x with them: name all files in one "
        "command to have them together"
    ]
    assert document("import", "tidy", x, y, "--run", folder)["rows"] == {"judgments": 120}


def test_preferences_count_as_they_are_unless_they_are_ignored(tmp_path: Path) -> None:
    games = tidy(tmp_path / "games.jsonl", preference=lambda n, model, side: 0.6 + n / 100)
    run("import", "tidy", games, "--run", tmp_path / "run")
    board = document("report", tmp_path / "run")
    assert board["settings"]["weighting"] == "preference"
    rates = {row["model"]: row["win_rate"] for row in board["leaderboard"]}
    assert rates["x"] == pytest.approx(0.6 + 14.5 / 100)
    plain = document("report", tmp_path / "run", "--set", "report.preferences=ignore")
    assert plain["leaderboard"][0]["win_rate"] == 1.0
    done = run("report", tmp_path / "run", "--set", "report.resample=vote", code=1)
    assert "no votes to resample" in done.stderr


def test_arena_hards_own_folder_and_what_is_imported_twice(tmp_path: Path) -> None:
    source, folder = tmp_path / "arena", tmp_path / "run"
    write(source / "question.jsonl", [{"uid": f"q{n}", "prompt": f"Task {n}"} for n in range(4)])
    for model in ("base", "m"):
        rows = [
            {"uid": f"q{n}", "model": model, "messages": [
                {"role": "user", "content": f"Task {n}"},
                {"role": "assistant", "content": {"answer": f"{model} did {n}"}}]}
            for n in range(4)
        ]  # fmt: skip
        write(source / "model_answer" / f"{model}.jsonl", rows)
    games = [{"score": "B>A", "judgment": {"answer": "[[B>A]]"}},
             {"score": "A>B", "judgment": {"answer": "[[A>B]]"}}]  # fmt: skip
    write(source / "model_judgment" / "j" / "m.jsonl",
          [{"uid": f"q{n}", "model": "m", "judge": "j", "baseline": "base", "games": games}
           for n in range(4)])  # fmt: skip
    done = document("import", "arena-hard", source, "--run", folder)
    assert done["rows"] == {"questions": 4, "answers": 8, "judgments": 8}
    board = document("report", folder)
    assert board["leaderboard"][0] | {"model": "m", "win_rate": 1.0} == board["leaderboard"][0]
    before = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    document("import", "arena-hard", source, "--run", folder)
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == before


def test_imported_questions_and_answers_can_be_judged(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    outputs = [
        {"instruction": f"Task {n}", "output": f"{model} did {n}", "generator": model}
        for n in range(3)
        for model in ("base", "m")
    ]
    document("import", "alpaca-eval", write(tmp_path / "o.jsonl", outputs), "--run", folder)
    ids = pq.read_table(folder / "questions.parquet")["question_id"].to_pylist()
    games = [
        {"question_id": name, "model": "m", "baseline": "base", "game": number, "verdict": "A=B"}
        for name in ids
        for number in (1, 2)
    ]
    recorded = write(tmp_path / "j.jsonl", games)
    judge = ("judge", "--run", folder, "--baseline", "base", "--recorded", recorded)
    assert document(*judge)["statuses"] == {"ok": 6}
    done = run("import", "tidy", recorded, "--run", folder, code=1)
    assert "not imported" in done.stderr


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    done = run("import", "helm", tmp_path, "--run", tmp_path / "run", code=1)
    assert "alpaca-eval, arena-hard, tidy" in done.stderr
    assert not (tmp_path / "run").exists()


def published(shared: Path, name: str, **wanted: str) -> dict[str, dict[str, str]]:
    """The rows of a published table by model."""
    with (shared / "data/published" / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {r["model"]: r for r in rows if all(r[key] == value for key, value in wanted.items())}


def test_alpaca_evals_published_win_rates(shared: Path, tmp_path: Path) -> None:
    """The continuous judge: equal to its own leaderboard for all models that are on both."""
    judge = "weighted_alpaca_eval_gpt4_turbo"
    board = published(
        shared, "alpaca_eval_leaderboards.csv", leaderboard=f"data_AlpacaEval_2/{judge}_leaderboard"
    )
    judgments = pq.read_table(shared / "data/judgments/alpaca_eval_pairwise.parquet")
    pq.write_table(judgments.filter(pc.equal(judgments["judge"], judge)), tmp_path / "j.parquet")
    run("import", "tidy", tmp_path / "j.parquet", "--run", tmp_path / "run")
    found = document("report", tmp_path / "run", "--set", "report.rounds=20")
    compared = [row for row in found["leaderboard"] if row["model"] in board]
    assert len(compared) >= 57
    for row in compared:
        stated = float(board[row["model"]]["win_rate"]) / 100
        assert row["win_rate"] == pytest.approx(stated, abs=1e-9), row["model"]


def test_ko_arena_hards_published_scores_and_its_missing_game(shared: Path, tmp_path: Path) -> None:
    table = "ko_arena_hard_leaderboards.csv"
    board = published(shared, table, snapshot="20250423", control="no_control")
    games = shared / "data/judgments/ko_arena_hard_ensemble.parquet"
    done = document("import", "tidy", games, "--run", tmp_path / "run")
    assert done["rows"] == {"judgments": 76_000}
    assert done["statuses"] == {"not_recorded": 1, "ok": 75_999}
    assert "1 game not in the file: o4-mini-high" in done["notes"][0]
    found = document("report", tmp_path / "run", "--set", "report.rounds=20")
    off = {
        row["model"]: abs(100 * row["win_rate"] - float(board[row["model"]]["score"]))
        for row in found["leaderboard"]
    }
    assert len(off) == 76
    assert {model for model, points in off.items() if points > 0.00501} == {"o4-mini-high"}
    assert off["o4-mini-high"] < 0.06
    assert found["judge_health"]["by_reason"] == {"not_recorded": 1}
