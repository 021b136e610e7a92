"""Imports run downward, and the light commands stay light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import benchbuilder

PACKAGE = Path(benchbuilder.__file__).parent

#: From the ground up; a module may import from its own layer and from those before it.
LAYERS = (
    ("errors", "schemas", "observe", "resources"),
    ("settings", "wanted", "yaml_file"),
    ("config",),
    (
        "artifacts",
        "digests",
        "writing",
        "manifest",
        "mapped",
        "remote",
        "llm",
        "text",
        "stats",
        "sources",
        "encoders",
        "clustering",
        "distilled",
        "judging",
        "reporting",
        "annotating",
        "sampling",
        "contamination",
        "cascade",
        "release",
    ),
    ("stages",),
    (
        "planning",
        "runner",
        "stage",
        "embedding",
        "curating",
        "continuing",
        "answering",
        "reading",
        "refereeing",
        "importing",
        "regenerating",
        "releasing",
        "pipeline",
        "labelled",
        "doctor",
        "engines",
    ),
    ("console", "views", "cli", "__main__"),
)
LAYER_OF = {name: place for place, names in enumerate(LAYERS) for name in names}
FORBIDDEN_IN_STAGES = {"rich", "typer", "openai", "benchbuilder.artifacts"}
HEAVY = {
    "hdbscan",
    "numba",
    "openai",
    "pandas",
    "plotly",
    "pyarrow",
    "pydantic",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "torch",
    "transformers",
    "umap",
}


def imports(path: Path, *, top_level: bool = False) -> Iterator[str]:
    """The modules that a file imports, everywhere or only when it is loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            yield module
            if module == "benchbuilder":
                yield from (f"benchbuilder.{alias.name}" for alias in node.names)


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_every_module_has_a_layer() -> None:
    assert {room(path) for path in modules()} <= set(LAYER_OF)


def test_no_import_points_upward() -> None:
    upward = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in modules()
        for name in imports(path)
        if name.startswith("benchbuilder.")
        and LAYER_OF.get(name.split(".")[1], -1) > LAYER_OF[room(path)]
    ]
    assert upward == []


def test_stages_know_no_files_no_terminal_and_no_other_stage() -> None:
    broken = [
        f"{path.name} imports {name}"
        for path in (PACKAGE / "stages").glob("*.py")
        for name in imports(path)
        if name.startswith("benchbuilder.stages")
        or any(name == f or name.startswith(f + ".") for f in FORBIDDEN_IN_STAGES)
    ]
    assert broken == []


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    light = HEAVY - {"pyarrow", "pydantic"}
    broken = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in modules()
        for name in imports(path, top_level=True)
        if name.split(".")[0] in light
    ]
    assert broken == []


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; import benchbuilder.cli as c;"
        "r = CliRunner().invoke(c.app, ['--help']); assert r.exit_code == 0, r.output;"
        "print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(ast.literal_eval(done.stdout.strip().splitlines()[-1]))
    assert loaded & HEAVY == set()
