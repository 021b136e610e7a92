"""The config of a run: the settings of all stages, one seed for all, unknown keys are an error.

``load_config`` reads a preset or a YAML file, lays ``--set key=value`` over it and answers with a
``Config``, or raises ``ConfigError`` that names the key and the nearest one that exists.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from benchbuilder.errors import ConfigError
from benchbuilder.resources import preset_names, preset_path
from benchbuilder.settings import (
    AnnotateSettings,
    AnswerSettings,
    ClusterSettings,
    EmbedSettings,
    IngestSettings,
    JudgeSettings,
    MapSettings,
    ModelSettings,
    ReportSettings,
    SampleSettings,
    Seeded,
    Settings,
)
from benchbuilder.wanted import Misfit, misfits
from benchbuilder.yaml_file import Lines, read_yaml


class Config(Settings):
    """Everything that decides a result. Paths, keys and dates stand elsewhere."""

    seed: int = 42
    models: dict[str, ModelSettings] = Field(default_factory=dict)
    ingest: IngestSettings = IngestSettings()
    embed: EmbedSettings = EmbedSettings()
    cluster: ClusterSettings = ClusterSettings()
    annotate: AnnotateSettings = AnnotateSettings()
    sample: SampleSettings = SampleSettings()
    map: MapSettings = MapSettings()
    answer: AnswerSettings = AnswerSettings()
    judge: JudgeSettings = JudgeSettings()
    report: ReportSettings = ReportSettings()

    @model_validator(mode="before")
    @classmethod
    def _spread_seed(cls, raw: Any) -> Any:
        """One seed: it stands at the top and reaches every stage that draws at random."""
        if not isinstance(raw, Mapping):
            return raw
        spread = {name: value for name, value in raw.items() if value is not None or name == "seed"}
        if "seed" not in raw:
            return spread
        for name, field in cls.model_fields.items():
            kind = field.annotation
            if isinstance(kind, type) and issubclass(kind, Seeded):
                section = spread.get(name) or {}
                if isinstance(section, Mapping):
                    spread[name] = {**section, "seed": raw["seed"]}
        return spread

    def excluding(self, paths: Iterable[Path]) -> Config:
        """The config with more benchmarks whose questions must not come back, each named once."""
        names = dict.fromkeys((*self.sample.exclude, *map(str, paths)))
        sample = self.sample.model_copy(update={"exclude": tuple(names)})
        return self.model_copy(update={"sample": sample})

    def declared_model(self, name: str) -> ModelSettings:
        """The settings of a model by its declared name.

        ``openai`` is declared out of the box, from OPENAI_API_KEY and OPENAI_BASE_URL.

        Raises:
            ConfigError: the name is not declared.
        """
        if name in self.models:
            return self.models[name]
        if name == "openai":
            return ModelSettings(
                model="gpt-4.1-mini", api_key_env="OPENAI_API_KEY", base_url_env="OPENAI_BASE_URL"
            )
        raise ConfigError(
            f"no model named {name!r} is declared{_nearest(name, [*self.models, 'openai'])}",
            hint=f"declare it under `models:` in a config file, as {preset_path('default')} shows",
        )


def load_config(source: str | Path = "default", overrides: Iterable[str] = ()) -> Config:
    """Read a preset (by name) or a YAML file and lay ``key=value`` overrides over it.

    Raises:
        ConfigError: no such preset or file, bad YAML, unknown key, value that does not fit.
    """
    path = Path(source)
    if not path.is_file():
        if str(source) not in preset_names():
            names = ", ".join(preset_names())
            near = _nearest(str(source), preset_names())
            raise ConfigError(
                f"no config file or preset {str(source)!r}{near}", hint=f"presets: {names}"
            )
        path = preset_path(str(source))
    raw, lines = read_yaml(path, str(source))
    for override in overrides:
        lines.of[lay_over(raw, override)] = f"--set {override}"
    return build_config(raw, origin=lines)


def build_config(raw: Mapping[str, Any], *, origin: str | Lines) -> Config:
    """A ``Config`` from plain values; ``origin`` leads the message of a ``ConfigError``."""
    lines = Lines(origin) if isinstance(origin, str) else origin
    for name, section in raw.items():
        if isinstance(section, Mapping) and name != "models" and "seed" in section:
            raise ConfigError(
                f"{lines.where((str(name), 'seed'))}: `{name}.seed`: there is one seed for the "
                "whole run",
                hint="set `seed` at the top level",
            )
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        found = misfits(error.errors(), raw)
        raise ConfigError(
            "\n".join(_explained(each, lines) for each in found),
            hint=f"every key is explained in {preset_path('default')}",
        ) from None


def dump_config(config: Config) -> dict[str, Any]:
    """Plain values that ``build_config`` turns into the same ``Config``."""
    values: dict[str, Any] = config.model_dump(mode="json")
    for section in values.values():
        if isinstance(section, dict):
            section.pop("seed", None)
    return values


#: Keys that hold paths, or names and paths, of files.
_FILES = (
    ("cluster", "template"),
    ("cluster", "since"),
    ("annotate", "head"),
    ("annotate", "template"),
    ("sample", "must_include"),
    ("sample", "must_exclude"),
    ("sample", "exclude"),
    ("judge", "template"),
    ("judge", "templates"),
    ("judge", "rubrics"),
)


_LONGEST_NAME = 255


def rooted(config: Config) -> Config:
    """The config with the paths of files that are there from the root: it can be read anywhere."""
    values = dump_config(config)
    for section, key in _FILES:
        values[section][key] = _rooted(values[section][key])
    return build_config(values, origin="config")


def _rooted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rooted(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rooted(each) for each in value]
    # A word alone is the name of a shipped file, whatever lies in the current folder.
    if not isinstance(value, str) or "\n" in value or not ({".", "/"} & set(value)):
        return value
    if len(value) > _LONGEST_NAME:  # a rubric, say
        return value
    return str(Path(value).absolute()) if Path(value).exists() else value


def lay_over(raw: dict[str, Any], override: str) -> tuple[str, ...]:
    """Put the value of one ``key=value`` into plain settings; its place there.

    Raises:
        ConfigError: no such form, or the value is not valid YAML.
    """
    key, sign, text = override.partition("=")
    place_of = tuple(key.strip().split("."))
    if not sign or not all(place_of):
        raise ConfigError(
            f"--set {override!r}: expected key=value", hint="for example --set sample.target=200"
        )
    *parents, last = place_of
    place = raw
    for parent in parents:
        if place.get(parent) is None:
            place[parent] = {}
        place = place[parent]
        if not isinstance(place, dict):
            raise ConfigError(
                f"--set {override!r}: {parent!r} has no keys below it",
                hint=f"every key is explained in {preset_path('default')}",
            )
    try:
        place[last] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(
            f"--set {override!r}: the value is not valid YAML",
            hint="a list is [one, two], a table {key: value}; in quotes: --set 'key=…'",
        ) from error
    return place_of


def _explained(misfit: Misfit, lines: Lines) -> str:
    key = ".".join(misfit.place)
    near = _nearest(key, _keys_beside(misfit.place)) if misfit.unknown else ""
    return f"{lines.where(misfit.place)}: `{key}`: {misfit.said}{near}"


def _keys_beside(place: tuple[str, ...]) -> list[str]:
    """The keys that may be meant by one that does not exist, the nearest ones first."""
    if place[0] == "models" and place[2:]:
        return [f"{place[0]}.{place[1]}.{name}" for name in ModelSettings.model_fields]
    return list(_keys_of(Config))


def _keys_of(section: type[Settings], above: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        if name == "seed" and above:
            continue
        yield above + name
        if isinstance(field.annotation, type) and issubclass(field.annotation, Settings):
            yield from _keys_of(field.annotation, f"{above}{name}.")


def _nearest(name: str, known: Iterable[str]) -> str:
    """A suggestion: the nearest known name, first by the whole key, then by its last part."""
    known = list(known)
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if not found:
        last = {key.rpartition(".")[2]: key for key in reversed(known)}
        close = difflib.get_close_matches(name.rpartition(".")[2], list(last), n=1, cutoff=0.6)
        found = [last[close[0]]] if close else []
    return f"; did you mean `{found[0]}`?" if found else ""
