"""Exports hold what they should, and the tools themselves load them.

The tools are no dependencies of ours: ``make peers`` puts them into an environment of their own.
``EXPORT_TOOLS_PYTHON`` names another interpreter that has them; without one those tests skip.
Arena-Hard's scripts are no package: the fields that they read are listed here.
"""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.release.exports import alpaca_eval_files, huggingface_files, inspect_files
from benchbuilder.resources import demo_path
from benchbuilder.schemas import ANSWERS, QUESTIONS
from tests.cli.commands import run

ROOT = Path(__file__).resolve().parents[2]
DEMO = demo_path()
QUESTION_ROWS = pa.Table.from_pylist(
    [
        {"question_id": "b", "text": "two", "turns": ["two", "and then?"], "language": "en"},
        {"question_id": "a", "text": "one", "system": "be brief", "category": "maths"},
    ],
    schema=QUESTIONS.schema,
)


def answers(*rows: tuple[str, str, str | None]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"question_id": q, "model": m, "sample": 0, "text": text, "status": "ok"}
            for q, m, text in rows
        ],
        schema=ANSWERS.schema,
    )


def test_alpaca_eval_has_reference_outputs_and_one_file_a_model() -> None:
    table = answers(("a", "base", "1"), ("b", "base", "2"), ("a", "org/m", "x"), ("b", "org/m", ""))
    files = dict(alpaca_eval_files(QUESTION_ROWS, table, baseline="base"))
    assert files.keys() == {
        "alpaca_eval.json",
        "model_outputs/base.json",
        "model_outputs/org__m.json",
    }
    assert json.loads(files["model_outputs/org__m.json"]) == [
        {
            "instruction": "(system prompt)\nbe brief\n\none",
            "output": "x",
            "generator": "org/m",
            "dataset": "maths",
        }
    ]
    with pytest.raises(Exception, match="no answer of the baseline 'other'"):
        dict(alpaca_eval_files(QUESTION_ROWS, table, baseline="other"))


def test_alpaca_eval_outputs_come_back_the_same(tmp_path: Path) -> None:
    run("judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
        "demo-baseline", "--recorded", DEMO / "judgments.jsonl",
        "--run", tmp_path / "run")  # fmt: skip
    run("release", "export", "alpaca-eval", "--run", tmp_path / "run", "--out", tmp_path / "out",
        "--baseline", "demo-baseline")  # fmt: skip
    run("import", "alpaca-eval", tmp_path / "out/model_outputs", "--run", tmp_path / "again")
    texts = [
        sorted(zip(*(t[c].to_pylist() for c in ("model", "text")), strict=True))
        for t in (
            pq.read_table(tmp_path / f"{folder}/answers.parquet") for folder in ("run", "again")
        )
    ]
    assert texts[0] == texts[1]
    assert len(json.loads((tmp_path / "out/alpaca_eval.json").read_text())) == 60


def test_arena_hards_scripts_find_the_fields_that_they_read(tmp_path: Path) -> None:
    """Their readers: ``pandas.read_json`` of each file, then these columns, by these rules."""
    import pandas as pd

    run("judge", DEMO / "answers.jsonl", "--questions", DEMO / "questions.jsonl", "--baseline",
        "demo-baseline", "--recorded", DEMO / "judgments.jsonl",
        "--run", tmp_path / "run")  # fmt: skip
    run("release", "export", "arena-hard", "--run", tmp_path / "run", "--out", tmp_path / "out")
    asked = pd.read_json(tmp_path / "out/question.jsonl", lines=True)
    assert {"uid", "category", "prompt"} <= set(asked.columns)
    assert set(asked["category"]) == {"hard_prompt"}  # the one that is shown
    assert all(isinstance(uid, str) for uid in asked["uid"])
    for path in (tmp_path / "out/model_answer").iterdir():
        said = pd.read_json(path, lines=True)
        assert path.stem == said["model"].iloc[0].replace("/", "__")
        assert all(isinstance(each[-1]["content"]["answer"], str) for each in said["messages"])
        for told in said["metadata"]:
            assert next(iter(told)) == "token_len"
            assert all(isinstance(v, int) or isinstance(sum(v.values()), int)
                       for v in told.values())  # fmt: skip
    labels = {"A>>B", "A>B", "A=B", "B>A", "B>>A", None}
    for path in (tmp_path / "out/model_judgment/recorded-llm").iterdir():
        judged = pd.read_json(path, lines=True)
        assert {"uid", "model", "category"} <= set(judged.columns)
        assert set(judged["category"]) <= set(asked["category"])
        for games in judged["games"]:
            assert len(games) == 2
            assert all(game is None or game["score"] in labels for game in games)


def test_a_dataset_folder_declares_every_table() -> None:
    tables = {"questions": QUESTION_ROWS, "answers": answers(("a", "m", "x"))}
    files = dict(huggingface_files("june", "mit", tables))
    head = yaml.safe_load(files["README.md"].decode().split("---")[1])
    assert [config["config_name"] for config in head["configs"]] == ["default", "answers"]
    for config in head["configs"]:
        assert config["data_files"][0]["path"] in files
    assert (head["license"], head["language"]) == ("mit", ["en"])


def test_an_inspect_task_is_python_with_a_plain_name() -> None:
    files = dict(inspect_files("June 1.0", QUESTION_ROWS))
    compile(files["june_1_0.py"], "june_1_0.py", "exec")
    assert b"def june_1_0():" in files["june_1_0.py"]


def test_a_release_with_the_answers_of_a_run(base: Path, tmp_path: Path) -> None:
    done = run("release", "export", "huggingface", "--release", base / "june-1.0", "--out",
               tmp_path / "out", "--json")  # fmt: skip
    assert json.loads(done.stdout)["files"].keys() == {"README.md", "data/questions.parquet"}
    assert "# june 1.0" in (tmp_path / "out/README.md").read_text()
    run("release", "export", "inspect", "--out", tmp_path, code=2)


TOOLS = os.environ.get("EXPORT_TOOLS_PYTHON", str(ROOT / ".venv-peers" / "bin" / "python"))


def in_tool(package: str, script: str, folder: Path) -> None:
    """Run a script where a tool is installed; skip where it is not."""
    where = f"import importlib.util as u; raise SystemExit(u.find_spec({package!r}) is None)"
    if not Path(TOOLS).exists() or subprocess.run([TOOLS, "-c", where], check=False).returncode:
        pytest.skip(f"{package} is not installed for {TOOLS}: make peers")
    done = subprocess.run(
        [TOOLS, "-c", textwrap.dedent(script)],
        cwd=folder,
        env={**os.environ, "HF_HOME": str(folder / ".hf"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture
def exported(base: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    run("release", "export", request.param, "--release", base / "june-1.0", "--out", tmp_path / "x")
    return tmp_path / "x"


@pytest.mark.slow
@pytest.mark.parametrize("exported", ["huggingface"], indirect=True)
def test_datasets_loads_the_dataset_folder(exported: Path) -> None:
    in_tool(
        "datasets",
        """
        import os, datasets
        rows = datasets.load_dataset(os.getcwd())["test"]
        assert len(rows) == 17 and rows[0]["text"]
        """,
        exported,
    )


@pytest.mark.slow
def test_datasets_loads_a_release_as_it_is(release: Path) -> None:
    in_tool(
        "datasets",
        'import os, datasets; assert len(datasets.load_dataset(os.getcwd())["test"]) == 17',
        release,
    )


@pytest.mark.slow
@pytest.mark.parametrize("exported", ["lm-eval"], indirect=True)
def test_lm_eval_runs_the_task(exported: Path) -> None:
    in_tool(
        "lm_eval",
        """
        from lm_eval import simple_evaluate
        from lm_eval.tasks import TaskManager
        tasks = TaskManager(include_path=".", include_defaults=False)
        done = simple_evaluate(model="dummy", tasks=["june_1_0"], task_manager=tasks)
        samples = done["samples"]["june_1_0"]
        assert len(samples) == 17 and samples[0]["doc"]["question_id"].startswith("p1-")
        """,
        exported,
    )


@pytest.mark.slow
@pytest.mark.parametrize("exported", ["inspect"], indirect=True)
def test_inspect_runs_the_task(exported: Path) -> None:
    in_tool(
        "inspect_ai",
        """
        from inspect_ai import eval
        from inspect_ai.model import ModelOutput, ModelUsage, get_model

        def say(*_):
            said = ModelOutput.from_content("mockllm", "an answer")
            # Without it, tokens are counted, and a tokenizer is downloaded for that.
            said.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
            return said

        model = get_model("mockllm/model", custom_outputs=say)
        (log,) = eval("june_1_0.py", model=model, display="none")
        assert log.status == "success" and len(log.samples) == 17, log.error
        assert log.samples[0].id.startswith("p1-")
        """,
        exported,
    )


@pytest.mark.slow
@pytest.mark.parametrize("exported", ["alpaca-eval"], indirect=True)
def test_alpaca_eval_loads_the_outputs(exported: Path) -> None:
    in_tool(
        "alpaca_eval",
        """
        from alpaca_eval.utils import load_or_convert_to_dataframe
        table = load_or_convert_to_dataframe("alpaca_eval.json")
        assert len(table) == 17 and {"instruction", "output", "generator"} <= set(table.columns)
        """,
        exported,
    )
