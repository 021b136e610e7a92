"""A YAML file as plain values, and the line on which each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchbuilder.errors import ConfigError

Place = tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """Where values stand: ``file:line``, or the ``--set`` that they came with."""

    origin: str
    of: dict[Place, str] = field(default_factory=dict)

    def where(self, place: Place) -> str:
        """The place of a value, or of the nearest one around it."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.of:
                return self.of[place[:end]]
        return self.origin


def read_yaml(path: Path, origin: str) -> tuple[dict[str, Any], Lines]:
    """The values of a file of settings; an empty file has none.

    Raises:
        ConfigError: it cannot be read, is no YAML, has a key twice, or holds no keys.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = origin if mark is None else f"{origin}:{mark.line + 1}"
        tab = "'\\t'" in str(error.problem)
        hint = "indent with spaces, not with tabs" if tab else f"look at that line: {path}"
        raise ConfigError(f"{where}: not valid YAML: {error.problem}", hint=hint) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{origin}: not valid YAML: {error}", hint="a config file is plain UTF-8 text"
        ) from error
    if values is not None and not isinstance(values, dict):
        raise ConfigError(
            f"{origin}: expected `key: value` lines at the top level",
            hint="for example `seed: 7`; a section is a key with indented lines below it",
        )
    lines = Lines(origin)
    if node is not None:
        _note_lines(node, (), lines)
    return values or {}, lines


def _note_lines(node: yaml.Node, place: Place, lines: Lines) -> None:
    """Write down the line of every key below a node.

    Raises:
        ConfigError: a key stands twice, of which YAML would drop the first in silence.
    """
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note_lines(item, (*place, str(number)), lines)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        deeper, line = (*place, str(key.value)), f"{lines.origin}:{key.start_mark.line + 1}"
        if deeper in lines.of:
            raise ConfigError(
                f"{line}: `{'.'.join(deeper)}` stands a second time, first at {lines.of[deeper]}",
                hint="join the two: only one of them can count",
            )
        lines.of[deeper] = line
        _note_lines(value, deeper, lines)
