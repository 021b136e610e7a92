"""The dataset card: Markdown under a YAML header in the form that the Hugging Face Hub reads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchbuilder.release.front_matter import front_matter
from benchbuilder.release.markdown import cell, table
from benchbuilder.text.privacy import KINDS

UNKNOWN = "unknown"
_TOPICS_SHOWN = 30


@dataclass(frozen=True)
class Statement:
    """What only the owner knows: the licence (an identifier of the Hub) and where prompts are
    from."""

    licence: str = UNKNOWN
    origin: str | None = None


def card(
    manifest: Mapping[str, Any],
    settings: Mapping[str, Any],
    tables: Mapping[str, pa.Table],
    statement: Statement,
) -> str:
    """The text of ``README.md`` from ``release.json``, ``config.yaml`` and the tables."""
    title = f"{manifest['name']} {manifest['version']}"
    counted = manifest["counts"]
    parts = [
        f"---\n{_header(manifest)}---\n\n# {title}",
        f"{_count(counted['questions'], 'hard question')}, chosen from "
        f"{_count(counted['prompts'], 'prompt')} in {_count(counted['topics'], 'topic')}.",
        f"Digest (SHA-256 of `questions.jsonl`): `{manifest['digest']}`",
        "## What is in it\n\n" + _contents(counted, tables),
        "## Topics\n\n" + _topics(tables["questions"]),
        "## How it was made\n\n" + _making(manifest, settings),
        "## Cost\n\n" + _cost(manifest),
        "## Privacy\n\n" + _privacy(settings),
        "## Licence\n\n" + _licence(statement),
        "## Known limits\n\n" + _limits(settings, tables),
        "## Check it, use it, make it again\n\n" + _usage(manifest),
        "## Citation\n\n" + _citation(title, manifest),
    ]
    return "\n\n".join(parts) + "\n"


def _header(manifest: Mapping[str, Any]) -> str:
    counted = manifest["counts"]
    title = f"{manifest['name']} {manifest['version']}"
    return front_matter(
        title,
        manifest["licence"],
        counted["languages"],
        counted["questions"],
        "questions.parquet",
    )


def _contents(counted: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> str:
    shares = [
        (name.replace("_", " "), f"{count:,}", _percent(count, counted["questions"]))
        for name, count in counted["criteria"].items()
    ]
    several = len(set(tables["annotations"]["annotator"].to_pylist())) > 1
    means = " (by at least one annotator's word for it)" if several else ""
    return "\n\n".join(
        [
            table(
                ("language", "questions"),
                [(k, f"{n:,}") for k, n in _falling(counted["languages"])],
            ),
            table(("quality score, 0 to 7", "questions"), list(counted["scores"].items())),
            f"Criteria that the questions meet{means}:",
            table(("criterion", "questions", "share"), shares),
        ]
    )


def _topics(questions: pa.Table) -> str:
    found = _falling(Counter(str(name) for name in questions["topic"].to_pylist()))
    rows = [(cell(name), f"{count:,}") for name, count in found[:_TOPICS_SHOWN]]
    rest = len(found) - len(rows)
    more = f"\n\nand {rest:,} more topics; see `topic` in the questions." if rest > 0 else ""
    return table(("topic", "questions"), rows) + more


def _making(manifest: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    stages, sample = manifest["stages"], settings["sample"]
    annotate = settings["annotate"]
    encoder = stages["embed"]["identity"].get("encoder", {})
    waterfall = stages["ingest"]["figures"].get("waterfall", [])
    lost = [(step["step"].replace("_", " "), f"{step['count']:,}") for step in waterfall]
    annotators = [annotate["annotator"], *annotate["panel"]]
    first = annotate["first"]["annotator"]
    threshold = stages["sample"]["figures"].get("threshold", sample["min_score"])
    mean = sample["min_cluster_score"]
    lines = [
        f"- Embeddings: {encoder.get('model', 'recorded in an earlier release')}",
        f"- Topics: {settings['cluster']['method']}",
        f"- Annotator: {', '.join(map(str, annotators))}"
        + (f"; {first} read everything first" if first else "")
        + f" (template `{annotate['template']}`)" * (annotators != ["local"]),
        f"- Threshold: {threshold:g} of 7 criteria (asked for: {sample['min_score']:g}); topics "
        + ("with any mean score" if mean is None else f"with a mean score of {mean:g} or more"),
        f"- Selection: {sample['strategy']}, seed {settings['seed']}",
        *[
            f"- Kept out: {_count(count, 'prompt')} that {file} has"
            for file, count in stages["sample"]["figures"].get("contaminated", {}).items()
        ],
    ]
    text = (
        f"Made with BenchBuilder {manifest['benchbuilder']}. Every setting stands in "
        "`config.yaml`, every prompt that was not chosen has its reason in "
        "`recorded/selection.parquet`.\n\n" + "\n".join(lines)
    )
    if not lost:
        return text
    return f"{text}\n\nWhere the conversations of the dump went:\n\n" + table(
        ("step", "conversations"), lost
    )


def _cost(manifest: Mapping[str, Any]) -> str:
    cost = manifest["cost_usd"]
    if cost is None:
        return "What the annotations cost is not known: the endpoint gave no prices."
    return f"The annotations cost {cost:.2f} US dollars."


def _privacy(settings: Mapping[str, Any]) -> str:
    kept = settings["ingest"]["private"]
    first = {
        "redact": "Private texts were replaced by placeholders when the dump was read",
        "drop": "Prompts with private texts were dropped when the dump was read",
        "keep": "Private texts were not replaced when the dump was read",
    }[kept]
    return (
        f"{first}. A second pass over everything in this folder found none of: "
        f"{', '.join(kind.replace('_', ' ') for kind in KINDS)}. Names, addresses and other "
        "private texts without a form of their own cannot be found that way. Texts of prompts "
        "that are no questions are not part of the tables; recorded completions, where they are "
        "part of the folder, and embeddings say something about them."
    )


def _licence(statement: Statement) -> str:
    licence = (
        "No licence was stated. Ask the owner before you hand the questions on."
        if statement.licence == UNKNOWN
        else f"`{statement.licence}`, as stated by who made this release."
    )
    origin = "" if statement.origin is None else f"\n\nOrigin of the prompts: {statement.origin}"
    return licence + origin


def _limits(settings: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> str:
    lines = [
        "- The quality score is an annotator's opinion, not a measurement of difficulty.",
        "- The questions come from one dump and share the interests of its users.",
        "- Models may have seen them in training, the more so the longer they are public.",
    ]
    if settings["annotate"]["annotator"] == "local":
        lines.append(
            "- The local annotator is a small model: cheap, and weaker than a language model."
        )
    if "embeddings" not in tables:
        lines.append(
            "- Embeddings are not part of this release. Computed again on another processor they "
            "may differ in the last bits, and what leans on them with them."
        )
    return "\n".join(lines)


def _usage(manifest: Mapping[str, Any]) -> str:
    folder = f"{manifest['name']}-{manifest['version']}"
    return (
        "```\n"
        f"benchbuilder release verify {folder}\n"
        f"benchbuilder judge answers.jsonl --questions {folder} --baseline MODEL --judge NAME "
        "--run DIR\n"
        f"benchbuilder curate DUMP --offline --from-release {folder} --run DIR\n"
        "```"
    )


def _citation(title: str, manifest: Mapping[str, Any]) -> str:
    key = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return (
        "```bibtex\n"
        f"@misc{{{key},\n  title = {{{title}}},\n"
        f"  note = {{Made with BenchBuilder; digest {manifest['digest'][:16]}}}\n}}\n"
        "@misc{li2024crowdsourced,\n"
        "  title = {From Crowdsourced Data to High-Quality Benchmarks: Arena-Hard and "
        "BenchBuilder Pipeline},\n"
        "  author = {Li, Tianle and Chiang, Wei-Lin and Frick, Evan and Dunlap, Lisa and Wu, "
        "Tianhao and Zhu, Banghua and Gonzalez, Joseph E. and Stoica, Ion},\n"
        "  year = {2024}, eprint = {2406.11939}, archivePrefix = {arXiv}\n}\n"
        "```"
    )


def _falling(counted: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _percent(count: int, total: int) -> str:
    return f"{100 * count / max(total, 1):.0f} %"
