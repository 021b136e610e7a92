"""``curate --since``: the next version of a benchmark from a newer dump."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.config import Config

Since = Annotated[
    Path | None,
    typer.Option(
        "--since",
        metavar="RELEASE",
        help="Go on from a release: keep its topics, leave its questions out, say what is new.",
    ),
]
Judged = Annotated[
    Path | None,
    typer.Option(
        "--judged",
        metavar="RUN_OR_JUDGMENTS",
        help="With --since: judgments on the release, to find questions past their use.",
    ),
]
Freshness = Annotated[
    Path | None,
    typer.Option(
        "--freshness", metavar="FILE", help="With --since: write what is new as Markdown."
    ),
]


@dataclass(frozen=True)
class Living:
    """What ``--since`` goes on from, and what is to be said of it."""

    since: Path
    judged: Path | None
    freshness: Path | None


_TABLES = ("prompts", "clusters", "topics", "selection", "questions")


def going_on(config: Config, since: Path) -> Config:
    """The config that keeps a release's topics and leaves its questions out.

    Raises:
        InputError: the folder is no release, or a file of it was changed.
    """
    from benchbuilder.release.verify import demand_intact

    demand_intact(since)
    cluster = config.cluster.model_copy(update={"since": str(since)})
    return config.excluding([since]).model_copy(update={"cluster": cluster})


def fresh(folder: RunFolder, living: Living) -> dict[str, Any]:
    """The freshness report of a finished curation (see ``release.freshness``), written if asked."""
    from benchbuilder.release.diff import read_release
    from benchbuilder.release.freshness import freshness
    from benchbuilder.release.freshness_text import markdown
    from benchbuilder.sources.judgments import read_judgments

    document = freshness(
        read_release(living.since),
        {name: folder.read(name) for name in _TABLES},
        read_judgments([living.judged]) if living.judged else None,
        called=living.since.name,
    )
    if living.freshness is not None:
        living.freshness.parent.mkdir(parents=True, exist_ok=True)
        living.freshness.write_text(markdown(document), encoding="utf-8")
    return document


def show_fresh(document: dict[str, Any], folder: RunFolder) -> None:
    """Print the report, and the command that makes the next version."""
    from benchbuilder.console import output
    from benchbuilder.views.freshness import show

    proposed = document["next"]
    build = (
        f"benchbuilder release build --run {folder.path} --name {proposed['name']} "
        f"--version {proposed['version']}"
    )
    show(output(), document)
    output().print(build, soft_wrap=True, markup=False)
