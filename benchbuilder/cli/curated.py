"""The page of a finished curation, with all that it says of its making."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchbuilder.artifacts import RunFolder
    from benchbuilder.stage import Context
    from benchbuilder.views.html.report import Provenance

#: One artifact of each stage: they share what the stage told.
_TOLD_BY = {
    "ingest": "conversations",
    "embed": "embeddings",
    "cluster": "clusters",
    "annotate": "annotations",
    "sample": "selection",
    "map": "map",
}


def write_page(context: Context, html: Path) -> None:
    """Place the prompts on a map where that was not done yet, and write the page.

    The caller holds the folder's lock; every stage of the curation is current.
    """
    from benchbuilder.config import dump_config
    from benchbuilder.console import ProgressBars, messages, working
    from benchbuilder.curating import voters_of
    from benchbuilder.pipeline import mapping
    from benchbuilder.runner import run
    from benchbuilder.views.curation import next_steps
    from benchbuilder.views.html.curation.document import NEEDED, CurationReport
    from benchbuilder.views.html.curation.page import write_curation

    folder, config = context.folder, context.config
    with ProgressBars() as bars:
        run(mapping(context), folder, bars)
    entries = folder.manifest()["artifacts"]
    told = {stage: entries[name] for stage, name in _TOLD_BY.items()}
    report = CurationReport(
        artifacts={name: folder.read(name) for name in NEEDED},
        figures={stage: entry["figures"] for stage, entry in told.items()},
        notes={stage: entry["notes"] for stage, entry in told.items() if stage != "map"},
        settings=dump_config(config),
        voters=config.sample.annotators or voters_of(config),
        next_steps=next_steps(folder),
        provenance=_provenance(folder, entries, html),
    )
    with working("writing the page"):
        written = write_curation(report, html)
    messages().print(f"wrote {written[0]}", soft_wrap=True, markup=False)
    tables = sum(path.suffix == ".parquet" for path in written)
    messages().print(f"and {tables} tables beside it, each as CSV and Parquet")


def _provenance(folder: RunFolder, entries: dict[str, Any], html: Path) -> Provenance:
    """Digests of the dump and of every artifact; the versions that the stages ran with."""
    from benchbuilder.artifacts import COMPLETIONS
    from benchbuilder.llm.totals import totals_of
    from benchbuilder.views.html.fine_print import library_versions
    from benchbuilder.views.html.report import Provenance
    from benchbuilder.views.spending import totals_rows

    calls = totals_of(folder.path / COMPLETIONS)
    own = {name: entry for name, entry in entries.items() if entry["stage"] in _TOLD_BY}
    dump = own["conversations"]["made_from"]["identity"].get("dump", [])
    digests = {f"dump, file {place}": digest for place, digest in enumerate(dump, 1)}
    libraries: dict[str, str] = {}
    for entry in own.values():
        libraries |= entry["libraries"]
    stages = [
        {"artifact": name} | {key: entry[key] for key in ("stage", "state", "rows")}
        for name, entry in own.items()
    ]
    return Provenance(
        shlex.join(["benchbuilder", "curate", "--run", str(folder.path), "--html", str(html)]),
        digests | {name: entry["digest"] for name, entry in own.items()},
        dict(library_versions()) | libraries,
        stages,
        totals_rows([total for total in calls if total.stage in (None, *_TOLD_BY)]),
    )
