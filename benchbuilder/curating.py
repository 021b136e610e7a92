"""What the stages of curation are given beside artifacts: lists of a person, other benchmarks."""

from __future__ import annotations

from pathlib import Path

from benchbuilder import encoders
from benchbuilder.artifacts import file_digest
from benchbuilder.config import Config
from benchbuilder.contamination.known import read_known
from benchbuilder.errors import InputError
from benchbuilder.observe import Observer
from benchbuilder.sources.id_lists import read_id_lists
from benchbuilder.sources.paths import expand
from benchbuilder.stage import Arguments, Context, Identity


def inputs_of_sample(config: Config) -> tuple[str, ...]:
    """The artifacts that sampling reads; vectors only where the settings need them."""
    inputs = ("prompts", "clusters", "topics", "annotations")
    settings = config.sample
    if (
        settings.strategy == "diverse"
        or settings.max_similarity is not None
        or _compares_by_meaning(config)
    ):
        return (*inputs, "embeddings")
    return inputs


def given_to_sample(context: Context, observe: Observer) -> Arguments:
    """The lists of a person and the questions of other benchmarks.

    Raises:
        InputError: a file is missing or cannot be read.
    """
    settings = context.config.sample
    given: Arguments = {
        "included": read_id_lists([Path(name) for name in settings.must_include]),
        "vetoed": read_id_lists([Path(name) for name in settings.must_exclude]),
    }
    if settings.exclude:
        encode = None
        if _compares_by_meaning(context.config):
            encode = encoders.open_encoder(context.config.embed).encode
        given["known"] = read_known([Path(name) for name in settings.exclude], encode)
    return given


def identify_sample(context: Context) -> Identity:
    """The digests of the files: a list that changes makes another selection."""
    settings = context.config.sample
    return {
        name: [_digest(Path(path)) for path in paths]
        for name, paths in (
            ("must_include", settings.must_include),
            ("must_exclude", settings.must_exclude),
            ("exclude", settings.exclude),
        )
        if paths
    }


def _digest(path: Path) -> list[str]:
    if not path.exists():
        raise InputError("no such file", file=path, hint="see the settings of `sample`")
    return [file_digest(file) for file in expand([path])]


def _compares_by_meaning(config: Config) -> bool:
    """Vectors of a fitted encoder (tfidf) say nothing about texts that it was not fitted on."""
    settings = config.sample
    return (
        bool(settings.exclude)
        and settings.exclude_cosine is not None
        and encoders.resolve_backend(config.embed) != "tfidf"
    )
