"""Answers of several files in one run: what is read, what stays, what makes it read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchbuilder.artifacts import RunFolder
from benchbuilder.config import build_config
from benchbuilder.errors import InputError
from benchbuilder.observe import Silent
from benchbuilder.planning import plan
from benchbuilder.reading import answer_file_stages, models_to_judge, question_stages
from benchbuilder.runner import RunResult, run
from benchbuilder.stage import Context


class Quiet:
    """Follows a run without a word."""

    def started(self, stage: str) -> Silent:
        del stage
        return Silent()

    def finished(self, result: object) -> None:
        del result


def answers(path: Path, **texts: str) -> Path:
    rows = [
        {"question_id": f"q{n}", "model": model, "text": f"{text} {n}"}
        for model, text in texts.items()
        for n in range(3)
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    return path


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    lines = [json.dumps({"question_id": f"q{n}", "text": f"Task {n}"}) for n in range(3)]
    path.write_text("\n".join(lines) + "\n")
    return path


def context(folder: Path, questions: Path, *files: Path, **judge: object) -> Context:
    config = build_config({"judge": judge}, origin="test")
    there = RunFolder(folder, create=True)
    return Context(config, there, questions=(questions,), answers=files)


def read(folder: Path, questions: Path, *files: Path) -> RunResult:
    found = context(folder, questions, *files)
    return run([*question_stages(found), *answer_file_stages(found)], found.folder, Quiet())


def said(result: RunResult) -> list[str]:
    return [result.stage("answers").state, *result.stage("answers").notes]


def test_each_file_brings_its_models(tmp_path: Path, questions: Path) -> None:
    folder = tmp_path / "run"
    one, two = answers(tmp_path / "1.jsonl", a="x", b="x"), answers(tmp_path / "2.jsonl", c="x")
    assert said(read(folder, questions, one)) == ["complete"]
    assert said(read(folder, questions, two)) == [
        "complete", "beside the models of these files stay: a, b"
    ]  # fmt: skip
    assert said(read(folder, questions, two))[0] == "current"
    assert said(read(folder, questions))[0] == "current"
    assert set(RunFolder(folder).read("answers")["model"].to_pylist()) == {"a", "b", "c"}
    assert models_to_judge(context(folder, questions)) == ["a", "b", "c"]
    new = answers(tmp_path / "3.jsonl", d="x")
    assert models_to_judge(context(folder, questions, new)) == ["a", "b", "c", "d"]


def test_an_earlier_file_given_again_counts_again(tmp_path: Path, questions: Path) -> None:
    folder = tmp_path / "run"
    one, two = answers(tmp_path / "1.jsonl", a="x"), answers(tmp_path / "2.jsonl", a="y")
    read(folder, questions, one)
    replaced = "the answers of a in these files take the place of its earlier ones"
    assert said(read(folder, questions, two)) == ["complete", replaced]
    assert said(read(folder, questions, one)) == ["complete", replaced]
    assert RunFolder(folder).read("answers")["text"].to_pylist() == ["x 0", "x 1", "x 2"]


def test_models_with_answers_to_other_questions_only_are_left_out(
    tmp_path: Path, questions: Path
) -> None:
    folder = tmp_path / "run"
    read(folder, questions, answers(tmp_path / "1.jsonl", a="x", b="x"))
    other, new = tmp_path / "other.jsonl", tmp_path / "2.jsonl"
    other.write_text(questions.read_text().replace(': "q', ': "new-q'))
    new.write_text(answers(new, b="y", c="y").read_text().replace(': "q', ': "new-q'))
    found = said(read(folder, other, new))
    assert "left out, with answers to other questions only: a, b" in found
    assert set(RunFolder(folder).read("answers")["model"].to_pylist()) == {"b", "c"}


def test_the_files_of_two_commands_in_one_are_all_that_is_remembered(
    tmp_path: Path, questions: Path
) -> None:
    folder = tmp_path / "run"
    one, two = answers(tmp_path / "1.jsonl", a="x"), answers(tmp_path / "2.jsonl", b="x")
    read(folder, questions, one)
    read(folder, questions, one, two)
    entry = RunFolder(folder).entry("answers")
    assert entry is not None
    assert [len(files) for files in entry["made_from"]["identity"]["files"]] == [2]


def test_without_answers_the_next_command_is_named(tmp_path: Path, questions: Path) -> None:
    with pytest.raises(InputError, match="no answers given") as caught:
        answer_file_stages(context(tmp_path / "run", questions))[0].identity()
    assert "benchbuilder judge ANSWERS" in str(caught.value.hint)


def test_what_is_read_already_is_current(tmp_path: Path, questions: Path) -> None:
    folder, one = tmp_path / "run", answers(tmp_path / "1.jsonl", a="x")
    read(folder, questions, one)
    found = context(folder, questions, one)
    stages = [*question_stages(found), *answer_file_stages(found)]
    assert all(planned.current for planned in plan(stages, found.folder))
