"""``status`` and ``doctor``: look, change nothing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from benchbuilder.cli import options
from benchbuilder.cli.running import run_config


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(status)
    app.command()(doctor)


def status(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", parser=options.run_place, help="The run folder.")
    ],
    calls: Annotated[
        Path | None,
        typer.Option(
            "--calls", metavar="FILE", help="Write every recorded call as JSONL, to review."
        ),
    ] = None,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    json: options.Json = False,
) -> None:
    """Say what is in a run folder, what is stale and why, and what its calls to models cost.

    Example: `benchbuilder status runs/june`
    """
    from benchbuilder.artifacts import COMPLETIONS, RunFolder
    from benchbuilder.console import output, print_json
    from benchbuilder.errors import ConfigError
    from benchbuilder.llm.totals import totals_of
    from benchbuilder.pipeline import stages_of
    from benchbuilder.planning import plan
    from benchbuilder.stage import Context
    from benchbuilder.views.spending import spent, totals_table
    from benchbuilder.views.status import artifacts_table, plan_table

    folder = RunFolder(run)
    artifacts = folder.manifest()["artifacts"]
    try:
        context = Context(run_config(run, config, set_), folder)
    except ConfigError:  # what is there can be said without settings, what is stale cannot
        if not json:
            output().print(artifacts_table(artifacts, {}))
        raise
    planned = plan(stages_of(context), folder)
    totals = totals_of(folder.path / COMPLETIONS)
    if calls is not None:
        _write_calls(folder.path / COMPLETIONS, calls)
    if json:
        print_json(
            {
                "run": str(run),
                "artifacts": artifacts,
                "stages": [{"stage": p.name, "stale": list(p.reasons)} for p in planned],
                "calls": [total._asdict() for total in totals],
            }
        )
        return
    stale = {p.name: p.reasons[0] for p in planned if not p.current}
    output().print(artifacts_table(artifacts, stale))
    output().print(plan_table(planned))
    if totals:
        output().print(totals_table(totals))
    output().print(spent(totals))


def _write_calls(recorded: Path, file: Path) -> None:
    from contextlib import closing

    from benchbuilder.console import messages
    from benchbuilder.errors import InputError
    from benchbuilder.llm.cache import CompletionCache
    from benchbuilder.llm.recordings import export_completions

    if not recorded.is_file():
        raise InputError(
            "no call is recorded in this run",
            file=recorded.parent,
            hint="calls are recorded when a model is asked: benchbuilder doctor lists the models",
        )
    with closing(CompletionCache(recorded)) as cache:
        count = export_completions(cache, file)
    messages().print(f"wrote {file}: {count:,} calls", soft_wrap=True, markup=False)


def doctor(
    config: Annotated[
        str, typer.Option("--config", help="A YAML file or a preset: the models to check.")
    ] = "default",
    offline: Annotated[bool, typer.Option("--offline", help="Ask no endpoint anything.")] = False,
    engine: options.Engine = options.EngineName.LOCAL,
    json: options.Json = False,
) -> None:
    """Check packages, weights, endpoints, keys and prices, and say what to do about each.

    Example: `benchbuilder doctor`
    """
    from benchbuilder.config import load_config
    from benchbuilder.console import output, print_json
    from benchbuilder.doctor import examine
    from benchbuilder.views.status import checks_table

    checks = examine(load_config(config), call=not offline, engine=engine)
    if json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        output().print(checks_table(checks))
    if any(check.state == "problem" for check in checks):
        raise typer.Exit(1)
