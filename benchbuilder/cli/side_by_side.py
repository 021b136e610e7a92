"""``report`` on several sources: benchmarks side by side instead of one in depth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchbuilder.config import Config
    from benchbuilder.stats.benchmarks import Benchmark


def is_comparison(sources: Sequence[Path]) -> bool:
    """Several sources, or a table of scores, are compared and not reported on one by one."""
    from benchbuilder.sources.scores import holds_scores

    return len(sources) > 1 or holds_scores(sources[0])


def compare(
    sources: Sequence[Path],
    settings: Config,
    *,
    human: Path | None,
    human_name: str,
    names: Path | None,
    json: bool,
) -> bool:
    """Print the benchmarks of all sources side by side; False where coverage is too low."""
    from benchbuilder.console import output, print_json, print_notes, working
    from benchbuilder.reporting.benchmarks import side_by_side_document
    from benchbuilder.sources.human import read_human, read_names
    from benchbuilder.stats.votes import ranking_of
    from benchbuilder.views import benchmarks as view

    notes: list[str] = []
    short: list[str] = []
    with working("reporting"):
        found = [one for source in sources for one in _benchmarks(source, settings, notes, short)]
    confidence = settings.report.confidence
    ranking = ranking_of(read_human(human), confidence=confidence) if human else None
    document = side_by_side_document(
        _named_apart(found),
        ranking,
        called=human_name,
        names=read_names(names) if names else None,
        settings=settings.report,
    )
    notes += short
    if json:
        print_json(document | {"notes": notes})
    else:
        view.show(output(), document)
    print_notes(notes)
    return not short


def _benchmarks(
    source: Path, settings: Config, notes: list[str], short: list[str]
) -> list[Benchmark]:
    """The benchmarks of a table of scores, or one for each baseline of judgments.

    What must be said of the judgments is added to ``notes``, of coverage to ``short``.
    """
    from benchbuilder.cli.reported import beside
    from benchbuilder.observe import Silent
    from benchbuilder.reporting.benchmarks import benchmark_of
    from benchbuilder.reporting.categories import ALL
    from benchbuilder.reporting.coverage import below_coverage
    from benchbuilder.sources.judgments import read_judgments
    from benchbuilder.sources.questions import read_questions
    from benchbuilder.sources.scores import holds_scores, read_scores
    from benchbuilder.stages.report import report
    from benchbuilder.views.headline import listed

    if holds_scores(source):
        return read_scores(source, confidence=settings.report.confidence)
    judgments = read_judgments([source])
    asked = beside(source, "questions")
    observe = Silent()
    report(
        judgments,
        questions=read_questions(asked) if asked else None,
        settings=settings.report,
        observe=observe,
    )
    boards = [board for board in observe.figures["boards"] if board["category"] == ALL]
    name = source.resolve().name if source.is_dir() else source.stem
    notes += [f"{name}: {note}" for note in observe.notes]
    minimum = settings.judge.min_coverage
    for board in boards:
        below = [row["model"] for row in below_coverage(board, minimum)["models"]]
        if below:
            short.append(f"{name}: coverage is below {minimum:.0%} for {listed(below)}")
    return [
        benchmark_of(board, judgments, name if len(boards) == 1 else f"{name}/{board['baseline']}")
        for board in boards
    ]


def _named_apart(found: Sequence[Benchmark]) -> list[Benchmark]:
    """Benchmarks of one name get a number."""
    from dataclasses import replace

    seen: dict[str, int] = {}
    apart = []
    for one in found:
        seen[one.name] = seen.get(one.name, 0) + 1
        twice = seen[one.name] > 1
        apart.append(replace(one, name=f"{one.name} ({seen[one.name]})") if twice else one)
    return apart
