"""The sentences of a curation, and what its template needs beside tables and plots."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.settings import LOCAL
from benchbuilder.text.counting import count_of
from benchbuilder.views.html.curation.document import CurationReport
from benchbuilder.views.html.curation.figures import worded
from benchbuilder.views.tables import percent

Context = dict[str, Any]
Tables = Mapping[str, pa.Table]

EXAMPLES_PER_SCORE = 3
EXAMPLE_CHARS = 400


def headline(report: CurationReport, tables: Tables) -> list[str]:
    """What came of it in one sentence, and two or three more."""
    steps = {row["step"]: row for row in tables["waterfall"].to_pylist()}
    questions = report.artifacts["questions"].num_rows
    picked = sum(n > 0 for n in report.artifacts["topic_scores"]["picked"].to_pylist())
    gave = f"gave {count_of(questions, 'question')} in {count_of(picked, 'topic')}"
    prompts = report.artifacts["prompts"].num_rows
    read = steps.get("read")
    first = f"{count_of(prompts, 'prompt')} {gave}"
    if read:
        first = f"{count_of(read['count'], 'conversation')} {gave}"
    copies = steps.get("near_duplicate")
    if read and copies:
        first += f"; {percent(copies['share'])} were near-duplicates"
    topics = report.artifacts["topics"].num_rows
    said = f"{count_of(prompts, 'prompt')} were kept and form {count_of(topics, 'topic')}."
    noise = report.figures.get("cluster", {}).get("noise_share")
    if noise:
        policy = {"nearest": "went to the nearest topic", "drop": "have no topic"}.get(
            report.settings["cluster"]["noise"], "share a topic of their own"
        )
        said += f" {percent(noise)} of them lay in no dense group and {policy}."
    return [first, said, _means(tables)]


def _means(tables: Tables) -> str:
    rows = [r for r in tables["scores"].to_pylist() if r["score"] is not None]
    parts = []
    for column, whose in (("selected", "selected prompts"), ("prompts", "all scored prompts")):
        total = sum(row[column] for row in rows)
        if total:
            mean = sum(row["score"] * row[column] for row in rows) / total
            parts.append(f"{whose} meet {mean:.2f} (n = {total:,})")
    if not parts:
        return "No prompt has a score."
    sentence = ", ".join(parts)
    return f"Of the seven criteria, {sentence} on average."


def waterfall_title(steps: Sequence[Context]) -> str:
    of = {row["step"]: row for row in steps}
    if "kept" not in of:
        return f"{count_of(of['questions']['count'], 'prompt')} became questions"
    return (
        f"{percent(of['kept']['share'])} of the {of['read']['count']:,} conversations became "
        f"prompts, {percent(of['questions']['share'])} became questions"
    )


def criteria_title(rates: Sequence[Context]) -> str:
    known = [row for row in rates if row["prompts_share"] is not None]
    if not known:
        return "No prompt has labels for the criteria"
    most = max(known, key=lambda row: row["prompts_share"])
    least = min(known, key=lambda row: row["prompts_share"])
    return (
        f"{worded(most['criterion']).capitalize()} is met most often, by "
        f"{percent(most['prompts_share'])} of the prompts, {worded(least['criterion'])} least, by "
        f"{percent(least['prompts_share'])}"
    )


def correlation_sentence(rows: Sequence[Context]) -> str:
    """The two that go together most, in words."""
    known = [row for row in rows if row["phi"] is not None]
    if not known:
        return "No two criteria can be compared: each is always met, or never."
    top = max(known, key=lambda row: (row["phi"], row["criterion"], row["other"]))
    names = f"{worded(top['criterion'])} and {worded(top['other'])}"
    return f"How often two criteria hold together; most of all {names} (φ = {top['phi']:.2f})."


def scores_title(scores: Sequence[Context], threshold: float) -> str:
    known = [row for row in scores if row["score"] is not None]
    total = sum(row["prompts"] for row in known)
    high = sum(row["prompts"] for row in known if row["score"] >= threshold)
    if not total:
        return "No prompt has a quality score"
    return (
        f"{high:,} of {total:,} scored prompts ({percent(high / total)}) reach the threshold, a "
        f"score of {threshold:g}"
    )


def topics_title(topics: Sequence[Context], prompts: int) -> str:
    picked = sum(row["picked"] > 0 for row in topics)
    largest = topics[0]["size"]
    return (
        f"{picked:,} of {count_of(len(topics), 'topic')} gave questions; the largest topic holds "
        f"{percent(largest / prompts)} of the prompts"
    )


def comparison_title(report: CurationReport) -> str:
    prompts = report.artifacts["prompts"].select(["prompt_id", "n_tokens"])
    chosen = report.artifacts["selection"]
    ids = chosen.filter(chosen["selected"])["prompt_id"].combine_chunks()
    picked = prompts.filter(pc.is_in(prompts["prompt_id"], value_set=ids))
    if not picked.num_rows:
        return "No prompt was selected to be compared with all prompts"
    of_picked, of_all = (_median(table["n_tokens"]) for table in (picked, prompts))
    return f"Half of the selected prompts have {of_picked} tokens or more; of all prompts {of_all}"


def _median(column: pa.ChunkedArray) -> str:
    return f"{pc.quantile(column, 0.5, interpolation='nearest')[0].as_py():,}"


def cost_title(annotators: Sequence[Context]) -> str:
    asked = [row for row in annotators if row["annotator"] != LOCAL]
    if not asked:
        scored = sum(row["scored"] for row in annotators)
        return f"No model was asked: the local head scored {count_of(scored, 'prompt')} at no cost"
    prompts = sum(row["prompts"] for row in asked)
    cost = sum(row["cost_usd"] or 0 for row in asked)
    priced = any(row["cost_usd"] is not None for row in asked)
    names = ", ".join(row["annotator"] for row in asked)
    price = f"for ${cost:,.2f}" if priced else "at a cost that is not recorded"
    return f"{count_of(prompts, 'prompt')} were put to {names} {price}"


def cascade_sentence(figures: Mapping[str, Any]) -> str | None:
    """What a cascade spared, and what it may have missed."""
    found = figures.get("cascade")
    if not found:
        return None
    told = f"The cascade asked about {found['calls']:,} of {count_of(found['prompts'], 'prompt')}."
    if found.get("lower") is not None:
        told += (
            f" It found {percent(found['value'])} of the good prompts (interval "
            f"{percent(found['lower'])} to {percent(found['upper'])}, from an audit of "
            f"{found['audited']:,} prompts that it left)."
        )
    return told


def examples_by_score(report: CurationReport) -> list[Context]:
    """A few prompts of each score, best first, drawn with the run's seed."""
    draw = random.Random(report.settings["seed"])
    selection = report.artifacts["selection"].sort_by("prompt_id")
    drawn: dict[int, list[str]] = {}
    counts: dict[int, int] = {}
    for score in range(7, -1, -1):
        own = selection.filter(pc.equal(selection["quality_score"], score))
        ids = own["prompt_id"].to_pylist()
        counts[score] = len(ids)
        drawn[score] = sorted(draw.sample(ids, min(EXAMPLES_PER_SCORE, len(ids))))
    shown = pa.array([name for ids in drawn.values() for name in ids], pa.string())
    rows = _rows_of(report, shown)
    return [
        {"score": score, "count": counts[score], "prompts": [rows[name] for name in ids]}
        for score, ids in drawn.items()
        if ids
    ]


def _rows_of(report: CurationReport, ids: pa.Array) -> dict[str, Context]:
    """Prompts by id, with their topic and what became of them."""
    prompts, selection = report.artifacts["prompts"], report.artifacts["selection"]
    topics = report.artifacts["topics"].select(["topic_id", "name"]).to_pylist()
    name_of = {row["topic_id"]: row["name"] for row in topics}
    fate = {
        row["prompt_id"]: row
        for row in selection.filter(pc.is_in(selection["prompt_id"], value_set=ids)).to_pylist()
    }
    texts = prompts.filter(pc.is_in(prompts["prompt_id"], value_set=ids)).select(
        ["prompt_id", "text"]
    )
    return {
        row["prompt_id"]: {
            "text": _beginning(row["text"]),
            "topic": name_of.get(fate[row["prompt_id"]]["topic_id"]),
            "reason": worded(fate[row["prompt_id"]]["reason"]),
        }
        for row in texts.to_pylist()
    }


def _beginning(text: str) -> str:
    return text if len(text) <= EXAMPLE_CHARS else text[: EXAMPLE_CHARS - 1].rstrip() + "…"
