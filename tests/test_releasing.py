"""The selection is made again from a release's records, whatever the settings of ``sample``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchbuilder.release.verify import verify
from benchbuilder.releasing import reselect
from tests.cli.commands import run
from tests.release.made import build, made

SETTINGS = (
    ("strategy=diverse",),
    ("strategy=diverse", "max_similarity=0.6"),
    ("strategy=proportional", "pick_prompts=random", "pick_clusters=random"),
    ("strategy=score-weighted", "target=7"),
    ("at_most={language: {en: 4}}", "min_cluster_score=2", "mean_over=eligible"),
    ("max_tokens=200", "min_score_floor=2", "target=12"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(made() / "run", tmp_path / "run"))


@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
def test_every_strategy_is_reproduced(
    folder: Path, tmp_path: Path, settings: tuple[str, ...]
) -> None:
    run("sample", "--run", folder, *[w for s in settings for w in ("--set", f"sample.{s}")])
    found = verify(build(folder, tmp_path), reselect)
    assert found.findings == ()
    assert "selection" not in found.skipped


def test_without_vectors_a_comparison_of_vectors_cannot_be_checked(
    folder: Path, tmp_path: Path
) -> None:
    run("sample", "--run", folder, "--set", "sample.strategy=diverse")
    found = verify(build(folder, tmp_path, "--no-embeddings"), reselect)
    assert found.ok
    assert "vectors, which are not part of this release" in found.skipped["selection"]


def test_a_prompt_that_another_benchmark_has_is_kept_out_again(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(made() / "june-1.0", tmp_path / "earlier")
    run("sample", "--run", folder, "--set", "sample.min_score_floor=1",
        "--exclude", tmp_path / "earlier")  # fmt: skip
    release = build(folder, tmp_path, version="2.0")
    shutil.rmtree(tmp_path / "earlier")
    assert verify(release, reselect).ok
    reasons = pq.read_table(release / "recorded/selection.parquet")["reason"].to_pylist()
    assert reasons.count("contaminated") == 17
    text = (release / "README.md").read_text()
    assert "Kept out: 17 prompts that earlier has" in text
