"""The options of ``curate`` and its single stages, written once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchbuilder.cli.options import input_place


class StageName(StrEnum):
    """The stages of curation, in order."""

    INGEST = "ingest"
    EMBED = "embed"
    CLUSTER = "cluster"
    ANNOTATE = "annotate"
    SAMPLE = "sample"


Dumps = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="DUMP...",
        parser=input_place,
        help="Files, folders or patterns of the dump. Also s3://bucket/logs.",
    ),
]
From = Annotated[
    StageName | None,
    typer.Option("--from", help="Start here; what comes before must be there and current."),
]
Until = Annotated[StageName | None, typer.Option("--until", help="Stop after this stage.")]

Exclude = Annotated[
    list[Path] | None,
    typer.Option(
        "--exclude",
        help="A benchmark or an earlier release whose questions must not come back; repeatable.",
    ),
]
FromRelease = Annotated[
    Path | None,
    typer.Option(
        "--from-release",
        help="Make a release again: its settings, vectors, topics and recorded calls on the same "
        "dump. Another digest is exit code 3.",
    ),
]
Format = Annotated[
    str | None, typer.Option("--format", help="The dump's format; without it: by its fields.")
]
TextColumn = Annotated[
    str | None, typer.Option("--text-column", help="The column with the prompt, in other files.")
]
IdColumn = Annotated[str | None, typer.Option("--id-column", help="The column with the id.")]
ConversationColumn = Annotated[
    str | None,
    typer.Option("--conversation-column", help="The column with a list of messages."),
]
ReplaceQuestions = Annotated[
    bool,
    typer.Option(
        "--replace-questions",
        help="Make other questions though answers or judgments on those of this run are there.",
    ),
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="PATH",
        help="Write the curation as one page, NAME.html, that needs no network. Beside it: every "
        "table as NAME-TABLE.csv and NAME-TABLE.parquet. A folder: its curation.html.",
    ),
]
