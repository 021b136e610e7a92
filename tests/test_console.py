from __future__ import annotations

from rich.progress import Progress

from benchbuilder.console import ProgressBars, _Rate


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
