"""The second privacy pass over a whole release folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchbuilder.errors import InputError
from benchbuilder.release import layout
from benchbuilder.release.privacy import (
    Place,
    private_in_completions,
    private_in_table,
    private_in_texts,
)
from benchbuilder.release.reproduced import NEEDED

PLACES_SHOWN = 20


class PrivateTextFound(InputError):
    """The second privacy pass found something; ``places`` says where."""

    def __init__(self, places: list[Place]) -> None:
        shown = "\n".join(f"  {place}" for place in places[:PLACES_SHOWN])
        more = len(places) - PLACES_SHOWN
        rest = f"\n  and {more} more (--json lists all)" if more > 0 else ""
        super().__init__(
            f"private texts in {len(places)} places; nothing was written:\n{shown}{rest}",
            hint="curate with ingest.private=redact, or name the prompts in a file of "
            "sample.must_exclude",
        )
        self.places = places

    def details(self) -> dict[str, Any]:
        return {"release": None, "places": [place._asdict() for place in self.places]}


def find_places(folder: Path) -> list[Place]:
    """Every private text in a release folder, file by file."""
    places: list[Place] = []
    for name in sorted(NEEDED):
        table, artifact = layout.read_table(folder, name), layout.TABLES[name]
        places += private_in_table(table, layout.table_path(name), artifact.key[0])
    recorded = folder / layout.COMPLETIONS
    if recorded.is_file():
        places += private_in_completions(recorded)
    places += private_in_texts([folder / layout.CARD, *_named_files(folder)], folder)
    return places


def _named_files(folder: Path) -> Iterator[Path]:
    yield folder / layout.CONFIG
    for name in ("templates", "lists"):
        yield from sorted((folder / name).glob("*"))
