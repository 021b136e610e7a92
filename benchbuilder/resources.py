"""Where presets, prompt templates, shipped heads and the demo lie.

In a checkout they stand at the top level, in an installed wheel inside the package; callers never
need to know which.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def _folder(in_wheel: str, in_checkout: str) -> Path:
    inside = _PACKAGE / in_wheel
    return inside if inside.is_dir() else _PACKAGE.parent / in_checkout


def preset_names() -> list[str]:
    """Names of the presets, sorted."""
    return sorted(path.stem for path in _folder("configs", "configs").glob("*.yaml"))


def preset_path(name: str) -> Path:
    """The YAML file of a preset (which may not exist)."""
    return _folder("configs", "configs") / f"{name}.yaml"


def template_path(name: str) -> Path:
    """A prompt template: a shipped one by name, or a file of the user's own by path."""
    shipped = _folder("prompts", "prompts") / f"{name}.md"
    return shipped if shipped.is_file() else Path(name)


def demo_path() -> Path:
    """The folder of the demo dump, questions, answers and judgments."""
    return _folder("demo", "data/demo")


def heads_path() -> Path:
    """The folder of the shipped heads of the local annotator."""
    return _PACKAGE / "heads"
