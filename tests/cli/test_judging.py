"""``judge`` and ``report`` as a user runs them: the demo's recorded judgments, and bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.resources import demo_path
from tests.cli.commands import run

DEMO = demo_path()


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / name).read_text().splitlines()]


def write(path: Path, items: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(item) for item in items) + "\n")
    return path


def judge_demo(folder: Path, *more: object, code: int = 0, **files: Path) -> dict[str, Any]:
    paths = {name: files.get(name, DEMO / f"{name}.jsonl") for name in ("answers", "questions")}
    recorded = files.get("recorded", DEMO / "judgments.jsonl")
    done = run(
        "judge", paths["answers"], "--questions", paths["questions"], "--baseline",
        "demo-baseline", "--judge", "recorded", "--recorded", recorded, "--run", folder,
        "--json", *more, code=code,
    )  # fmt: skip
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged") / "run"
    document = judge_demo(folder)
    assert document["statuses"] == {"ok": 720}
    assert document["findings"] == []
    return folder


def test_the_leaderboard_of_the_demo(judged: Path) -> None:
    done = run("report", judged, "--json")
    document = json.loads(done.stdout)
    board = {row["model"]: row for row in document["leaderboard"]}
    assert len(board) == 7
    baseline = board["demo-baseline"]
    assert (baseline["win_rate"], baseline["lower"], baseline["upper"]) == (0.5, 0.5, 0.5)
    assert board["demo-strong"]["win_rate"] == 1.0
    assert board["demo-strong"]["lower"] == pytest.approx(0.025 ** (1 / 60))
    assert document["judge_health"]["null_fraction"] == 0
    assert document["agreement"] is None
    assert document["style"]["reason"] == "not asked for: report.style"
    assert json.loads(run("report", judged, "--json").stdout) == document, "to the last digit"
    table = pq.read_table(judged / "leaderboard.parquet")
    assert table.num_rows == 7
    assert set(table["judge"].to_pylist()) == {"recorded-llm"}


def test_the_demo_against_its_writers_and_at_equal_style(judged: Path) -> None:
    done = run(
        "report", judged, "--human", DEMO / "author_rankings.tsv", "--human-name",
        "answer writers' ranking", "--style", "length,markdown", "--json",
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert document["human"]["name"] == "answer writers' ranking"
    assert document["human"]["unmatched_models"] == [
        "demo-rival", "demo-solid", "smollm2-135m-instruct",
    ]  # fmt: skip
    assert document["agreement"]["pairs"] == 6
    assert document["style"]["shift"]["demo-verbose"] is not None
    assert document["style"]["shift"]["demo-strong"] is None, "it won every game"


def test_the_report_fits_80_columns(judged: Path) -> None:
    done = run("report", judged, "--human", DEMO / "author_rankings.tsv")
    assert "Leaderboard" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_judgments_file_gives_the_same_numbers(judged: Path) -> None:
    files = ("--answers", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl")
    from_file = json.loads(run("report", DEMO / "judgments.jsonl", *files, "--json").stdout)
    assert from_file == json.loads(run("report", judged, "--json").stdout)


def test_judging_again_asks_nothing(judged: Path) -> None:
    before = {path.name: path.read_bytes() for path in judged.glob("*.parquet")}
    run("judge", "--run", judged, "--recorded", DEMO / "judgments.jsonl", "--json")
    run("judge", "--run", judged, "--json")
    assert {path.name: path.read_bytes() for path in judged.glob("*.parquet")} == before


def test_every_answer_that_does_not_fit_is_listed_and_the_board_is_drawn(tmp_path: Path) -> None:
    """3 % of the answers missing, five unknown ids: coverage is shown and the exit code is 3."""
    answers = rows("answers.jsonl")
    solid = [a for a in answers if a["model"] == "demo-solid"]
    gone = [id(a) for a in solid[:6]]
    kept = [a for a in answers if id(a) not in gone]
    kept += [{**solid[0], "question_id": f"unknown-{n}"} for n in range(5)]
    kept = [{**a, "text": " "} if a is solid[10] else a for a in kept]
    document = judge_demo(tmp_path / "run", answers=write(tmp_path / "a.jsonl", kept), code=3)
    solid_row = next(row for row in document["coverage"] if row["model"] == "demo-solid")
    assert (solid_row["missing"], solid_row["empty"], solid_row["unknown"]) == (6, 1, 5)
    assert solid_row["coverage"] == pytest.approx(53 / 60)
    assert len(document["findings"]) == 12
    assert document["statuses"] == {"empty_answer": 2, "missing_answer": 12, "ok": 706}
    board = json.loads(run("report", tmp_path / "run", "--json", code=3).stdout)
    row = next(row for row in board["leaderboard"] if row["model"] == "demo-solid")
    assert (row["prompts"], row["coverage"]) == (53, pytest.approx(53 / 60))
    assert [found["model"] for found in board["below_coverage"]["models"]] == ["demo-solid"]
    assert board["judge_health"]["by_reason"]["missing_answer"] == 12


def test_repeated_answers_are_an_error_unless_a_rule_is_given(tmp_path: Path) -> None:
    answers = rows("answers.jsonl")
    twice = write(tmp_path / "a.jsonl", [*answers, {**answers[0], "text": "another"}])
    base = ("judge", twice, "--questions", DEMO / "questions.jsonl", "--baseline", "demo-baseline",
            "--recorded", DEMO / "judgments.jsonl", "--run", tmp_path / "run")  # fmt: skip
    assert "duplicates" in run(*base, code=1).stderr
    done = run(*base, "--set", "judge.duplicates=first")
    assert "1 repeated answer: the first of each was kept" in done.stderr
    for again in (base, (*base[:1], *base[2:])):  # the second reads no file
        found = json.loads(run(*again, "--set", "judge.duplicates=first", "--json").stdout)
        assert found["findings"] == [
            {"model": answers[0]["model"], "question_id": answers[0]["question_id"],
             "problem": "repeated", "detail": "2 times"},
        ]  # fmt: skip
        assert [row["repeated"] for row in found["coverage"]].count(1) == 1


@pytest.mark.parametrize("text", ["[[A]]", "[[A<>B]]", "[[A>>>B]]", "Assistant [A] is better", ""])
def test_a_verdict_that_is_none_is_null_and_asked_again(tmp_path: Path, text: str) -> None:
    judgments = rows("judgments.jsonl")
    judgments[0] = {**judgments[0], "text": text}
    recorded = write(tmp_path / "j.jsonl", judgments)
    document = judge_demo(tmp_path / "run", recorded=recorded)
    assert document["statuses"]["ok"] == 719
    board = json.loads(run("report", tmp_path / "run", "--json").stdout)
    assert board["judge_health"]["null_fraction"] == pytest.approx(1 / 720)
    row = next(r for r in board["leaderboard"] if r["model"] == judgments[0]["model"])
    assert row["prompts"] == 59, "the other game of the pair is dropped with it"
    mended = judge_demo(tmp_path / "run")
    assert mended["statuses"] == {"ok": 720}


def test_too_many_failures_halt_what_follows(tmp_path: Path) -> None:
    recorded = write(tmp_path / "j.jsonl", rows("judgments.jsonl")[:600])
    document = judge_demo(tmp_path / "run", recorded=recorded, code=3)
    assert document["statuses"] == {"not_recorded": 120, "ok": 600}
    assert "120 of 720 rows have no result" in document["halted"]


def test_an_unknown_baseline_names_those_that_are_there(tmp_path: Path) -> None:
    done = run(
        "judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
        "demo-bseline", "--recorded", DEMO / "judgments.jsonl", "--run", tmp_path / "run", code=1,
    )  # fmt: skip
    assert "demo-bseline" in done.stderr
    assert "demo-baseline" in done.stderr


def test_no_baseline_at_all_lists_the_models(tmp_path: Path) -> None:
    done = run(
        "judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl",
        "--recorded", DEMO / "judgments.jsonl", "--run", tmp_path / "run", code=1,
    )  # fmt: skip
    assert "no baseline is named" in done.stderr
    assert "demo-baseline, demo-rival" in done.stderr.replace("\n", " ")


def answers_of(path: Path, *models: str, **changed: Any) -> Path:
    kept = [{**a, **changed} for a in rows("answers.jsonl") if a["model"] in models]
    return write(path, kept)


def judge_files(folder: Path, *files: Path, more: tuple[object, ...] = ()) -> dict[str, Any]:
    done = run(
        "judge", *files, "--questions", DEMO / "questions.jsonl", "--baseline", "demo-baseline",
        "--recorded", DEMO / "judgments.jsonl", "--run", folder, "--json", *more,
    )  # fmt: skip
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_answers_of_several_files_lie_beside_each_other(tmp_path: Path) -> None:
    first = answers_of(tmp_path / "1.jsonl", "demo-baseline", "demo-solid")
    second = answers_of(tmp_path / "2.jsonl", "demo-strong")
    folder = tmp_path / "run"
    judge_files(folder, first)
    done = judge_files(folder, second)
    assert done["notes"] == ["beside the models of these files stay: demo-baseline, demo-solid"]
    assert [found["model"] for found in done["coverage"]] == [
        "demo-baseline", "demo-solid", "demo-strong"
    ]  # fmt: skip
    assert done["statuses"] == {"ok": 240}
    before = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    judge_files(folder, second)
    judge_files(folder)
    judge_files(folder, first)
    judge_files(folder, first, second)
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == before
    stale = json.loads(run("status", folder, "--json").stdout)["stages"]
    assert [stage["stage"] for stage in stale if stage["stale"]] == []


def test_a_model_that_is_given_again_replaces_itself_and_it_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    judge_files(folder, answers_of(tmp_path / "1.jsonl", "demo-baseline", "demo-solid"))
    again = answers_of(tmp_path / "2.jsonl", "demo-solid", text="Another answer.")
    notes = judge_files(folder, again)["notes"]
    assert notes == [
        "the answers of demo-solid in these files take the place of its earlier ones",
        "beside the models of these files stay: demo-baseline",
    ]
    table = pq.read_table(folder / "answers.parquet").to_pylist()
    assert {a["text"] for a in table if a["model"] == "demo-solid"} == {"Another answer."}
    assert len(table) == 120


@pytest.mark.parametrize("kept", [0, 30])
def test_judged_questions_are_not_replaced_in_passing(tmp_path: Path, kept: int) -> None:
    folder = tmp_path / "run"
    given = answers_of(tmp_path / "1.jsonl", "demo-baseline", "demo-solid")
    judge_files(folder, given)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    questions = rows("questions.jsonl")
    others = [{**q, "question_id": f"new-{q['question_id']}"} for q in questions[kept:]]
    other = write(tmp_path / "q.jsonl", [*questions[:kept], *others])
    for more in ((), ("--dry-run",)):
        done = run("judge", given, "--questions", other, "--run", folder, *more, code=1)
        assert f"holds judgments on {60 - kept} questions that {other} lacks" in done.stderr
        assert "next:  judge other questions in another folder: --run DIR" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_set_of_questions_that_was_judged_may_grow(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    given = answers_of(tmp_path / "1.jsonl", "demo-baseline", "demo-solid")
    judge_files(folder, given)
    grown = [*rows("questions.jsonl"), {"question_id": "new", "text": "Why?"}]
    run(
        "judge", given, "--questions", write(tmp_path / "q.jsonl", grown),
        "--recorded", DEMO / "judgments.jsonl", "--run", folder,
    )  # fmt: skip
    assert pq.read_table(folder / "judgments.parquet").num_rows == 122


@pytest.mark.parametrize(
    "wrong",
    [
        ("--baseline", "demo-bseline"),
        ("--judge", "nobody"),
        ("--set", "judge.baselines={code: demo-bseline}"),
        ("--set", "judge.reference=demo-refrence"),
        ("--judge", "openai", "--set", "judge.template=absent"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_read_into_the_run(
    tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    folder = tmp_path / "run"
    judge_files(folder, answers_of(tmp_path / "1.jsonl", "demo-baseline", "demo-solid"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    other = answers_of(tmp_path / "2.jsonl", "demo-solid", text="Another answer.")
    run("judge", other, "--run", folder, *wrong, code=1)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_run_without_answers_says_how_to_give_some(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    done = run("judge", "--run", tmp_path / "run", "--baseline", "demo-baseline", code=1)
    assert "no answers given" in done.stderr
    assert f"benchbuilder answer --model NAME --run {tmp_path / 'run'}" in done.stderr


def test_answers_for_other_questions_are_refused(tmp_path: Path) -> None:
    other = [{**a, "question_id": f"other-{a['question_id']}"} for a in rows("answers.jsonl")]
    done = run(
        "judge", write(tmp_path / "a.jsonl", other), "--questions", DEMO / "questions.jsonl",
        "--baseline", "demo-baseline", "--recorded", DEMO / "judgments.jsonl",
        "--run", tmp_path / "run", code=1,
    )  # fmt: skip
    assert "to one of these" in done.stderr.replace("\n", " ")


def test_a_stored_verdict_outside_the_five_is_named_with_its_line(tmp_path: Path) -> None:
    judgment = {k: v for k, v in rows("judgments.jsonl")[0].items() if k != "text"}
    file = write(tmp_path / "j.jsonl", [{**judgment, "verdict": "A wins"}])
    done = run("report", file, code=1)
    assert "j.jsonl:1" in done.stderr
    assert "A wins" in done.stderr


def test_one_model_and_one_question_are_enough_for_a_report(tmp_path: Path) -> None:
    games = [j for j in rows("judgments.jsonl") if j["model"] == "demo-solid"]
    one_model = json.loads(run("report", write(tmp_path / "m.jsonl", games), "--json").stdout)
    assert one_model["separability"]["disjoint_intervals"] is None
    assert one_model["separability"]["reason"]
    one = [g for g in games if g["question_id"] == games[0]["question_id"]]
    one_question = json.loads(run("report", write(tmp_path / "q.jsonl", one), "--json").stdout)
    row = next(r for r in one_question["leaderboard"] if r["model"] == "demo-solid")
    assert row["standard_error"] is None
    assert row["lower"] is None
    assert row["note"]
    run("report", tmp_path / "q.jsonl")


def test_two_categories_with_a_baseline_each_are_boards_of_their_own(tmp_path: Path) -> None:
    """Two organisations' models of one name stay two models."""

    def game(question: str, model: str, baseline: str, number: int, verdict: str) -> dict[str, Any]:
        sides = (baseline, model) if number == 1 else (model, baseline)
        return {
            "question_id": question, "model": model, "baseline": baseline, "game": number,
            "answer_a": sides[0], "answer_b": sides[1], "judge": "j", "verdict": verdict,
        }  # fmt: skip

    games = [
        game(f"{kind}-{n}", model, baseline, number, "B>A" if number == 1 else "A>B")
        for kind, baseline in (("code", "base-1"), ("poem", "base-2"))
        for n in range(4)
        for model in ("org1/x", "org2/x")
        for number in (1, 2)
    ]
    document = json.loads(run("report", write(tmp_path / "j.jsonl", games), "--json").stdout)
    boards = [document, *document["boards"]]
    assert [board["baseline"] for board in boards] == ["base-1", "base-2"]
    assert all(
        {row["model"] for row in board["leaderboard"]} == {"org1/x", "org2/x", board["baseline"]}
        for board in boards
    )


def test_a_missing_run_and_a_missing_file_are_said(tmp_path: Path) -> None:
    assert "no such file" in run("report", tmp_path / "absent.jsonl", code=1).stderr.lower()
    assert "no run folder" in run("judge", "--run", tmp_path / "absent", code=1).stderr


def test_the_reference_verdicts_give_the_reference_leaderboard(
    shared: Path, tmp_path: Path
) -> None:
    """76 models on 500 prompts: win rates to 1e-9; intervals by prompt separate .835, not .90."""
    verdicts = pq.read_table(shared / "reference" / "ko_arena_hard_verdicts.parquet").to_pylist()
    expected = json.loads((shared / "reference" / "ko_expected.json").read_text())
    baseline = expected["baseline"]
    games = [
        {
            "question_id": str(row["prompt"]),
            "model": row["model"],
            "baseline": baseline,
            "judge": "ensemble",
            "game": number,
            "verdict": row[f"g{number}"],
            "status": "ok" if row[f"g{number}"] else "parse_error",
        }
        for row in verdicts
        for number in (1, 2)
    ]
    pq.write_table(pa.Table.from_pylist(games), tmp_path / "ko.parquet")
    document = json.loads(
        run("report", tmp_path / "ko.parquet", "--set", "report.interval=wald", "--json").stdout
    )
    found = {row["model"]: row["win_rate"] for row in document["leaderboard"]}
    wanted = {m: rate for m, rate in expected["win_rate"].items() if m != baseline}
    assert found.pop(baseline) == 0.5
    assert found == pytest.approx(wanted, abs=1e-9)
    row = next(r for r in document["leaderboard"] if r["model"] == baseline)
    assert (row["lower"], row["upper"]) == (0.5, 0.5)
    separability = document["separability"]
    counts = expected["separability_75"]
    assert separability["separated_disjoint"] == counts["prompt_cluster_ci"]
    assert separability["separated_paired"] == counts["paired_z_gt_1_96"]
    assert separability["disjoint_intervals"] == pytest.approx(0.835, abs=0.0005)
    bootstrap = json.loads(run("report", tmp_path / "ko.parquet", "--json").stdout)
    assert bootstrap["separability"]["disjoint_intervals"] == pytest.approx(0.833, abs=0.003)


def test_a_path_that_cannot_be_written_is_one_message(judged: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("report", judged, "--html", tmp_path / "file" / "r.html", code=1)
    assert str(tmp_path / "file") in done.stderr
    assert "next:" in done.stderr
