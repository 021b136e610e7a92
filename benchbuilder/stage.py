"""A stage bound to a run: what it is given, and what decides its result beside its inputs.

A stage's *identity* is what decides its result beside settings and inputs (the digest of a dump, of
weights, of a template). Its *arguments* are made only when it runs: they load models and open
clients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from benchbuilder.artifacts import COMPLETIONS, RunFolder
from benchbuilder.config import Config
from benchbuilder.digests import file_digest
from benchbuilder.engines import Engine, open_engine
from benchbuilder.errors import InputError
from benchbuilder.llm.access import demand_access
from benchbuilder.llm.budget import Purse
from benchbuilder.llm.cache import has_answered
from benchbuilder.llm.client import open_client
from benchbuilder.llm.knock import knock
from benchbuilder.llm.preflight import Preflight
from benchbuilder.llm.types import Complete
from benchbuilder.observe import Observer
from benchbuilder.resources import template_path
from benchbuilder.settings import Settings
from benchbuilder.sources.paths import expand, kind_of, read_text

Arguments = dict[str, Any]
Identity = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What a run is given. Of all this only ``config`` and the files' contents enter a key.

    ``dumps``: a prompt dump; ``questions``, ``answers``, ``recorded``: files to judge and
    judgments to replay; ``human`` and ``names``: a ranking to compare with and its name map.
    Without paths, what an earlier run read stands. ``release``: take vectors and topics from that
    folder. ``limit``: answer the first questions only.
    ``engine_name``: see ``engines``; it changes no result.
    In a ``dry_run`` models are not asked: what they would be asked is counted in ``preflights``.
    """

    config: Config
    folder: RunFolder
    dumps: tuple[Path, ...] = ()
    questions: tuple[Path, ...] = ()
    answers: tuple[Path, ...] = ()
    recorded: tuple[Path, ...] = ()
    human: Path | None = None
    human_name: str = "human ranking"
    names: Path | None = None
    offline: bool = False
    max_cost_usd: float | None = None
    release: Path | None = None
    limit: int | None = None
    dry_run: bool = False
    engine_name: str = "local"
    preflights: list[Preflight] = field(default_factory=list)

    @cached_property
    def engine(self) -> Engine:
        """What does the row stages' work; a cluster is looked for when the first of them runs."""
        return open_engine(self.engine_name)

    @cached_property
    def purse(self) -> Purse | None:
        """One for all models of a command: the limit is on their sum."""
        return None if self.max_cost_usd is None else Purse(self.max_cost_usd)


@dataclass(frozen=True)
class Stage:
    """One step from artifacts to artifacts (see ``runner.Runnable``)."""

    name: str
    function: Callable[..., Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    version: int
    context: Context
    given: Callable[[Context, Observer], Arguments] = lambda context, observe: {}
    identify: Callable[[Context], Identity] = lambda context: {}
    streams: bool = False  # the first input comes batch by batch
    rehearsed: bool = False  # a dry run goes through it, to count what it would ask
    libraries: tuple[str, ...] = ()
    remedy: str = "run the same command again to ask for those rows only"

    def settings(self) -> dict[str, Any]:
        return self._section().decisive()

    def identity(self) -> Identity:
        return self.identify(self.context)

    def arguments(self, observe: Observer) -> Arguments:
        return {"settings": self._section(), **self.given(self.context, observe)}

    def failure_limit(self) -> float | None:
        limit: float | None = getattr(self._section(), "max_failure_rate", None)
        return limit

    def _section(self) -> Settings:
        """The settings of the stage; one that only reads files has none."""
        section: Settings = getattr(self.context.config, self.name, Settings())
        return section


_HOW_TO_GIVE = {
    "dump": "benchbuilder curate DUMP --run {run}",
    "questions": "--questions FILE",
    "answers": "benchbuilder judge ANSWERS … --run {run}, or first "
    "benchbuilder answer --model NAME --run {run}",
    "recorded judgments": "--recorded FILE, or --judge NAME for a declared model",
}


def identify_files(context: Context, paths: Sequence[Path], artifact: str, what: str) -> Identity:
    """The digests of files, and how each is read; without paths, those of last time.

    Beside its bytes only the suffix of a file counts, not its name.

    Raises:
        InputError: no paths are given and none were read before.
    """
    if paths:
        return {what: [identify_file(path) for path in expand(paths)]}
    entry = context.folder.entry(artifact)
    if entry is None:
        raise InputError(
            f"no {what} given, and none was read into {context.folder.path} before",
            hint=_HOW_TO_GIVE[what].format(run=context.folder.path),
        )
    identity: Identity = entry["made_from"]["identity"]
    return identity


def identify_file(path: Path) -> str:
    """The SHA-256 of an input file, and as what its suffix has it read (``json``, ``csv``, …)."""
    kind, digest = kind_of(path), _digest_once(path, path.stat().st_size, path.stat().st_mtime_ns)
    return digest if kind is None else f"{digest} {kind}"


@lru_cache(maxsize=256)
def _digest_once(path: Path, size: int, modified_ns: int) -> str:
    """A command asks several times for the digest of a dump that may have many gigabytes."""
    del size, modified_ns
    return file_digest(path)


def model_client(
    context: Context, name: str, observe: Observer, *, stage: str, batch: bool = False
) -> Complete:
    """A client for a declared model that records every call in the run folder, as of ``stage``.

    ``batch``: ask through the Batch API. In a dry run: a stand-in that counts and asks nothing.
    """
    settings, cache = context.config.declared_model(name), context.folder.path / COMPLETIONS
    if context.dry_run:
        stand_in = Preflight(name, settings, stage=stage, cache_path=cache, batch=batch)
        context.preflights.append(stand_in)
        return stand_in
    return open_client(
        name,
        settings,
        cache_path=cache,
        offline=context.offline,
        max_cost_usd=context.purse,
        batch=batch,
        stage=stage,
        observe=observe,
    )


def demand_model(context: Context, name: str) -> None:
    """Look whether a declared model can be asked, at no cost.

    Its server need not be there where its answers may be on record.

    Raises:
        ConfigError: it is not declared.
        CompletionError: no key, no valid URL, a limit without a known price, or nobody there.
    """
    settings = context.config.declared_model(name)
    if context.offline:
        return
    access = demand_access(name, settings, context.purse)
    if not (context.release or has_answered(context.folder.path / COMPLETIONS, name)):
        knock(name, settings, access)


def identify_model(context: Context, name: str, *templates: str) -> Identity:
    """What decides a model's output: its settings that are sent, and the templates' digests."""
    return {
        "model": context.config.declared_model(name).decisive() | {"name": name},
        "templates": [file_digest(existing_template(template)) for template in templates],
    }


def existing_template(name: str) -> Path:
    """The file of a prompt template.

    Raises:
        InputError: there is none of that name.
    """
    path = template_path(name)
    if not path.is_file():
        raise InputError(
            f"no prompt template {name!r}", hint="name a shipped one, or the path of your own file"
        )
    return path


def read_template(name: str) -> str:
    """The text of a prompt template."""
    return read_text(existing_template(name))
