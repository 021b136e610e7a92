# ruff: noqa: T201 - this script is there to print
"""What 1, 10 and 100 million prompts would take and cost: a projection, printed as Markdown.

    python bench/scale_model.py

Every figure was measured on one machine of two cores (AMD EPYC, Zen 4) at the sizes named beside
it, and is carried on in proportion, or as the comment says. Prices are assumptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MILLION = 1_000_000

# Microseconds of one core for each prompt; bench/engine.py, 100,000 rows of 1.8 KB.
READ_DRIVER_US = 83 + 22  # entering rows and deciding; writing and checking the artifacts
READ_NODES_US = 175
# bench/embed.py: 154 prompts of 87 tokens a second on two cores. bench/embed_memory.py: a million.
EMBED_NODES_US = 2e6 / 154
EMBED_DRIVER_US = 107
# The head `minilm`, prompts of 240 characters.
ANNOTATE_DRIVER_US, ANNOTATE_NODES_US = 13, 154
# bench/cluster_memory.py: 98 s and 1.9 GiB at 200,000, 140 s and 4.5 GiB at a million.
CLUSTER_SECONDS, CLUSTER_SECONDS_A_MILLION = 88, 52
CLUSTER_GIB, CLUSTER_GIB_A_MILLION = 1.25, 3.25
# bench/llm.py: 2 ms of the driver for a call to a model.
CALL_DRIVER_US = 2000
TEMPLATE_TOKENS, PROMPT_TOKENS, ANSWER_TOKENS = 783, 87, 20


def near_copies_us(prompts: int) -> float:
    """bench/near_duplicates.py: 3.5 at a million, 5.1 at four; carried on by its logarithm."""
    return 3.5 + 0.8 * math.log2(max(1.0, prompts / MILLION))


@dataclass(frozen=True)
class Shape:
    """A machine to rent: a core here is one that hardware threads do not share."""

    name: str
    cores: int
    memory_gib: int
    usd_an_hour: float


# On demand, Linux, us-east-1: assumptions, as remembered of November 2026; look them up.
DRIVER = Shape("m7a.4xlarge", 16, 64, 0.93)
LARGE_DRIVER = Shape("r7a.16xlarge", 64, 512, 4.87)
NODE = Shape("c7a.8xlarge", 32, 64, 1.64)
PLANS = ((1, DRIVER, 0), (10, DRIVER, 2), (100, LARGE_DRIVER, 8))
# A model of a small price, dollars for a million tokens in and out.
USD_IN, USD_OUT = 0.15, 0.60


def hours_of(millions: int, driver: Shape, nodes: int) -> dict[str, tuple[float, float]]:
    """By stage, hours of the driver's one core, and of the cores that share the rest."""
    prompts = millions * MILLION
    cores = nodes * NODE.cores or driver.cores
    annotating = cores if nodes else 1  # without a cluster one process does it
    spent = {
        "ingest": (READ_DRIVER_US, READ_NODES_US / cores),
        "near-copies": (near_copies_us(prompts), 0.0),
        "embed": (EMBED_DRIVER_US, EMBED_NODES_US / cores),
        "cluster": (CLUSTER_SECONDS / millions + CLUSTER_SECONDS_A_MILLION, 0.0),
        "annotate": (ANNOTATE_DRIVER_US, ANNOTATE_NODES_US / annotating),
    }
    hours = prompts / 1e6 / 3600
    return {name: (one * hours, shared * hours) for name, (one, shared) in spent.items()}


def main() -> None:
    """Print both tables."""
    print("| prompts | machines | hours by stage | all | memory for topics | slowest |")
    print("|---|---|---|---|---|---|")
    for millions, driver, nodes in PLANS:
        stages = hours_of(millions, driver, nodes)
        # Rows are read while others are cleaned; elsewhere the driver waits for each portion.
        takes = {n: max(pair) if n == "ingest" else sum(pair) for n, pair in stages.items()}
        total = sum(takes.values())
        usd = total * (driver.usd_an_hour + nodes * NODE.usd_an_hour)
        slowest = max(takes, key=lambda name: takes[name])
        of_driver = sum(one for one, _ in stages.values()) / total
        machines = driver.name + (f" + {nodes} × {NODE.name}" if nodes else "")
        each = ", ".join(f"{name} {hours:.2f}" for name, hours in takes.items())
        memory = CLUSTER_GIB + CLUSTER_GIB_A_MILLION * millions
        print(
            f"| {millions} million | {machines} | {each} | {total:.1f} h, {usd:,.2f} dollars | "
            f"{memory:.0f} of {driver.memory_gib} GiB | {slowest}; the driver alone is at work "
            f"{of_driver:.0%} of the time |"
        )
    print()
    print("| prompts | calls to annotate by a model | tokens in | dollars | driver, hours |")
    print("|---|---|---|---|---|")
    for millions, _, _ in PLANS:
        tokens = millions * (TEMPLATE_TOKENS + PROMPT_TOKENS)
        usd = tokens * USD_IN + millions * ANSWER_TOKENS * USD_OUT
        hours = millions * MILLION * CALL_DRIVER_US / 1e6 / 3600
        print(
            f"| {millions} million | {millions} million | {tokens:,} million | {usd:,.0f} | "
            f"{hours:.1f} |"
        )


if __name__ == "__main__":
    main()
