"""Do the answers fit the questions? Every answer that is missing, unknown, repeated or unusable.

Nothing is joined in silence: what does not fit is counted per model and listed one by one.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.errors import InputError

#: What can be wrong with an answer, in the order in which it is listed.
PROBLEMS = ("missing", "empty", "failed", "repeated", "unknown")


@dataclass(frozen=True)
class Finding:
    """One answer that does not fit. ``detail`` is its status, or how often it is there."""

    model: str
    question_id: str
    problem: str  # one of PROBLEMS
    detail: str | None = None


@dataclass(frozen=True)
class ModelCoverage:
    """Counts of questions. ``answered`` + ``missing`` + ``empty`` + ``failed`` = ``expected``;
    ``unknown`` (answers to other questions) and ``repeated`` come on top."""

    model: str
    expected: int
    answered: int
    missing: int
    empty: int
    failed: int
    repeated: int
    unknown: int

    @property
    def coverage(self) -> float:
        """The share of questions with an answer that can be judged, 0 to 1."""
        return self.answered / self.expected


@dataclass(frozen=True)
class AnswerAudit:
    """Coverage per model, in the order in which the models appear, and every single finding."""

    models: tuple[ModelCoverage, ...]
    findings: tuple[Finding, ...]

    def coverage_of(self, model: str) -> float:
        return next(found.coverage for found in self.models if found.model == model)

    def below(self, min_coverage: float) -> tuple[ModelCoverage, ...]:
        """The models whose coverage is under the threshold."""
        return tuple(found for found in self.models if found.coverage < min_coverage)

    def to_table(self) -> pa.Table:
        """The findings: model, question_id, problem, detail."""
        kinds = [(name, pa.string()) for name in ("model", "question_id", "problem", "detail")]
        return pa.Table.from_pylist([vars(f) for f in self.findings], schema=pa.schema(kinds))


def usable(answer: Mapping[str, Any]) -> bool:
    """True when there is something to judge: also a cut-off answer or a refusal is an answer."""
    return bool((answer["text"] or "").strip())


def audit_answers(
    questions: pa.Table, answers: pa.Table, repeated: Collection[Finding] = ()
) -> AnswerAudit:
    """How the answers of every model fit the questions.

    ``questions``: column question_id. ``answers``: question_id, model, sample, text, status. With
    several samples, a question counts as answered when any of them can be judged. ``repeated``:
    findings about answers of which one was kept already.
    """
    expected = questions["question_id"].to_pylist()
    known = frozenset(expected)
    by_model: dict[str, list[dict[str, Any]]] = {}
    columns = ["question_id", "model", "sample", "text", "status"]
    for answer in answers.select(columns).to_pylist():
        by_model.setdefault(answer["model"], []).append(answer)
    coverages, findings = [], []
    for model, given in by_model.items():
        earlier = (finding for finding in repeated if finding.model == model)
        found = sorted((*_findings(model, expected, known, given), *earlier), key=_listed_at)
        counts = Counter(finding.problem for finding in found)
        holes = counts["missing"] + counts["empty"] + counts["failed"]
        counted = {problem: counts[problem] for problem in PROBLEMS}
        coverages.append(
            ModelCoverage(
                model=model, expected=len(expected), answered=len(expected) - holes, **counted
            )
        )
        findings += found
    return AnswerAudit(tuple(coverages), tuple(findings))


def repeated_answers(questions: pa.Table, answers: pa.Table) -> list[Finding]:
    """The answers that are there more than once, before one of each is kept."""
    findings = audit_answers(questions, answers).findings
    return [finding for finding in findings if finding.problem == "repeated"]


def require_fit(questions: pa.Table, answers: pa.Table, audit: AnswerAudit) -> None:
    """Refuse answers that belong to another question set.

    Raises:
        InputError: there is no question, or a model has no answer to any of them.
    """
    if not questions.num_rows:
        raise InputError("there are no questions", hint="--questions FILE: a set that holds some")
    for found in audit.models:
        if found.unknown and found.missing == found.expected:
            ids = pc.filter(answers["question_id"], _is(answers["model"], found.model))
            raise InputError(
                f"none of the {len(ids)} answers of {found.model!r} is to one of these "
                f"{found.expected} questions (its first is to {ids[0].as_py()!r:.60}, the first "
                f"question is {questions['question_id'][0].as_py()!r:.60})",
                hint="--questions FILE: the questions that these answers were written for",
            )


_OPTION_OF = {"baseline": "--baseline MODEL", "reference": "--set judge.reference=MODEL"}


def require_model(name: str, models: Collection[str], *, role: str) -> None:
    """Raises:
    InputError: no answer is by this model; names the nearest and all that there are.
    """
    if name in models:
        return
    near = difflib.get_close_matches(name, models, n=1, cutoff=0.5)
    raise InputError(
        f"no answers of the {role} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
        hint=f"{_OPTION_OF[role]}, one of: {', '.join(models)}",
    )


def _findings(
    model: str, expected: list[str], known: frozenset[str], given: list[dict[str, Any]]
) -> Iterator[Finding]:
    times = Counter((answer["question_id"], answer["sample"]) for answer in given)
    for (question_id, _), count in times.items():
        if question_id not in known:
            yield Finding(model, question_id, "unknown")
        elif count > 1:
            yield Finding(model, question_id, "repeated", f"{count} times")
    statuses: dict[str, str | None] = {}
    for answer in given:
        if usable(answer):
            statuses[answer["question_id"]] = None
        else:
            statuses.setdefault(answer["question_id"], answer["status"])
    for question_id in expected:
        if question_id not in statuses:
            yield Finding(model, question_id, "missing")
        elif statuses[question_id] is not None:
            problem = "empty" if statuses[question_id] in ("ok", "empty") else "failed"
            yield Finding(model, question_id, problem, statuses[question_id])


def _listed_at(finding: Finding) -> int:
    return PROBLEMS.index(finding.problem)


def _is(column: pa.ChunkedArray, value: str) -> pa.ChunkedArray:
    return pc.equal(column, value)
