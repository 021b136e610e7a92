"""``init``: a folder to start from, with settings, templates, a tiny dump and CI."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchbuilder import __version__
from benchbuilder.errors import InputError
from benchbuilder.resources import demo_path, template_path

_STARTER = Path(__file__).parent / "starter"
#: Where each file of the starter goes.
_PLACES = {
    "README.md": "README.md",
    "benchbuilder.yaml": "benchbuilder.yaml",
    "benchmark.sh": "ci/benchmark.sh",
    "publish.sh": "ci/publish.sh",
    "workflow.yml": ".github/workflows/benchmark.yml",
    "gitignore": ".gitignore",
}
_TEMPLATES = ("annotate", "judge")
#: Fewer than clustering needs to find topics: the example takes seconds.
CONVERSATIONS = 40


def write_starter(folder: Path, name: str) -> list[str]:
    """Write the folder; the relative paths of its files.

    Raises:
        InputError: one of them is there already.
    """
    files = dict(_files(name))
    there = [path for path in files if (folder / path).exists()]
    if there:
        raise InputError(
            "is there already; nothing was written",
            file=folder / there[0],
            hint="choose an empty folder, or move that file away",
        )
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        if path.endswith(".sh"):
            target.chmod(0o755)
    return sorted(files)


def _files(name: str) -> Iterator[tuple[str, str]]:
    for source, place in _PLACES.items():
        text = (_STARTER / source).read_text(encoding="utf-8")
        yield place, text.replace("@NAME@", name).replace("@VERSION@", __version__)
    for template in _TEMPLATES:
        yield f"prompts/{template}.md", template_path(template).read_text(encoding="utf-8")
    yield "dump/chats.jsonl", "".join(_conversations())


def _conversations() -> Iterator[str]:
    """The first conversations of the demo that say something."""
    left = CONVERSATIONS
    with (demo_path() / "part_a.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            turns = json.loads(line)["conversation"]
            if turns and turns[0].get("content"):
                yield line
                left -= 1
                if not left:
                    return
