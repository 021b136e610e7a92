"""The reference of settings, from the comments of the default preset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[1] / "configs" / "default.yaml"

_KEY = re.compile(r"(?P<indent> *)(?P<name>[\w.*-]+|\"[^\"]+\"):(?: (?P<value>.*))?$")
_TRAILING = re.compile(r"(?P<value>.*?)(?:^|\s+)# (?P<why>.*)$")
# A comment that is indented further shows lines of YAML.
_EXAMPLE = "   "


@dataclass(frozen=True)
class Key:
    """One setting: its full name, its default as YAML, what the comments say of it, an example."""

    name: str
    default: str
    meaning: str
    section: str
    example: tuple[str, ...]


def keys(text: str) -> Iterator[Key]:
    """The settings of a commented YAML file; a comment above several keys stands at the first."""
    above: list[str] = []
    parents: list[tuple[int, str]] = []
    for line in text.splitlines():
        bare = line.strip()
        if not bare:
            above.clear()
        elif bare.startswith("#"):
            above.append(bare.removeprefix("#"))
        elif found := _KEY.match(line):
            indent = len(found["indent"])
            while parents and parents[-1][0] >= indent:
                parents.pop()
            value, why = _split(found["value"] or "")
            name = ".".join([*(parent for _, parent in parents), found["name"]])
            told = [each.strip() for each in above if not each.startswith(_EXAMPLE)]
            example = tuple(each for each in above if each.startswith(_EXAMPLE))
            parents.append((indent, found["name"]))
            above.clear()
            yield Key(name, value, " ".join(filter(None, [*told, why])), parents[0][1], example)


def _split(value: str) -> tuple[str, str]:
    found = _TRAILING.match(value)
    return (found["value"].strip(), found["why"]) if found else (value.strip(), "")


def configuration_page(generated: str) -> str:
    """Every setting with its default and meaning, one table for each section."""
    parts = [
        "# Settings\n",
        generated,
        "A config file needs only the keys that differ from these defaults; `--set key=value` lays "
        "one over it. Unknown keys are an error. Changing a key runs again the stage that it "
        "belongs to and what follows.",
    ]
    section = None
    found = list(keys(DEFAULT.read_text(encoding="utf-8")))
    for key in found:
        if key.section != section:
            section = key.section
            parts.append(f"\n## {section}\n\n| key | default | meaning |\n|---|---|---|")
        if key.default or key.meaning:
            shown = f"`{key.default}`" if key.default else ""
            meaning = key.meaning.replace("|", "\\|")
            parts.append(f"| `{key.name}` | {shown} | {meaning} |")
    declared = next(key.example for key in found if key.name == "models")
    block = "\n".join(line[3:] for line in declared)
    parts.append(f"\n## A model, with the default of every key\n\n```yaml\n{block}\n```")
    return "\n".join(parts) + "\n"
