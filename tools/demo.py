"""The demo, as a user would type it: curate a messy dump, judge recorded answers, report.

Needs no key and no network. Each command is printed before it runs, so that it can be typed again
with other files.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

from benchbuilder.resources import demo_path

WRITERS = "answer writers' ranking (no human votes)"


def main() -> int:
    """Run the three commands; the exit code is that of the first which fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, default=Path("runs/demo"))
    run: Path = parser.parse_args().run
    demo, judged, start = demo_path(), run.with_name(f"{run.name}-judged"), time.monotonic()
    say(
        "A dump of 1,760 conversations, written by language models for this demo: greetings, "
        "duplicates, other languages, invented private texts, and some hard prompts."
    )
    command("curate", *sorted(demo.glob("part_*.jsonl")), "--run", run, "--config", "demo")
    say(
        f"{overlap(demo, run)} of the 60 questions of the frozen demo set are among those that "
        "this run selected. Seven models answered the frozen set and a model judged them, two "
        "games a question; the recorded judgments are now replayed, so nothing is paid."
    )
    command(
        *("judge", demo / "answers.jsonl", "--questions", demo / "questions.jsonl"),
        *("--baseline", "demo-baseline", "--judge", "recorded"),
        *("--recorded", demo / "judgments.jsonl", "--run", judged),
    )
    command(
        *("report", judged, "--human", demo / "author_rankings.tsv", "--human-name", WRITERS),
    )
    say(
        "Read it with care: both games of four of the six models were decided together, so this "
        "data says nothing about position bias; and the ranking compared with is that of the "
        "answers' writers, who knew whose answer was whose. They are no human votes."
    )
    print(f"\nThe demo took {time.monotonic() - start:.0f} s. Run it again: everything is current.")
    return 0


def overlap(demo: Path, run: Path) -> int:
    """How many frozen questions the run selected; they are named by their conversation."""
    frozen = {json.loads(line)["question_id"] for line in open_lines(demo / "questions.jsonl")}
    prompts = pq.read_table(run / "prompts.parquet", columns=["prompt_id", "conversation_id"])
    selected = set(pq.read_table(run / "questions.parquet")["question_id"].to_pylist())
    return sum(
        row["conversation_id"] in frozen and row["prompt_id"] in selected
        for row in prompts.to_pylist()
    )


def open_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def say(sentence: str) -> None:
    print(f"\n{sentence}\n", flush=True)


def command(*arguments: object) -> None:
    """Print a command, run it, stop where it fails."""
    words = [str(argument) for argument in arguments]
    print(f"$ benchbuilder {shlex.join(words)}\n", flush=True)
    code = subprocess.run([sys.executable, "-m", "benchbuilder", *words], check=False).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    sys.exit(main())
