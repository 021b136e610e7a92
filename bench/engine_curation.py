# ruff: noqa: T201 - this script is there to print
"""A whole curation by both engines: the same artifacts, and where the time goes.

Needs a running cluster, as bench/engine.py does:

    RAY_ADDRESS=127.0.0.1:6399 python bench/engine_curation.py 100000

Rows are generated short prompts, of which the encoder reads 16 tokens, so that 100,000 of them are
embedded within minutes. Exit code 1 where an artifact differs. Last, the bytes of each artifact for
each prompt.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ingest import lines

_WORDS = 12


def main(count: int) -> int:
    """Print the measurements; 1 where the engines differ."""
    if not os.environ.get("RAY_ADDRESS"):
        print("RAY_ADDRESS is not set: the engines are not compared")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "chats.jsonl"
        with dump.open("w", encoding="utf-8") as file:
            file.writelines(short_lines(count))
        runs = {engine: _curate(dump, Path(folder) / engine, engine) for engine in ("local", "ray")}
        sizes = {file.name: file.stat().st_size for file in (Path(folder) / "ray").iterdir()}
    local, ray = ({name: made["digest"] for name, made in run.items()} for run in runs.values())
    print(f"{len(local)} artifacts, differing: {[n for n in local if local[n] != ray.get(n)]}")
    for name, made in runs["local"].items():
        print(f"{name}: {made['rows']:,} rows, local {made['seconds']} s, ray "
              f"{runs['ray'][name]['seconds']} s")  # fmt: skip
    for name, size in sorted(sizes.items()):
        print(f"{name}: {size / count:,.1f} bytes a row of the dump")
    return int(local != ray)


def short_lines(count: int) -> Iterator[str]:
    """Rows whose prompts differ in most of their words."""
    lot = random.Random(3)
    words = next(iter(lines(1))).split()[5:135]
    for number in range(count):
        prompt = " ".join([*lot.choices(words, k=_WORDS), f"{number}"])
        turns = [{"role": "user", "content": f"Explain {prompt}?"}]
        yield json.dumps({"conversation_id": str(number), "conversation": turns}) + "\n"


def _curate(dump: Path, run: Path, engine: str) -> dict[str, dict[str, object]]:
    command = [
        sys.executable, "-m", "benchbuilder", "curate", str(dump), "--run", str(run),
        "--engine", engine, "--set", "embed.max_tokens=16", "--set", "ingest.per_template=null",
        "--set", "sample.min_score=0",
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, object]] = manifest["artifacts"]
    return found


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
