"""``report`` on several benchmarks: the paper's table from scores and from judgments."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run
from tests.cli.test_benchmark import json_of, text_of

DEMO = demo_path()
JUDGMENTS, RANKING = DEMO / "judgments.jsonl", DEMO / "author_rankings.tsv"

RATING, HUMAN = ("rating", "lower", "upper"), ("rating", "lo", "hi")

#: Separability, agreement by our closed rule and by the authors' recorded one, Spearman.
PAPER = {
    "alpaca_lc": ("87.89%", "87.93%", "87.29%", "0.8782"),
    "alpaca": ("71.05%", "79.60%", "79.10%", "0.7579"),
    "arena_hard": ("84.21%", "91.38%", "90.40%", "0.9323"),
    "mt_bench": ("36.32%", "69.83%", "69.49%", "0.8932"),
}


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    lines = [",".join(rows[0]), *[",".join(map(str, row.values())) for row in rows]]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def paper(shared: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The authors' data as a table of scores and a ranking."""
    given = json.loads((shared / "reference" / "arena_hard_paper_metrics.json").read_text())
    of = {"score": "score", "lower": "lower", "upper": "upper"}
    of |= {"mean": "boot_mean", "variance": "boot_var"}
    scores = [
        {"benchmark": name, "model": model} | {c: found[key][i] for c, key in of.items()}
        for name, found in given["benchmarks"].items()
        for i, model in enumerate(given["models"])
    ]
    ranking = [
        {"model": m} | {c: given["human"][k][i] for c, k in zip(RATING, HUMAN, strict=True)}
        for i, m in enumerate(given["models"])
    ]
    return write_csv(tmp_path / "scores.csv", scores), write_csv(tmp_path / "arena.csv", ranking)


def test_the_table_of_the_paper(paper: tuple[Path, Path]) -> None:
    scores, human = paper
    shown = text_of("report", scores, "--human", human, "--human-name", "Chatbot Arena")
    assert "4 benchmarks and the Chatbot Arena on the 20 models" in shown
    cells = {line[:24].strip(): line[24:].split() for line in shown.splitlines()}
    rows = ("separability", "half credit", "authors' recorded", "Spearman")
    for place, figures in enumerate(PAPER.values()):
        assert tuple(cells[name][place] for name in rows) == figures
    assert max(map(len, shown.splitlines())) <= 80


def test_the_json_keeps_every_digit(paper: tuple[Path, Path], shared: Path) -> None:
    scores, human = paper
    document = json_of("report", scores, "--human", human)
    given = json.loads((shared / "reference" / "arena_hard_paper_metrics.json").read_text())
    for found in document["benchmarks"]:
        expected = given["expected"][found["name"]]
        assert found["separability"]["share"] == pytest.approx(expected["separability"], abs=1e-12)
        assert found["brier"] == pytest.approx(expected["brier"], abs=1e-9)
        assert found["spearman"]["value"] == pytest.approx(expected["spearman"], abs=1e-9)
        assert found["cost_usd"] is None


def test_judgments_beside_scores_from_elsewhere(tmp_path: Path) -> None:
    models = ("demo-strong", "demo-solid", "demo-verbose", "demo-terse")
    scores = write_csv(
        tmp_path / "elsewhere.csv",
        [
            {"model": m, "score": 9 - i, "lower": 8.5 - i, "upper": 9.4 - i, "questions": 80}
            for i, m in enumerate(models)
        ],
    )
    document = json_of("report", JUDGMENTS, scores, JUDGMENTS, "--human", RANKING)
    assert [b["name"] for b in document["benchmarks"]] == [
        "judgments", "elsewhere", "judgments (2)"
    ]  # fmt: skip
    first, elsewhere, again = document["benchmarks"]
    assert set(document["models"]) == set(models) & set(document["models"]) != set()
    assert elsewhere["questions"] == 80
    assert first["questions"] == 60
    assert {**first, "name": ""} == {**again, "name": ""}
    assert "demo-baseline" in document["not_compared"]["judgments"]


def test_the_questions_beside_judgments_are_what_coverage_is_measured_on(tmp_path: Path) -> None:
    shutil.copy(DEMO / "questions.jsonl", tmp_path / "questions.jsonl")
    games = JUDGMENTS.read_text().splitlines()
    ids = sorted({json.loads(game)["question_id"] for game in games})[:30]
    kept = [game for game in games if json.loads(game)["question_id"] in ids]
    (tmp_path / "judgments.jsonl").write_text("\n".join(kept) + "\n")
    done = run("report", tmp_path, JUDGMENTS, code=3)
    assert f"{tmp_path.name}: coverage is below 95% for" in done.stderr


def test_without_a_ranking_only_what_needs_none_is_shown() -> None:
    shown = text_of("report", JUDGMENTS, JUDGMENTS)
    assert "on the 7 models" in shown
    assert "Spearman" not in shown
    assert "With --human" in shown
