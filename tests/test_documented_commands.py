"""Every command that the documentation shows is run, in a folder that has what it names.

The folder is made once from the demo, with a scripted server in place of an endpoint; each command
gets a copy of its own.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.resources import demo_path
from tests.cli.commands import run
from tests.servers import Body, Reply, answer, asked, scripted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[1]
DEMO = demo_path()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXAMPLE = re.compile(r"Example: `(benchbuilder [^`]*)`", re.DOTALL)
LIGHT = ("--set", "embed.backend=tfidf", "--set", "embed.dimensions=16", "--set",
         "sample.min_score=2", "--set", "sample.max_share=0.3")  # fmt: skip

#: What a command line needs that this machine has not, or that takes too long here.
NOT_RUN = {
    "--engine ray": "needs a cluster (tests/engines)",
    "s3://": "needs a bucket (tests/remote)",
}


def shown() -> list[str]:
    """The commands of all pages, each once, in order."""
    found: dict[str, None] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(code for kind, code in _FENCE.findall(text) if kind in ("", "sh"))
        blocks = blocks.replace("\\\n", " ")
        for line in blocks.splitlines():
            if line.strip().startswith("benchbuilder "):
                found[" ".join(line.split())] = None
        found |= dict.fromkeys(" ".join(each.split()) for each in _EXAMPLE.findall(text))
    return [line for line in found if not any(part in line for part in NOT_RUN)]


def script(body: Body, number: int) -> Reply:
    """Annotates, names topics, judges and answers, as the question asks."""
    del number
    text = asked(body)
    if "criteria" in text or "criteria" in str(body.get("response_format", "")):
        return answer('{"criteria": [1, 2, 3, 4, 5, 6]}')
    return answer('{"verdict": "A>B"} [[A>B]]')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Everything that the pages name."""
    folder = tmp_path_factory.mktemp("shown")
    with pytest.MonkeyPatch.context() as patch, scripted(script) as server:
        patch.chdir(folder)
        patch.setenv("OPENAI_API_KEY", "sk-test-of-documented-commands")
        patch.setenv("OPENAI_BASE_URL", server.base_url)
        _make_inputs(folder, server.base_url)
        _make_runs(folder)
        yield folder


def _make_inputs(folder: Path, base_url: str) -> None:
    lines = (DEMO / "part_a.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "logs" / "july").mkdir(parents=True)
    for name, part in (("chats", lines[:120]), ("july", lines[60:200])):
        (folder / f"{name}.jsonl").write_text("".join(part), encoding="utf-8")
    shutil.copy(folder / "july.jsonl", folder / "logs" / "july" / "july.jsonl")
    shutil.copy(folder / "chats.jsonl", folder / "DUMP")
    models = {
        name: {"base_url": base_url, "input_usd_per_million": 0, "output_usd_per_million": 0}
        for name in ("annotator-8b", "my-vllm")
    }
    (folder / "my.yaml").write_text(yaml.safe_dump({"models": models}))
    shutil.copy(DEMO / "labels.jsonl", folder / "labels.jsonl")


def _make_runs(folder: Path) -> None:
    for name in ("june", "paper", "july"):
        run("curate", "chats.jsonl", "--run", f"runs/{name}", *LIGHT)
    shutil.copytree("runs/june", "unjudged/june")
    questions = pq.read_table("runs/june/questions.parquet")["question_id"].to_pylist()
    models = ("gpt-4o", "model-a", "model-b", "model-c")
    rows = [
        {"question_id": question, "model": model, "answer": f"{model} answers {question}"}
        for question in questions
        for model in models
    ]
    Path("answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run("judge", "answers.jsonl", "--run", "runs/june", "--baseline", "gpt-4o", "--judge", "openai")
    for name in ("may", "pilot", "pool"):
        shutil.copytree("runs/june", f"runs/{name}")
    run("judge", "answers.jsonl", "--run", "runs/june-judged", "--questions",
        "runs/june/questions.parquet", "--baseline", "gpt-4o", "--judge", "openai")  # fmt: skip
    _make_files_of_others(questions)
    run("import", "arena-hard", "arena-hard-v2.0", "--run", "runs/ah")
    run("release", "build", "--run", "runs/june", "--name", "june", "--version", "1.0")
    run("release", "build", "--run", "runs/june", "--name", "june", "--version", "1.1")
    people = "".join(f"{m},{1000 + 9 * p},{990 + 9 * p},{1010 + 9 * p}\n"
                     for p, m in enumerate(models))  # fmt: skip
    Path("arena.csv").write_text("model,rating,lower,upper\n" + people)
    Path("names.csv").write_text("model,human\n" + "".join(f"{m},{m}\n" for m in models))
    published = "".join(f"{m},{p},{p - 1},{p + 1}\n" for p, m in enumerate(models, 5))
    Path("published.csv").write_text("model,score,lower,upper\n" + published)


def _make_files_of_others(questions: list[str]) -> None:
    """Judgments in the forms of other tools, votes, scores, a list."""
    run("release", "export", "arena-hard", "--run", "runs/june", "--out", "arena-hard-v2.0")
    games = pq.read_table("runs/june/judgments.parquet")
    rows = games.select(["question_id", "model", "baseline", "judge", "verdict"]).to_pylist()
    order = ["A" if a != "gpt-4o" else "B" for a in games["answer_a"].to_pylist()]
    text = "".join(f"{r['question_id']},{r['model']},{o},{r['verdict']}\n"
                   for r, o in zip(rows, order, strict=True))  # fmt: skip
    Path("games.csv").write_text("question_id,model,order,verdict\n" + text)
    pq.write_table(games, "judgments.parquet")
    annotations = [
        {"instruction": r["question_id"], "preference": 1.0 + (r["verdict"] == "B>A"),
         "output_1": "one", "generator_1": "gpt-4o", "output_2": "two", "generator_2": r["model"]}
        for r in rows
    ]  # fmt: skip
    Path("annotations.json").write_text(json.dumps(annotations))
    other = [{**row, "judge": "other"} for row in games.to_pylist()]
    Path("other-judge.jsonl").write_text("".join(json.dumps(row) + "\n" for row in other))
    scores = {"question_id": questions, "quality_score": [i % 8 for i in range(len(questions))]}
    pq.write_table(pa.table(scores), "annotations.parquet")
    Path("chosen.txt").write_text("\n".join(questions[:5]) + "\n")
    shutil.copy("runs/june/questions.parquet", "pool.parquet")
    pool = pq.read_table("runs/june/questions.parquet").select(["question_id", "text"]).to_pylist()
    for name in ("pool", "questions"):
        Path(f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in pool))
    votes = "".join(f"{question},model-a,gpt-4o,model_a\n" for question in questions)
    Path("votes.csv").write_text("question_id,model_a,model_b,winner\n" + votes)


@pytest.mark.parametrize("line", shown())
def test_it_runs(line: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line, comments=True)
    made = {words[i + 1] for i, word in enumerate(words) if word in ("--out", "--html", ">")}
    missing = [w for w in words if _is_file(w) and w not in made and not (folder / w).exists()]
    assert not missing, "the folder of this test lacks what the page names"
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    if words[1:3] == ["release", "build"]:
        shutil.rmtree(copy / "releases")
    words = ["5" if word == "250" else word for word in words]  # the demo's pool is small
    if words[1] == "doctor":
        words.append("--offline")
    if words[1] in ("curate", "sample", "annotate", "cluster", "embed", "ingest"):
        shutil.rmtree(copy / "runs" / "june")  # questions that were judged are not replaced
        shutil.move(copy / "unjudged" / "june", copy / "runs" / "june")
    monkeypatch.chdir(copy)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-of-documented-commands")
    words = words[1 : words.index(">")] if ">" in words else words[1:]
    done = run(*words, code=None)
    assert done.code in (0, 3), done.stderr


def _is_file(word: str) -> bool:
    return bool(re.search(r"\.(jsonl?|csv|parquet|txt)$", word)) and "/" not in word
