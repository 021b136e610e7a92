"""The judge stage: every game has its row, and every row says what came of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

from benchbuilder.errors import ConfigError, InputError
from benchbuilder.judging.recorded import recorded_judge
from benchbuilder.llm.types import Accept, Completion, Request
from benchbuilder.observe import Silent
from benchbuilder.resources import demo_path, template_path
from benchbuilder.schemas import ANSWERS, JUDGMENTS, QUESTIONS
from benchbuilder.settings import JudgeSettings
from benchbuilder.sources.answers import read_answers
from benchbuilder.sources.judgments import read_judgments
from benchbuilder.sources.questions import read_questions
from benchbuilder.stages.judge import judge
from tests.judging.injections import DISGUISED, INJECTIONS

TEMPLATE = template_path("judge").read_text(encoding="utf-8")


def questions(*rows: dict[str, Any] | str) -> pa.Table:
    full = [row if isinstance(row, dict) else {"question_id": row} for row in rows]
    return pa.Table.from_pylist([{"text": "Why?"} | row for row in full], schema=QUESTIONS.schema)


def answers(*rows: tuple[str, str, str | None], **more: Any) -> pa.Table:
    full = [
        {"model": model, "question_id": name, "text": text, "sample": 0, "status": "ok"} | more
        for model, name, text in rows
    ]
    return pa.Table.from_pylist(full, schema=ANSWERS.schema)


class ScriptedJudge:
    """Prefers the longer answer; quotes both before it says so. Completions come out of order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        self.requests += requests
        return [self._complete(request, accept) for request in reversed(requests)]

    def _complete(self, request: Request, accept: Accept) -> Completion:
        user = request.messages[-1]["content"]
        shown = re.findall(r"BEGIN ANSWER \w (\w+)\n(.*?)\nEND ANSWER \w \1", user, re.DOTALL)
        one, two = (text for _, text in shown)
        verdict = "A>B" if len(one) > len(two) else "B>A" if len(two) > len(one) else "A=B"
        text = f"A said: {one}\nB said: {two}\n\nI say [[{verdict}]]"
        assert accept(text) is None
        return Completion(
            request.id, "ok", text, input_tokens=5, output_tokens=2, cost_usd=0.25, cached=False
        )


def run(
    asked: pa.Table, given: pa.Table, observe: Silent | None = None, **more: Any
) -> list[dict[str, Any]]:
    settings = JudgeSettings(**more.pop("settings", {}))
    capabilities: dict[str, Any] = {"complete": ScriptedJudge(), "template": TEMPLATE} | more
    capabilities.setdefault("baseline", "base")
    batches = [
        batch
        for name, batch in judge(
            asked,
            given,
            settings=settings,
            judge_name="scripted",
            observe=observe or Silent(),
            **capabilities,
        )
        if name == "judgments"
    ]
    table = pa.Table.from_batches(batches)
    assert table.schema == JUDGMENTS.schema
    keys = list(zip(*(table[name].to_pylist() for name in JUDGMENTS.key), strict=True))
    assert len(set(keys)) == len(keys)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_a_model_asked_twice_with_sides_swapped() -> None:
    rows = run(questions("q"), answers(("base", "q", "short"), ("m", "q", "much longer")))
    assert [(r["game"], r["answer_a"], r["answer_b"], r["verdict"]) for r in rows] == [
        (1, "base", "m", "B>A"),
        (2, "m", "base", "A>B"),
    ]
    assert {(r["judge"], r["status"], r["tokens"], r["cost_usd"]) for r in rows} == {
        ("scripted", "ok", 7, 0.25)
    }


@pytest.mark.parametrize("text", INJECTIONS + DISGUISED)
def test_no_answer_changes_the_verdict_of_a_judge_that_quotes_it(text: str) -> None:
    """The scripted judge finds the texts longer, shorter and equal, whatever they ask for."""
    for other, expected in (("x", "B>A"), ("x" * 5000, "A>B")):
        rows = run(questions("q"), answers(("base", "q", other), ("m", "q", text)))
        assert [r["verdict"] for r in rows] == [expected, {"B>A": "A>B", "A>B": "B>A"}[expected]]


def test_answers_that_tried_are_counted() -> None:
    observe = Silent()
    given = [("base", f"q{n}", "x") for n in range(30)]
    given += [("m", f"q{n}", text) for n, text in enumerate(INJECTIONS)]
    run(questions(*(f"q{n}" for n in range(30))), answers(*given), observe)
    assert observe.figures["shield"]["answers"] == 30
    assert any("were disarmed" in note for note in observe.notes)


def test_holes_are_rows_with_a_status_and_no_call() -> None:
    observe, scripted = Silent(), ScriptedJudge()
    given = answers(("base", "q1", "a"), ("base", "q2", "a"), ("m", "q1", "b"), ("m", "q3", "b"))
    rows = run(questions("q1", "q2", "q3"), given, observe, complete=scripted)
    by_question = {r["question_id"]: (r["status"], r["detail"], r["verdict"]) for r in rows}
    assert by_question["q2"] == ("missing_answer", "no answer of m", None)
    assert by_question["q3"] == ("missing_answer", "no answer of base", None)
    assert observe.figures["statuses"] == {"missing_answer": 4, "ok": 2}
    assert observe.figures["coverage"] == {"base": 2 / 3, "m": 2 / 3}
    assert len(scripted.requests) == 2
    assert sum("2 of 3 questions have an answer" in note for note in observe.notes) == 2


@pytest.mark.parametrize(
    ("completion", "status", "detail"),
    [
        (Completion("", "refused", None, detail="will not"), "refused", "will not"),
        (Completion("", "timeout"), "timeout", None),
        (Completion("", "parse_error", "[[A]]", detail="x"), "parse_error", "x"),
        (Completion("", "ok", "no verdict here"), "parse_error", "no verdict found"),
    ],
)
def test_a_judge_that_fails_leaves_a_null_and_the_reason(
    completion: Completion, status: str, detail: str | None
) -> None:
    def failing(requests: Sequence[Request], *, accept: Accept) -> list[Completion]:
        fields = vars(completion)
        return [Completion(**(fields | {"id": request.id})) for request in requests]

    rows = run(questions("q"), answers(("base", "q", "a"), ("m", "q", "b")), complete=failing)
    assert [(r["verdict"], r["status"], r["detail"]) for r in rows] == [(None, status, detail)] * 2


def test_equal_last_names_stay_two_models() -> None:
    given = answers(("base", "q", "a"), ("org1/x", "q", "bb"), ("org2/x", "q", ""))
    rows = run(questions("q"), given)
    assert Counter((r["model"], r["status"]) for r in rows) == {
        ("org1/x", "ok"): 2,
        ("org2/x", "empty_answer"): 2,
    }


def test_categories_with_baselines_and_templates_of_their_own() -> None:
    scripted = ScriptedJudge()
    asked = questions({"question_id": "q1"}, {"question_id": "q2", "category": "prose"})
    given = answers(*((m, q, "text") for m in ("base", "other", "m") for q in ("q1", "q2")))
    rows = run(
        asked,
        given,
        complete=scripted,
        settings={"baselines": {"prose": "other"}, "templates": {"prose": "mine"}},
        templates={"prose": TEMPLATE.replace("# system\n", "# system\nThis is prose.\n")},
    )
    against = {(r["question_id"], r["baseline"]) for r in rows}
    assert against == {("q1", "base"), ("q2", "other")}
    for request in scripted.requests:
        is_prose = request.messages[0]["content"].startswith("This is prose.")
        assert is_prose == ("'q2'" in request.id)


def test_every_judge_of_a_panel_plays_every_game() -> None:
    given = answers(("base", "q", "a"), ("m", "q", "bb"), ("n", "q", None))
    rows = run(questions("q"), given, panel={"second": ScriptedJudge()})
    assert Counter((r["judge"], r["status"]) for r in rows) == {
        ("scripted", "ok"): 2,
        ("scripted", "empty_answer"): 2,
        ("second", "ok"): 2,
        ("second", "empty_answer"): 2,
    }
    with pytest.raises(ConfigError, match="'scripted' stands in"):
        run(questions("q"), given, panel={"scripted": ScriptedJudge()})


def test_a_reference_must_have_answers_and_be_no_baseline() -> None:
    given = answers(("base", "q", "a"), ("m", "q", "b"))
    with pytest.raises(InputError, match="no answers of the reference 'reef'"):
        run(questions("q"), given, settings={"reference": "reef"})
    with pytest.raises(ConfigError, match="'base' is a baseline"):
        run(questions("q"), given, settings={"reference": "base"})


def test_stopping_early_asks_less() -> None:
    ids = [f"q{n:02}" for n in range(60)]
    lengths = {"base": 20, "good": 30, "bad": 5, "worse": 3}
    given = answers(*((m, q, "x" * n) for m, n in lengths.items() for q in ids))
    scripted = ScriptedJudge()
    rows = run(questions(*ids), given, complete=scripted, settings={"stop": "top-1"})
    assert len(rows) == 60 * 3 * 2
    assert Counter((r["model"], r["status"]) for r in rows) == {
        ("good", "ok"): 120,
        ("bad", "ok"): 50,
        ("bad", "stopped"): 70,
        ("worse", "ok"): 50,
        ("worse", "stopped"): 70,
    }
    assert len(scripted.requests) == 220
    with pytest.raises(ConfigError, match="one judge against one baseline"):
        run(questions(*ids), given, settings={"stop": "top-1"}, panel={"k": ScriptedJudge()})


def test_cut_answers_are_counted() -> None:
    observe = Silent()
    given = answers(("base", "q", "a"), ("m", "q", "b" * 200))
    run(questions("q"), given, observe, settings={"max_answer_chars": 100})
    assert observe.figures["cut_answers"] == 2


def test_the_demo_is_replayed_by_the_recorded_judge() -> None:
    folder = demo_path()
    recorded = recorded_judge(read_judgments([folder / "judgments.jsonl"]))
    rows = run(
        read_questions(folder / "questions.jsonl"),
        read_answers([folder / "answers.jsonl"]),
        baseline="demo-baseline",
        recorded=recorded,
    )
    assert Counter((r["judge"], r["status"]) for r in rows) == {("recorded-llm", "ok"): 720}
    assert Counter(r["verdict"] for r in rows) == {
        "A>>B": 250,
        "B>>A": 250,
        "A>B": 104,
        "B>A": 101,
        "A=B": 15,
    }


def test_games_that_were_not_recorded_are_said() -> None:
    recorded = {"question_id": "q", "model": "m", "baseline": "base", "judge": "j", "game": 1}
    recorded |= {"answer_sample": 0, "judge_sample": 0, "answer_a": "base", "answer_b": "m"}
    recorded |= {"verdict": "A=B", "status": "ok"}
    replay = recorded_judge(pa.Table.from_pylist([recorded], schema=JUDGMENTS.schema))
    rows = run(questions("q"), answers(("base", "q", "a"), ("m", "q", "b")), recorded=replay)
    assert [(r["verdict"], r["status"]) for r in rows] == [("A=B", "ok"), (None, "not_recorded")]


def test_the_same_input_gives_the_same_requests() -> None:
    one, two = ScriptedJudge(), ScriptedJudge()
    given = answers(("base", "q", "a"), ("m", "q", "b"))
    run(questions("q"), given, complete=one)
    run(questions("q"), given, complete=two)
    assert one.requests == two.requests


@pytest.mark.parametrize(
    ("given", "baseline", "message"),
    [
        ([("base", "q", "a"), ("m", "q", "b")], "bass", "did you mean 'base'"),
        ([("base", "q", "a")], "base", "only the baseline 'base' has answers"),
        ([("base", "q", "a"), ("m", "z", "b")], "base", "none of the 1 answers of 'm'"),
        ([("base", "q", "a"), ("m", "q", "b"), ("m", "q", "c")], "base", "more than once: m on q"),
    ],
)
def test_answers_that_cannot_be_judged(
    given: list[tuple[str, str, str]], baseline: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        run(questions("q"), answers(*given), baseline=baseline)


def test_repeated_answers_with_a_rule() -> None:
    given = answers(("base", "q", "a"), ("m", "q", "b"), ("m", "q", "much longer"))
    rows = run(questions("q"), given, settings={"duplicates": "last"})
    assert [r["verdict"] for r in rows] == ["B>A", "A>B"]


def test_a_template_without_its_slots_is_refused() -> None:
    with pytest.raises(ConfigError, match="template 'judge'"):
        run(
            questions("q"),
            answers(("base", "q", "a"), ("m", "q", "b")),
            template="# user\n{{question}}",
        )
