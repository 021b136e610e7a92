"""Making a report from a run folder or from files, with all that a page says of its making."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchbuilder.artifacts import COMPLETIONS, MANIFEST, RunFolder
from benchbuilder.cli.running import holds_judgments, no_judgments
from benchbuilder.config import Config
from benchbuilder.digests import file_digest
from benchbuilder.reporting.categories import ALL
from benchbuilder.reporting.coverage import below_coverage
from benchbuilder.views.html.report import Curation


@dataclass(frozen=True)
class Reported:
    """A finished report and what it was made from."""

    boards: list[dict[str, Any]]
    notes: list[str]
    tables: dict[str, pa.Table]
    judgments: pa.Table
    answers: pa.Table | None
    questions: pa.Table | None
    inputs: dict[str, str]  # name -> SHA-256: artifacts, files, prompt templates
    stages: list[dict[str, Any]]
    calls: list[tuple[str, ...]]  # what they came to, as ``views.spending`` words it
    curation: Curation | None

    @property
    def below_coverage(self) -> bool:
        """Whether a model has verdicts on too few of the questions that were meant for it."""
        whole = [board for board in self.boards if board["category"] == ALL]
        return any(board["below_coverage"]["models"] for board in whole)


def beside(folder: Path, name: str) -> Path | None:
    """The file with answers or questions that lies in a folder."""
    found = [folder / f"{name}{suffix}" for suffix in (".parquet", ".jsonl")]
    return next((file for file in found if file.is_file()), None)


def is_run(source: Path) -> bool:
    """Whether a source is a run folder, and not a file or a folder with judgments of any origin."""
    whole = (source / MANIFEST).is_file() or not holds_judgments(source)
    return source.is_dir() and whole


def report_run(run: Path, settings: Config, ranking: dict[str, Any]) -> Reported:
    """The report on a run folder; its tables become artifacts."""
    from benchbuilder.console import ProgressBars
    from benchbuilder.llm.totals import totals_of
    from benchbuilder.pipeline import reporting
    from benchbuilder.planning import outdated
    from benchbuilder.runner import run as run_stages
    from benchbuilder.stage import Context
    from benchbuilder.views.spending import totals_rows

    folder = RunFolder(run)
    if folder.entry("judgments") is None:
        raise no_judgments(run)
    with folder.lock(), ProgressBars() as bars:
        context = Context(settings, folder, **ranking)
        result = run_stages(reporting(context), folder, bars).stage("report")
    artifacts, older = folder.manifest()["artifacts"], outdated(folder)
    read = [name for name in ("judgments", "answers", "questions") if name in artifacts]
    found = {name: folder.read(name) for name in read}
    return Reported(
        boards=_with_warnings(result.figures["boards"], settings, older.get("judgments", [])),
        notes=[*result.notes, *_told_outdated(older, run)],
        tables={name: folder.read(name) for name in result.rows},
        judgments=found["judgments"],
        answers=found.get("answers"),
        questions=found.get("questions"),
        inputs={name: artifacts[name]["digest"] for name in read}
        | _digests(ranking)
        | _templates(artifacts),
        stages=[_artifact(name, entry) for name, entry in artifacts.items()],
        calls=totals_rows(totals_of(folder.path / COMPLETIONS)),
        curation=_curation(folder, artifacts),
    )


def _templates(artifacts: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The digests of the prompt templates by which models were asked."""
    found = {}
    for entry in artifacts.values():
        identity, name = entry["made_from"]["identity"], f"prompt template of {entry['stage']}"
        for digest in identity.get("templates", ()):
            found[name] = digest
        for category, digest in identity.get("by_category", {}).items():
            found[f"{name}, {category}"] = digest
    return found


def _with_warnings(
    boards: list[dict[str, Any]], settings: Config, outdated: list[str]
) -> list[dict[str, Any]]:
    """What a reader of a board must be told that is no number of it."""
    minimum = settings.judge.min_coverage
    return [
        {**board, "below_coverage": below_coverage(board, minimum), "outdated": outdated}
        for board in boards
    ]


def _told_outdated(older: dict[str, list[str]], run: Path) -> list[str]:
    made_here = ("leaderboard", "pairs", "breakdown")
    return [
        f"{name} were made from other {' and '.join(others)} than those that lie here now (what to "
        f"run again: benchbuilder status {run})"
        for name, others in older.items()
        if name not in made_here
    ]


def _artifact(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {"artifact": name} | {key: entry[key] for key in ("stage", "state", "rows")}


def _curation(folder: RunFolder, artifacts: dict[str, Any]) -> Curation | None:
    """How the questions were found, where this run curated them."""
    needed = ("topics", "topic_scores", "selection")
    # A file that is not what the manifest says may be of a run that was stopped half-way.
    whole = [name for name, entry in artifacts.items() if folder.intact(name, entry)]
    if not all(name in whole for name in ("conversations", *needed)):
        return None
    waterfall = artifacts["conversations"]["figures"].get("waterfall", ())
    return Curation(waterfall, *[folder.read(name) for name in needed])


def _digests(ranking: dict[str, Any]) -> dict[str, str]:
    files = {"human": ranking["human"], "names": ranking["names"]}
    return {name: file_digest(path) for name, path in files.items() if path}


def report_files(
    source: Path,
    answers: list[Path],
    questions: Path | None,
    settings: Config,
    ranking: dict[str, Any],
) -> Reported:
    """The report on files; no artifact is written.

    A run folder's own answers and questions stand where no others are given.
    """
    from benchbuilder.console import working
    from benchbuilder.observe import Silent
    from benchbuilder.sources.answers import one_answer_each, read_answers
    from benchbuilder.sources.human import read_human, read_names
    from benchbuilder.sources.judgments import read_judgments
    from benchbuilder.sources.paths import expand
    from benchbuilder.sources.questions import read_questions
    from benchbuilder.stages.report import report as make_report

    if source.is_dir():
        answers = answers or [file for file in [beside(source, "answers")] if file]
        questions = questions or beside(source, "questions")
    observe = Silent()
    judgments = read_judgments([source])
    asked = read_questions(questions) if questions else None
    given = read_answers(answers, asked) if answers else None
    kept = one_answer_each(given, settings.judge.duplicates) if given else None
    human, names = ranking["human"], ranking["names"]
    with working("reporting"):
        tables = make_report(
            judgments,
            kept,
            asked,
            settings=settings.report,
            observe=observe,
            human=read_human(human) if human else None,
            human_name=ranking["human_name"],
            names=read_names(names) if names else None,
        )
    files = expand([source, *answers, *([questions] if questions else [])])
    return Reported(
        boards=_with_warnings(observe.figures["boards"], settings, []),
        notes=observe.notes,
        tables=tables,
        judgments=judgments,
        answers=kept,
        questions=asked,
        inputs={str(path): file_digest(path) for path in files} | _digests(ranking),
        stages=[],
        calls=[],
        curation=None,
    )
