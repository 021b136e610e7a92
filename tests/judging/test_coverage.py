"""Answers that do not fit their questions are counted and listed, never dropped in silence."""

from __future__ import annotations

import pyarrow as pa
import pytest

from benchbuilder.errors import InputError
from benchbuilder.judging.coverage import Finding, audit_answers, require_fit, require_model

QUESTIONS = pa.table({"question_id": [f"q{n}" for n in range(100)]})


def answer(
    question: str, model: str = "m", text: str | None = "yes", **more: object
) -> dict[str, object]:
    return {
        "question_id": question,
        "model": model,
        "sample": 0,
        "text": text,
        "status": "ok",
    } | more


def table(*rows: dict[str, object]) -> pa.Table:
    names = ("question_id", "model", "sample", "text", "status")
    return pa.Table.from_pylist(
        list(rows),
        schema=pa.schema([(n, pa.int32() if n == "sample" else pa.string()) for n in names]),
    )


def test_missing_repeated_and_unknown_ids_are_listed_and_counted() -> None:
    answers = table(
        *(answer(f"q{n}") for n in range(97)),
        answer("q5"),
        answer("q6"),
        *(answer(f"other{n}") for n in range(5)),
    )
    audit = audit_answers(QUESTIONS, answers)
    (found,) = audit.models
    assert (found.expected, found.answered, found.missing) == (100, 97, 3)
    assert (found.repeated, found.unknown, found.coverage) == (2, 5, 0.97)
    assert [f.question_id for f in audit.findings if f.problem == "missing"] == [
        "q97",
        "q98",
        "q99",
    ]
    assert Finding("m", "q5", "repeated", "2 times") in audit.findings
    assert audit.to_table().num_rows == len(audit.findings) == 10
    assert audit.below(0.98) == (found,) and audit.below(0.97) == ()


def test_empty_and_failed_answers_are_holes_of_their_own_kind() -> None:
    questions = QUESTIONS.slice(0, 5)
    answers = table(
        answer("q0"),
        answer("q1", text="  ", status="empty"),
        answer("q2", text=None, status="timeout"),
        answer("q3", status="truncated"),  # what the model delivered is judged
        answer("q4", text=None, status="refused"),
    )
    (found,) = audit_answers(questions, answers).models
    assert (found.answered, found.empty, found.failed, found.missing) == (2, 1, 2, 0)


def test_one_of_several_samples_is_enough() -> None:
    answers = table(answer("q0", text=None, status="timeout"), answer("q0", sample=1))
    (found,) = audit_answers(QUESTIONS.slice(0, 1), answers).models
    assert (found.answered, found.repeated, found.coverage) == (1, 0, 1.0)


def test_names_with_one_last_part_stay_two_models() -> None:
    audit = audit_answers(QUESTIONS, table(answer("q0", "org1/x"), answer("q0", "org2/x")))
    assert [found.model for found in audit.models] == ["org1/x", "org2/x"]
    assert all(found.repeated == 0 for found in audit.models)


def test_answers_to_another_question_set_are_refused() -> None:
    answers = table(answer("q0", "good"), answer("x0", "stray"), answer("x1", "stray"))
    audit = audit_answers(QUESTIONS, answers)
    with pytest.raises(InputError, match="none of the 2 answers of 'stray'"):
        require_fit(QUESTIONS, answers, audit)
    require_fit(QUESTIONS, answers.slice(0, 1), audit_answers(QUESTIONS, answers.slice(0, 1)))


def test_an_unknown_baseline_names_the_nearest_and_all() -> None:
    with pytest.raises(InputError, match="did you mean 'gpt-4-0314'") as raised:
        require_model("gpt-4-314", ["gpt-4-0314", "llama"], role="baseline")
    assert raised.value.hint == "--baseline MODEL, one of: gpt-4-0314, llama"
