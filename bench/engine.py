# ruff: noqa: T201 - this script is there to print
"""The Ray engine against the local one: the same ingest, and what a block costs by itself.

Needs a running cluster, here one of two nodes with one core each, so that both engines have two:

    ray start --head --port=6399 --num-cpus=1
    ray start --address=127.0.0.1:6399 --num-cpus=1
    RAY_ADDRESS=127.0.0.1:6399 python bench/engine.py 100000
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from ingest import lines

from benchbuilder import sources
from benchbuilder.engines import Engine, open_engine
from benchbuilder.observe import Silent
from benchbuilder.settings import IngestSettings
from benchbuilder.stages.ingest import ingest

LIMIT = 1.5
_BLOCK_ROWS = 500  # as ingest sends them


def main(count: int) -> int:
    """Print the measurements; 1 where Ray costs more than the limit."""
    if not os.environ.get("RAY_ADDRESS"):
        print("RAY_ADDRESS is not set: the engines are not compared")
        return 0
    start = time.perf_counter()
    engines = {name: open_engine(name) for name in ("local", "ray")}
    print(f"connecting and looking at the nodes: {time.perf_counter() - start:.1f} s")
    print(f"local: {engines['local'].size()}; ray: {engines['ray'].size()}")
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "chats.jsonl"
        with dump.open("w", encoding="utf-8") as file:
            file.writelines(f"{line.rstrip()}\n" for line in lines(count))
        _ingest(engines["ray"], dump, 2000)  # workers are started, modules are imported
        seconds = {name: _ingest(engine, dump, None) for name, engine in engines.items()}
    ratio = seconds["ray"] / seconds["local"]
    print(f"ingest of {count:,} rows: {seconds}, ratio {ratio:.2f} (limit {LIMIT})")
    for rows in (10_000, 100_000, 1_000_000):
        if rows <= count * 10:
            seconds_a_row = _empty(engines["ray"], rows)
            print(
                f"{rows:,} rows without work: {seconds_a_row * 1e6:.1f} µs a row, "
                f"{seconds_a_row * _BLOCK_ROWS * 1e3:.1f} ms a block"
            )
    return int(ratio > LIMIT)


def _ingest(engine: Engine, dump: Path, limit: int | None) -> float:
    settings = IngestSettings()
    start = time.perf_counter()
    rows = sources.read_dump([dump], settings, Silent())
    if limit is not None:
        rows = (row for _, row in zip(range(limit), rows, strict=False))
    for _ in ingest(rows, settings=settings, observe=Silent(), spread=engine.rows):
        pass
    return round(time.perf_counter() - start, 2)


def _empty(engine: Engine, rows: int) -> float:
    """Seconds a row where there is nothing to do: 1,600 characters there, and back."""
    start = time.perf_counter()
    blocks = ([f"{row:1600}" for row in range(_BLOCK_ROWS)] for _ in range(rows // _BLOCK_ROWS))
    assert sum(map(len, engine.rows(list, blocks))) == rows
    return (time.perf_counter() - start) / rows


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
