"""How fast ingest reads, and how much memory it takes: generated rows, everything switched on.

    python bench/ingest.py                 100,000 rows
    python bench/ingest.py 1000000 2       a million rows, two processes beside the main one

A row is a prompt and a reply of 800 characters each; every tenth prompt was there before. Prints
rows per second of wall time, processor time per row (what counts on a busy machine), and the peak
memory of the largest process.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchbuilder.observe import Silent
from benchbuilder.settings import IngestSettings
from benchbuilder.sources import read_dump
from benchbuilder.sources.spread import over_processes
from benchbuilder.stages.ingest import ingest

_SYLLABLES = ("ba", "ko", "li", "mer", "nu", "pra", "so", "ti", "vel", "wa", "xi", "zon")
_CHARACTERS = 800
_SPECIAL = (
    "write to ann@example.org",
    "from 192.0.2.7",
    "call +1 212-555-0147",
    "version 1.2.3",
    "on 2024-03-02 at 10:11:12",
    "order 1234567890123456",
)


def lines(count: int, seed: int = 1) -> Iterator[str]:
    """JSON lines in the form of LMSYS-Chat-1M."""
    lot = random.Random(seed)
    words = ["".join(lot.choices(_SYLLABLES, k=lot.randint(1, 4))) for _ in range(30_000)]

    def text() -> str:
        drawn = lot.choices(words, k=_CHARACTERS // 5)
        if lot.random() < 0.2:
            drawn[lot.randrange(40)] = lot.choice(_SPECIAL)
        return " ".join(drawn)[:_CHARACTERS]

    prompt = text()
    for number in range(count):
        prompt = prompt if number % 10 == 9 else text()
        turns = [("user", prompt), ("assistant", text())]
        row = {
            "conversation_id": f"{number:012d}",
            "model": f"model-{number % 7}",
            "conversation": [{"role": role, "content": content} for role, content in turns],
            "turn": 1,
            "language": "English",
            "redacted": False,
        }
        yield json.dumps(row) + "\n"


def main(count: int, processes: int) -> None:
    """Generate, ingest, print."""
    settings, observe = IngestSettings(), Silent()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        with path.open("w") as file:
            file.writelines(lines(count))
        start, spent_before = time.monotonic(), time.process_time()
        rows = read_dump([path], settings, observe)
        spread = over_processes(processes) if processes else map
        kept = 0
        for name, batch in ingest(rows, settings=settings, observe=observe, spread=spread):
            kept += batch.num_rows if name == "prompts" else 0
        seconds = time.monotonic() - start
    own = resource.getrusage(resource.RUSAGE_SELF)
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = sum(used.ru_utime + used.ru_stime for used in (own, others)) - spent_before
    print(  # noqa: T201 - this script is there to print
        f"ingest: {count:,} rows in {seconds:.1f} s with {processes} more processes: "
        f"{count / seconds:,.0f} rows/s, {1000 * spent / count:.3f} ms of processor time a row, "
        f"{kept:,} kept, peak {own.ru_maxrss / 2**20:.2f} GiB (main), "
        f"{others.ru_maxrss / 2**20:.2f} GiB (largest other)"
    )


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [100_000, 2][len(arguments) :]))
