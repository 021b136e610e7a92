from __future__ import annotations

import pytest
from rich.progress import Progress

from benchbuilder.console import ProgressBars, _Rate, working
from benchbuilder.runner import StageResult


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_shown_while_a_stage_works() -> None:
    clock = Clock()
    bars = Progress(get_time=clock)
    bars.add_task("embed", total=5000)
    task = bars.tasks[0]
    assert _Rate().render(task).plain == ""
    for done in (1000, 2500):
        clock.now += 1
        bars.update(task.id, completed=done)
    assert _Rate().render(task).plain == "1,500/s"
    clock.now += 1
    bars.update(task.id, completed=5000)
    assert _Rate().render(task).plain == ""


def test_a_slow_stage_has_no_rate() -> None:
    clock = Clock()
    bars = Progress(get_time=clock)
    bars.add_task("cluster", total=3)
    task = bars.tasks[0]
    for done in (1, 2):
        clock.now += 10
        bars.update(task.id, completed=done)
    assert _Rate().render(task).plain == ""


def test_bars_have_a_rate() -> None:
    assert any(isinstance(column, _Rate) for column in ProgressBars()._bars.columns)


def test_a_finished_stage_shows_the_rows_of_its_largest_artifact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    bars = ProgressBars()
    bars.finished(StageResult("ingest", "complete", {"conversations": 9, "prompts": 7}, 0.1))
    (task,) = bars._bars.tasks
    assert (task.completed, task.total) == (9, 9)


def test_what_calls_have_cost_so_far_stands_beside_the_bar() -> None:
    bars = ProgressBars()
    listener = bars.started("annotate")
    (task,) = bars._bars.tasks
    listener.progress(3, 10)
    assert task.fields["told"] == ""  # no price is known: not 0
    listener.figure("cost_usd", 1.2345)
    assert task.fields["told"] == "$1.23"
    assert (task.completed, task.total) == (3, 10)


def test_work_without_a_count_has_a_spinner_on_a_terminal_and_is_silent_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with working("building"):
        pass
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with working("building"):
        pass
    out, told = capsys.readouterr()
    assert out == ""
    assert "building" in told
