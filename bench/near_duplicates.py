"""How the search for near-copies grows: `python bench/near_duplicates.py [TEXTS …]`.

Signatures are drawn, not made of texts (`bench/ingest.py` measures that part, which is done where
rows are cleaned). A tenth of them copy an earlier one but for a few hashes. Each size runs in a
process of its own and gives one line of JSON: microseconds of processor time for each text, split
into what happens while texts come and what is decided at the end, bytes on disk and peak memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import numpy as np

from benchbuilder.text.near_duplicates import NearDuplicates
from benchbuilder.text.signatures import HASHES, Signatures
from benchbuilder.text.word_marks import MARK_COLUMNS

SIZES = (100_000, 1_000_000)
_BLOCK = 500
_COPIED = 50  # of a block
_CHANGED_HASHES = 6


def main(*sizes: str) -> None:
    """Print one line for each size."""
    for size in sizes or map(str, SIZES):
        subprocess.run([sys.executable, __file__, "--measure", size], check=True)


def drawn(count: int) -> Iterator[Signatures]:
    """Blocks of signatures; the last ones of a block copy the first ones."""
    draw = np.random.default_rng(0)
    for start in range(0, count, _BLOCK):
        texts = min(_BLOCK, count - start)
        hashes = draw.integers(0, 2**32, (texts, HASHES), dtype=np.uint32)
        hashes[-_COPIED:] = hashes[:_COPIED]
        hashes[-_COPIED:, draw.integers(0, HASHES, _CHANGED_HASHES)] += np.uint32(1)
        yield Signatures(
            hashes,
            np.full(texts, 60, dtype=np.int32),
            np.zeros((texts, MARK_COLUMNS), dtype=np.uint64),
            np.zeros(texts, dtype=np.int64),
        )


def measure(count: int) -> None:
    """Enter and decide; figures as JSON."""
    entering, bytes_on_disk = 0.0, 0
    start = time.perf_counter()
    with closing(NearDuplicates(0.75)) as near:
        for signatures in drawn(count):
            before = time.process_time()
            near.add(signatures)
            entering += time.process_time() - before
            bytes_on_disk += sum(column.nbytes for column in signatures)
        before, wall = time.process_time(), time.perf_counter()
        found = len(near.keepers())
        deciding, waited = time.process_time() - before, time.perf_counter() - wall
    figures = {
        "texts": count,
        "near_copies": found,
        "enter_us": round(1e6 * entering / count, 2),
        "decide_us": round(1e6 * deciding / count, 2),
        "decide_seconds": round(waited, 1),
        "all_seconds": round(time.perf_counter() - start, 1),
        "disk_bytes": bytes_on_disk // count,
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    else:
        main(*sys.argv[1:])
