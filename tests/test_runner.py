"""The runner on three toy stages: what runs, what does not, and what a crash leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchbuilder.artifacts import RunFolder
from benchbuilder.errors import SchemaError, StaleArtifactError
from benchbuilder.observe import Observer, Silent
from benchbuilder.planning import plan
from benchbuilder.runner import StageResult, amend, rehearse, run


@dataclass
class Toy:
    """A stage whose every part can be changed by a test."""

    name: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    version: int = 1
    streams: bool = False
    rehearsed: bool = False
    libraries: tuple[str, ...] = ()
    remedy: str = "run it again"
    knobs: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    limit: float | None = None

    def settings(self) -> dict[str, Any]:
        return self.knobs

    def identity(self) -> dict[str, Any]:
        return self.beside

    def arguments(self, observe: Observer) -> dict[str, Any]:
        return {"knobs": self.knobs}

    def failure_limit(self) -> float | None:
        return self.limit


class Deaf:
    """A listener that remembers which stages ran."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def started(self, stage: str) -> Observer:
        self.ran.append(stage)
        return Silent()

    def finished(self, result: StageResult) -> None:
        pass


def group(*, knobs: dict[str, Any], observe: Observer) -> dict[str, pa.Table]:
    observe.note("three prompts are few")
    observe.figure("prompts", 3)
    rows = {"prompt_id": ["a", "b", "c"], "topic_id": [0, 0, 1], "probability": [1.0] * 3}
    return {"clusters": pa.table(rows)}


def score(clusters: Any, *, knobs: dict[str, Any], observe: Observer) -> Any:
    """A row stage: batches in, (artifact, batch) out; ids in ``fail`` time out."""
    for batch in clusters:
        ids = batch.column("prompt_id").to_pylist()
        failed = [prompt_id in knobs.get("fail", ()) for prompt_id in ids]
        yield (
            "annotations",
            pa.table(
                {
                    "prompt_id": ids,
                    "annotator": ["toy"] * len(ids),
                    "quality_score": pa.array([None if f else 3 for f in failed], pa.int8()),
                    "status": ["timeout" if f else "ok" for f in failed],
                }
            ),
        )


def pick(annotations: pa.Table, *, knobs: dict[str, Any], observe: Observer) -> dict[str, pa.Table]:
    count = annotations.num_rows
    return {
        "selection": pa.table(
            {
                "prompt_id": annotations["prompt_id"],
                "selected": [True] * count,
                "reason": ["selected"] * count,
                "topic_id": [0] * count,
                "quality_score": annotations["quality_score"],
            }
        )
    }


def toys() -> list[Toy]:
    return [
        Toy("group", group, (), ("clusters",)),
        Toy("score", score, ("clusters",), ("annotations",), streams=True),
        Toy("pick", pick, ("annotations",), ("selection",)),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run", create=True)


def ran(stages: list[Toy], folder: RunFolder) -> list[str]:
    listener = Deaf()
    run(stages, folder, listener)
    return listener.ran


def test_everything_runs_once(folder: RunFolder) -> None:
    assert ran(toys(), folder) == ["group", "score", "pick"]
    assert ran(toys(), folder) == []
    assert all(planned.current for planned in plan(toys(), folder))


def test_a_setting_reruns_its_stage_and_what_its_result_changes(folder: RunFolder) -> None:
    ran(toys(), folder)
    stages = toys()
    stages[1].knobs = {"pace": "slow"}
    planned = plan(stages, folder)
    assert [p.name for p in planned if not p.current] == ["score", "pick"]
    assert planned[1].reasons == ("settings changed: pace",)
    assert ran(stages, folder) == ["score"], "the same bytes came out: pick stays current"


def test_what_changed_is_named_however_deep_it_lies(folder: RunFolder) -> None:
    stages = toys()
    stages[0].beside, stages[0].knobs = {"encoder": {"model": "a", "wide": 3}}, {"gone": None}
    ran(stages, folder)
    stages[0].beside, stages[0].knobs = {"encoder": {"model": "b", "wide": 3}}, {}
    assert plan(stages, folder)[0].reasons == (
        "settings changed: gone",
        "identity changed: encoder.model",
    )


@pytest.mark.parametrize("part", ["version", "beside"])
def test_version_and_identity_are_part_of_the_key(folder: RunFolder, part: str) -> None:
    ran(toys(), folder)
    stages = toys()
    setattr(stages[2], part, 2 if part == "version" else {"template": "abc"})
    assert ran(stages, folder) == ["pick"]


def test_an_artifact_edited_by_hand_is_made_again(folder: RunFolder) -> None:
    ran(toys(), folder)
    table = folder.read("annotations")
    pq.write_table(table.slice(1), folder.file("annotations"))
    planned = plan(toys(), folder)
    assert planned[1].reasons == ("annotations was changed by hand",)
    assert ran(toys(), folder) == ["score"]
    assert folder.read("annotations").equals(table)


def test_a_removed_artifact_is_made_again(folder: RunFolder) -> None:
    ran(toys(), folder)
    folder.file("selection").unlink()
    assert ran(toys(), folder) == ["pick"]


def test_notes_and_figures_are_told_again_when_current(folder: RunFolder) -> None:
    run(toys(), folder, Deaf())
    again = run(toys(), folder, Deaf()).stage("group")
    assert (again.state, again.notes, again.figures) == (
        "current",
        ("three prompts are few",),
        {"prompts": 3},
    )


def test_incomplete_is_written_goes_on_and_is_asked_again(folder: RunFolder) -> None:
    stages = toys()
    stages[1].knobs, stages[1].limit = {"fail": ["a"]}, 0.5
    result = run(stages, folder, Deaf())
    assert result.halted is None
    assert result.stage("score").state == "incomplete"
    assert result.stage("score").statuses == {"ok": 2, "timeout": 1}
    assert (folder.entry("annotations") or {})["state"] == "incomplete"
    assert ran(stages, folder) == ["score"]


def test_above_the_failure_rate_nothing_follows(folder: RunFolder) -> None:
    stages = toys()
    stages[1].knobs, stages[1].limit = {"fail": ["a", "b"]}, 0.5
    result = run(stages, folder, Deaf())
    assert result.halted is not None
    assert "2 of 3 rows have no result" in result.halted
    assert [stage.name for stage in result.stages] == ["group", "score"]
    assert folder.read("annotations")["quality_score"].to_pylist() == [None, None, 3]
    assert not folder.file("selection").exists()


def test_a_stage_that_breaks_its_schema_leaves_the_old_artifact(folder: RunFolder) -> None:
    ran(toys(), folder)
    before = folder.file("clusters").read_bytes()
    stages = toys()
    stages[0].version = 2
    stages[0].function = lambda **_: {"clusters": pa.table({"prompt_id": ["a"]})}
    with pytest.raises(SchemaError, match="'topic_id' is missing"):
        run(stages, folder, Deaf())
    assert folder.file("clusters").read_bytes() == before
    assert not list(folder.path.glob("*.partial"))


def test_a_stage_without_its_input_says_what_is_missing(folder: RunFolder) -> None:
    with pytest.raises(StaleArtifactError, match=r"pick needs .*annotations\.parquet"):
        run(toys()[2:], folder, Deaf())


def test_an_input_edited_by_hand_is_never_used_under_its_old_digest(folder: RunFolder) -> None:
    ran(toys(), folder)
    pq.write_table(folder.read("annotations").slice(1), folder.file("annotations"))
    with pytest.raises(StaleArtifactError, match=r"pick reads .*changed by hand"):
        run(toys()[2:], folder, Deaf())
    assert "changed by hand" in plan(toys()[2:], folder)[0].reasons[0]


def test_nothing_in_the_key_depends_on_the_place(tmp_path: Path) -> None:
    keys = []
    for name in ("one", "two"):
        folder = RunFolder(tmp_path / name, create=True)
        run(toys(), folder, Deaf())
        artifacts = folder.manifest()["artifacts"]
        keys.append({a: (e["key"], e["digest"]) for a, e in artifacts.items()})
    assert keys[0] == keys[1]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from benchbuilder import artifacts
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.runner import run
    from tests.test_runner import Deaf, toys

    where, folder = sys.argv[1], RunFolder(Path(sys.argv[2]))

    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    stages = toys()
    for stage in stages:
        stage.version = 2
    if where == "in the function":
        stages[1].function = die
    elif where == "before the move":
        artifacts._settle = die
    elif where == "before the manifest":
        RunFolder.write_manifest = die
    with folder.lock():
        run(stages, folder, Deaf())
"""


@pytest.mark.parametrize("where", ["in the function", "before the move", "before the manifest"])
def test_a_kill_at_any_moment_leaves_whole_artifacts(folder: RunFolder, where: str) -> None:
    ran(toys(), folder)
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), where, str(folder.path)],
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, "PYTHONPATH": "."},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    for name in ("clusters", "annotations", "selection"):
        assert folder.read(name).num_rows == 3
    stages = toys()
    for stage in stages:
        stage.version = 2
    with folder.lock():
        again = ran(stages, folder)
    finished_before = ["group"] if where == "in the function" else []
    assert again == [name for name in ("group", "score", "pick") if name not in finished_before]
    assert ran(stages, folder) == []


def test_a_rehearsal_writes_nothing_and_passes_on_what_is_not_there(folder: RunFolder) -> None:
    heard: list[int] = []

    def count(annotations: pa.Table, **_: Any) -> dict[str, pa.Table]:
        heard.append(annotations.num_rows)
        return {}

    stages = [*toys()[:2], Toy("pick", count, ("annotations",), ("selection",))]
    for stage in stages:
        stage.rehearsed = True
    assert rehearse(stages, folder) == ()
    assert heard == [3]
    assert list(folder.path.iterdir()) == []


def test_a_rehearsal_names_what_it_cannot_foresee(folder: RunFolder) -> None:
    stages = toys()
    stages[1].rehearsed = True
    assert rehearse(stages, folder) == ("score",)
    ran(stages, folder)
    assert rehearse(stages, folder) == (), "current: nothing would be asked"


def test_an_amended_artifact_stays_what_its_stage_made(folder: RunFolder) -> None:
    ran(toys(), folder)
    before = folder.read("annotations")
    place = before.schema.get_field_index("status")
    status = pa.array(["ok", "ok", "parse_error"])
    after = before.set_column(place, before.schema.field(place), status)
    amend(folder, "annotations", after)
    assert folder.read("annotations")["status"].to_pylist() == status.to_pylist()
    assert [p.reasons for p in plan(toys(), folder)][1] == (
        "annotations is incomplete: rows without a result are asked for again",
    )
    amend(folder, "annotations", before)
    assert all(planned.current for planned in plan(toys(), folder))


def test_outcomes_of_two_artifacts_of_a_stage_add_up(folder: RunFolder) -> None:
    def both(*, knobs: dict[str, Any], observe: Observer) -> dict[str, pa.Table]:
        answers = {"question_id": ["a", "b"], "model": ["m"] * 2, "sample": [0] * 2}
        notes = {"prompt_id": ["a", "b", "c"], "annotator": ["toy"] * 3}
        return {
            "answers": pa.table(answers | {"status": ["ok"] * 2}),
            "annotations": pa.table(notes | {"status": ["ok"] * 3}),
        }

    for state in ("complete", "current"):
        result = run([Toy("both", both, (), ("answers", "annotations"))], folder, Deaf()).stages[0]
        assert (result.state, result.statuses) == (state, {"ok": 5})
