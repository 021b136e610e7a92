"""The demo, as a user would type it: curate a messy dump, judge recorded answers, report.

Needs no key and no network. Each command is printed before it runs, so that it can be typed again
with other files.
"""

from __future__ import annotations

import argparse
import json
import os
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
    demo = Path(os.path.relpath(demo_path()))
    judged, start = run.with_name(f"{run.name}-judged"), time.monotonic()
    say(
        "A dump of 1,760 conversations, written by language models for this demo: greetings, "
        "duplicates, other languages, invented private texts, and some hard prompts."
    )
    command("curate", *sorted(demo.glob("part_*.jsonl")), "--run", run, "--config", "demo")
    hard, selected = overlap(demo, run)
    say(
        f"The demo also has a frozen set of 60 questions from the same dump. {hard} of them are "
        f"eligible by this run's scores, and {selected} are among the 60 that it selected (one "
        "prompt of each topic comes first). Seven models answered the frozen set and a model "
        "judged them, two games a question; the recorded judgments are now replayed, so nothing "
        "is paid."
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


def overlap(demo: Path, run: Path) -> tuple[int, int]:
    """How many frozen questions are eligible in the run, and how many of those it selected.

    A frozen question is named by its conversation; ``below_min_score`` is the one reason that
    speaks about the prompt itself.
    """
    lines = (demo / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    frozen = {json.loads(line)["question_id"] for line in lines}
    prompts = pq.read_table(run / "prompts.parquet", columns=["prompt_id", "conversation_id"])
    ids = {row["prompt_id"] for row in prompts.to_pylist() if row["conversation_id"] in frozen}
    selection = pq.read_table(run / "selection.parquet").to_pylist()
    ours = [row for row in selection if row["prompt_id"] in ids]
    eligible = sum(row["reason"] != "below_min_score" for row in ours)
    return eligible, sum(row["selected"] for row in ours)


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
