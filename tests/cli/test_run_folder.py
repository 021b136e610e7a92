"""What a command does to a run folder that it should not change, or cannot read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import LIGHT, demo_dump, run


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_dump(tmp_path_factory.mktemp("dump"))


@pytest.fixture(scope="module")
def finished(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished") / "run"
    run("curate", dump, "--run", folder, *LIGHT, "--set", "sample.min_score=0")
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_questions_that_were_judged_are_not_replaced_in_passing(folder: Path) -> None:
    answers = folder.parent / "answers.jsonl"
    names = ("base", "other")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    import pyarrow.parquet as pq

    ids = pq.read_table(folder / "questions.parquet")["question_id"].to_pylist()
    rows = [{"question_id": i, "model": m, "answer": f"{m} says"} for i in ids for m in names]
    answers.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    games = [
        {"question_id": i, "model": "other", "baseline": "base", "judge": "j", "game": game,
         "verdict": "A=B"}
        for i in ids
        for game in (1, 2)
    ]  # fmt: skip
    recorded = folder.parent / "judgments.jsonl"
    recorded.write_text("".join(json.dumps(row) + "\n" for row in games), encoding="utf-8")
    run("judge", answers, "--run", folder, "--baseline", "base", "--recorded", recorded,
        "--judge", "recorded")  # fmt: skip

    run("curate", "--run", folder)  # nothing changes: nothing to refuse
    refused = run("curate", "--run", folder, "--set", "sample.min_score=2", code=1)
    assert "judgments" in refused.stderr
    assert "--replace-questions" in refused.stderr
    after = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    assert after["questions"] == manifest["artifacts"]["questions"]
    run("curate", "--run", folder, "--set", "sample.min_score=2", "--replace-questions")


def test_a_command_that_fails_leaves_the_settings_alone(folder: Path) -> None:
    before = (folder / "config.yaml").read_bytes()
    run("sample", "--run", folder, "--set", "sample.must_include=[nowhere.txt]", code=1)
    assert (folder / "config.yaml").read_bytes() == before
    run("curate", "--run", folder, "--set", "annotate.annotator=nobody", code=1)
    assert (folder / "config.yaml").read_bytes() == before, "the stages before were current"
    run("sample", "--run", folder, "--set", "sample.min_score=1")
    assert (folder / "config.yaml").read_bytes() != before


def test_settings_that_decide_nothing_are_remembered_too(folder: Path) -> None:
    run("curate", "--run", folder, "--set", "judge.min_coverage=0.5")
    assert "min_coverage: 0.5" in (folder / "config.yaml").read_text()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("annotate.annotator=nobody", "no model named 'nobody' is declared"),
        ("annotate.annotator=openai", "OPENAI_API_KEY"),
        ("cluster.namer=openai", "OPENAI_API_KEY"),
        ("annotate.annotator=m", "the price of model 'm' is not known"),
        ("annotate.template=absent", "no prompt template 'absent'"),
        ("sample.must_exclude=[absent.txt]", "absent.txt: no such file"),
        ("sample.exclude=[absent.jsonl]", "absent.jsonl: no such file"),
    ],
)
def test_what_a_late_stage_will_miss_is_said_before_the_first_one_works(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, said: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    declared = "models={m: {model: unheard-of, base_url: http://127.0.0.1:9/v1}}"
    words = ["--set", declared, "--set", setting, *LIGHT, "--max-cost-usd", "5"]
    if "template" in setting:
        words += ["--set", "annotate.annotator=m"]
    done = run("curate", dump, "--run", tmp_path / "run", *words, code=1)
    assert said in done.stderr.replace("\n", "")
    assert not (tmp_path / "run" / "conversations.parquet").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "expected an object with `artifacts`"),
        ('{"format": 2, "artifacts": {}}', "its format is 2"),
        ('{"format": 1, "artifacts": {"prompts": {"rows": 3}}}', "entry of prompts lacks `stage`"),
        ('{"format": 1, "artifacts": {"cakes": {}}}', "no artifact 'cakes'"),
    ],
)
@pytest.mark.parametrize("command", ["status", "curate"])
def test_a_manifest_of_another_shape_is_one_message(
    folder: Path, command: str, text: str, said: str
) -> None:
    (folder / "manifest.json").write_text(text)
    words = ("status", folder) if command == "status" else ("curate", "--run", folder)
    done = run(*words, code=1)
    assert said in done.stderr
    assert "remove it and run again" in done.stderr


def test_an_artifact_that_was_cut_off_is_one_message(folder: Path) -> None:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.errors import StaleArtifactError

    path = folder / "prompts.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StaleArtifactError, match=r"prompts\.parquet cannot be read"):
        RunFolder(folder).read("prompts")
    with pytest.raises(StaleArtifactError, match=r"prompts\.parquet cannot be read"):
        list(RunFolder(folder).batches("prompts"))


def test_the_suffix_of_a_dump_is_part_of_its_key(tmp_path: Path) -> None:
    """The same bytes are one prompt a line, or rows of a table."""
    text = (
        "prompt\nWrite a haiku about the sea in winter.\nExplain how a lock works step by step.\n"
    )
    for name in ("dump.txt", "dump.csv"):
        (tmp_path / name).write_text(text)
    first = run("ingest", tmp_path / "dump.txt", "--run", tmp_path / "run", "--json")
    second = run("ingest", tmp_path / "dump.csv", "--run", tmp_path / "run", "--json")
    rows = [
        json.loads(done.stdout)["stages"][0]["rows"]["conversations"] for done in (first, second)
    ]
    assert rows == [3, 2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--run", ""), "the name of a run folder is empty"),
        (("--run", "run", "--from", "sample", "--until", "embed"), "comes before"),
    ],
)
def test_wrong_usage_is_said(words: tuple[str, ...], said: str, dump: Path) -> None:
    assert said in run("curate", dump, *words, code=2).stderr.replace("\n", " ")


def test_status_says_which_list_is_gone(folder: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "wanted.txt"
    wanted.write_text("")
    run("sample", "--run", folder, "--set", f"sample.must_include=[{wanted}]")
    wanted.unlink()
    assert "wanted.txt" in run("status", folder, "--json").stdout


def test_lists_are_found_from_any_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "wanted.txt").write_text("")
    monkeypatch.chdir(tmp_path / "lists")
    run("sample", "--run", folder, "--set", "sample.must_include=[wanted.txt]")
    monkeypatch.chdir(tmp_path)
    again = run("curate", "--run", folder, "--json")
    assert {stage["state"] for stage in json.loads(again.stdout)["stages"]} == {"current"}


def test_status_says_what_is_there_though_the_settings_are_broken(folder: Path) -> None:
    (folder / "config.yaml").write_text("sample:\n  target: many\n")
    done = run("status", folder, code=1)
    assert "embeddings" in done.stdout
    assert "config.yaml:2: `sample.target`: expected a whole number" in done.stderr.replace(
        "\n", ""
    )


def test_the_next_step_of_a_stale_dump_names_the_dump(folder: Path) -> None:
    done = run("sample", "--run", folder, "--set", "ingest.min_chars=9", code=1)
    assert f"benchbuilder curate DUMP --run {folder}" in done.stderr.replace("\n", "")
