"""A release of a run with a model, a template and lists of one's own, made again elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from benchbuilder.release.portable import read_config
from benchbuilder.release.verify import verify
from benchbuilder.releasing import reselect
from benchbuilder.resources import template_path
from tests.cli.commands import run
from tests.release.made import build, write_dump
from tests.servers import Body, Reply, ScriptedServer, answer, asked

KEY = "sk-test-0123456789abcdef"


def judge_by_length(body: Body, number: int) -> Reply:
    """Longer prompts meet more criteria; the first answer of all cannot be read."""
    met = min(7, len(asked(body)) % 8)
    criteria = "nonsense" if number == 1 else json.dumps(list(range(1, met + 1)))
    return answer(f'{{"reason": "r", "criteria": {criteria}}}')


@pytest.fixture(scope="module")
def made_with_a_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a run, its dump, and the release `june-1.0`; the server is gone."""
    folder = tmp_path_factory.mktemp("model")
    server = ScriptedServer(judge_by_length)
    dump = write_dump(folder / "chats.jsonl", 40)
    first = json.loads(dump.read_text().splitlines()[0])
    (folder / "kept.txt").write_text(f"{first['conversation_id']}  # the owner wants it\n")
    known = json.loads(dump.read_text().splitlines()[1])["conversation"][0]["content"]
    (folder / "known.jsonl").write_text(json.dumps({"question_id": "k1", "text": known}) + "\n")
    template = folder / "mine.md"
    template.write_text(template_path("annotate").read_text() + "\nBe strict.\n")
    config = {
        "models": {
            "scripted": {
                "base_url": server.base_url,
                "api_key_env": "KEY_OF_TEST",
                "max_attempts": 1,
                "input_usd_per_million": 1.0,
                "output_usd_per_million": 2.0,
            },
            "unused": {"base_url": "http://internal.example.invalid/v1"},
        },
        "embed": {"backend": "tfidf", "dimensions": 8},
        "annotate": {"annotator": "scripted", "template": str(template)},
        "sample": {
            "min_score": 3,
            "max_share": 1.0,
            "must_include": [str(folder / "kept.txt")],
            "exclude": [str(folder / "known.jsonl")],
        },
    }
    (folder / "my.yaml").write_text(yaml.safe_dump(config))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEY_OF_TEST", KEY)
        for _ in range(2):  # again for the answer that could not be read
            run("curate", dump, "--run", folder / "run", "--config", folder / "my.yaml")
    server.close()
    build(folder / "run", folder)
    yield folder


@pytest.fixture
def release(made_with_a_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_with_a_model / "june-1.0", tmp_path / "moved"))


def test_it_names_no_machine_no_path_and_no_key(made_with_a_model: Path, release: Path) -> None:
    for path in release.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in (str(made_with_a_model), KEY, "127.0.0.1", "internal.example", "unused"):
                assert secret.encode() not in content, (path, secret)


def test_it_holds_the_template_the_lists_and_the_calls(release: Path) -> None:
    config: dict[str, Any] = yaml.safe_load((release / "config.yaml").read_text())
    assert config["annotate"]["template"] == "templates/mine.md"
    assert config["sample"]["must_include"] == ["lists/must_include.jsonl"]
    assert config["sample"]["must_exclude"] == ["lists/must_exclude.jsonl"]
    assert config["sample"]["exclude"] == []
    lines = (release / "completions.jsonl").read_text().splitlines()
    calls = [json.loads(line) for line in lines]
    prompts = pq.read_table(release / "recorded/pool.parquet").num_rows
    assert len(calls) == prompts + 1
    assert sorted({call["status"] for call in calls}) == ["ok", "parse_error"]
    reasons = pq.read_table(release / "recorded/selection.parquet")["reason"].to_pylist()
    assert {"contaminated", "must_include"} <= set(reasons)
    assert "Kept out: 1 prompt that known.jsonl has" in (release / "README.md").read_text()


def test_it_verifies_by_the_lists_that_lie_in_it(release: Path) -> None:
    found = verify(release, reselect)
    assert found.findings == ()
    assert found.skipped == {}


def test_it_is_made_again_elsewhere_without_a_key_or_a_server(
    made_with_a_model: Path, release: Path, tmp_path: Path
) -> None:
    done = run("curate", made_with_a_model / "chats.jsonl", "--offline", "--from-release", release,
               "--run", tmp_path / "run")  # fmt: skip
    assert "have the digest of the release" in " ".join(done.stderr.split())
    again = build(tmp_path / "run", tmp_path)
    assert (again / "questions.jsonl").read_bytes() == (release / "questions.jsonl").read_bytes()
    assert (again / "completions.jsonl").read_bytes() == (
        release / "completions.jsonl"
    ).read_bytes()
    run("release", "verify", again)


def test_without_its_calls_it_cannot_be_made_again(made_with_a_model: Path, tmp_path: Path) -> None:
    slim = build(made_with_a_model / "run", tmp_path, "--no-completions")
    dump = made_with_a_model / "chats.jsonl"
    done = run("curate", dump, "--offline", "--from-release", slim, "--run", tmp_path / "run",
               code=1)  # fmt: skip
    assert "has no recorded completion for" in done.stderr
    run("release", "import-calls", made_with_a_model / "june-1.0", "--run", tmp_path / "run")
    run("curate", dump, "--offline", "--from-release", slim, "--run", tmp_path / "run")


def test_settings_go_over_those_of_a_release(release: Path) -> None:
    assert read_config(release, ["sample.min_score=5"]).sample.min_score == 5
    assert read_config(release).annotate.template == str(release / "templates/mine.md")


def test_a_shipped_template_goes_by_its_name(base: Path, tmp_path: Path) -> None:
    assert read_config(base / "june-1.0").annotate.template == "annotate"
    assert read_config(base / "june-1.0").annotate.head == "surface"


def test_a_cascade_is_made_again_from_its_calls(tmp_path: Path) -> None:
    """What a cascade asks next depends on what it heard: the same calls, none more."""
    dump = write_dump(tmp_path / "chats.jsonl", 40)
    server = ScriptedServer(judge_by_length)
    model = (
        f"{{base_url: '{server.base_url}', input_usd_per_million: 0, output_usd_per_million: 0}}"
    )
    keys = ("embed.backend=tfidf", "embed.dimensions=8", f"models.m={model}",
            "annotate.annotator=m", "annotate.cascade.enabled=true",
            "annotate.cascade.seed_calls=8", "annotate.cascade.max_share=0.6",
            "sample.target=5", "sample.min_score=3")  # fmt: skip
    words = [word for key in keys for word in ("--set", key)]
    run("curate", dump, "--run", tmp_path / "run", *words)
    run("curate", "--run", tmp_path / "run")
    server.close()
    release = build(tmp_path / "run", tmp_path)
    statuses = pq.read_table(release / "recorded/annotations.parquet")["status"].to_pylist()
    assert {"ok", "not_asked"} <= set(statuses)
    run("release", "verify", release)
    done = run("curate", dump, "--offline", "--from-release", release, "--run", tmp_path / "again")
    assert "have the digest of the release" in " ".join(done.stderr.split())
