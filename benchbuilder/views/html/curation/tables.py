"""The numbers of a curation: every table of the page, and of the files beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.sampling.votes import majorities
from benchbuilder.schemas import CRITERIA
from benchbuilder.views.html.curation.document import CurationReport
from benchbuilder.views.html.curation.points import map_points
from benchbuilder.views.html.tables import score_counts

Row = dict[str, Any]

#: Languages with a bar of their own; the others share one.
LANGUAGES_SHOWN = 12
#: Limits of the classes of length, in tokens; each class is as wide as all before it.
_LENGTHS = (0, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
#: Why a prompt is a question.
CHOSEN = ("selected", "must_include")


def curation_tables(report: CurationReport) -> dict[str, pa.Table]:
    """Every table by name; those without a row are left out."""
    found = report.artifacts
    joined = _joined(found["prompts"], found["selection"])
    votes = majorities(found["annotations"], report.voters)
    made = {
        "waterfall": waterfall(report.figures),
        "criteria": criteria_rates(votes, found["selection"]),
        "correlations": correlations(votes),
        "scores": score_counts(found["selection"]),
        "topics": topics_table(found["topics"], found["topic_scores"]),
        "languages": _languages(joined),
        "lengths": _lengths(joined),
        "annotators": annotators_table(found["annotations"]),
        "map": map_points(found["map"], found["prompts"], found["selection"], found["topics"]),
    }
    return {name: table for name, table in made.items() if table.num_rows}


def _joined(prompts: pa.Table, selection: pa.Table) -> pa.Table:
    wanted = prompts.select(["prompt_id", "language", "n_tokens"])
    return wanted.join(selection.select(["prompt_id", "selected"]), "prompt_id", join_type="inner")


def waterfall(figures: Mapping[str, Mapping[str, Any]]) -> pa.Table:
    """From rows read to questions: ``step``, ``kind`` (total or drop), ``count``, ``share`` of the
    rows read, and ``left`` after the step. It adds up: a total is the last one less the drops."""
    steps = [
        (str(each["step"]), "total" if each["step"] in ("read", "kept") else "drop", each["count"])
        for each in figures.get("ingest", {}).get("waterfall", ())
    ]
    reasons = dict(figures.get("sample", {}).get("reasons", {}))
    chosen = sum(reasons.pop(name, 0) for name in CHOSEN)
    steps += [(name, "drop", n) for name, n in sorted(reasons.items(), key=lambda r: (-r[1], r[0]))]
    steps.append(("questions", "total", chosen))
    left = rows = steps[0][2]
    found: list[Row] = []
    for step, kind, count in steps:
        left = count if kind == "total" else left - count
        share = count / rows if rows else None
        found.append({"step": step, "kind": kind, "count": count, "share": share, "left": left})
    return pa.Table.from_pylist(found)


def criteria_rates(votes: pa.Table, selection: pa.Table) -> pa.Table:
    """How many prompts have a label for each criterion and meet it, all and selected."""
    chosen = selection.filter(selection["selected"])["prompt_id"].combine_chunks()
    picked = votes.filter(pc.is_in(votes["prompt_id"], value_set=chosen))
    rows = []
    for criterion in CRITERIA:
        row: Row = {"criterion": criterion}
        for name, table in (("prompts", votes), ("selected", picked)):
            known = table.num_rows - table[criterion].null_count
            met = pc.sum(table[criterion]).as_py() or 0
            row |= {
                f"{name}_labelled": known,
                f"{name}_met": met,
                f"{name}_share": met / known if known else None,
            }
        rows.append(row)
    return pa.Table.from_pylist(rows)


def correlations(votes: pa.Table) -> pa.Table:
    """Pearson's correlation of every two criteria (φ, as both are yes or no) over the prompts that
    have a label for both; null where one of them never changes."""
    rows = []
    for one, other in combinations(CRITERIA, 2):
        both = votes.filter(pc.and_(pc.is_valid(votes[one]), pc.is_valid(votes[other])))
        a, b = (both[name].to_numpy().astype(np.float64) for name in (one, other))
        moves = len(a) > 1 and a.std() > 0 and b.std() > 0
        phi = round(float(np.corrcoef(a, b)[0, 1]), 6) if moves else None
        rows.append({"criterion": one, "other": other, "prompts": len(a), "phi": phi})
    schema = pa.schema(
        [("criterion", pa.string()), ("other", pa.string()), ("prompts", pa.int64()),
         ("phi", pa.float64())]
    )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def topics_table(topics: pa.Table, scores: pa.Table) -> pa.Table:
    """Topics with their scores, the largest first; keywords as one text, as CSV has no lists."""
    words = [", ".join(words) for words in topics["keywords"].to_pylist()]
    named = topics.select(["topic_id", "name", "area", "size"]).append_column(
        "keywords", pa.array(words, pa.string())
    )
    return named.join(scores, "topic_id").sort_by(
        [("size", "descending"), ("topic_id", "ascending")]
    )


def _languages(joined: pa.Table) -> pa.Table:
    counted = Counter(joined["language"].to_pylist())
    picked = Counter(joined.filter(joined["selected"])["language"].to_pylist())
    order = sorted(counted, key=lambda name: (-counted[name], name))
    return _classes("language", [(n, counted[n], picked[n]) for n in order])


def _lengths(joined: pa.Table) -> pa.Table:
    """Classes of length in tokens, from the first to the last that holds a prompt."""
    tokens = joined["n_tokens"].to_numpy()
    chosen = joined["selected"].to_numpy()
    names = [f"{low}–{high - 1}" for low, high in pairwise(_LENGTHS)] + [f"{_LENGTHS[-1]} or more"]
    place = np.searchsorted(_LENGTHS, tokens, side="right") - 1
    every = np.bincount(place, minlength=len(names))
    picked = np.bincount(place[chosen], minlength=len(names))
    held = np.flatnonzero(every)
    shown = range(held[0], held[-1] + 1) if len(held) else range(0)
    return _classes("tokens", [(names[i], int(every[i]), int(picked[i])) for i in shown])


def _classes(name: str, rows: Iterable[tuple[str, int, int]]) -> pa.Table:
    return pa.Table.from_pylist(
        [{name: label, "prompts": every, "selected": picked} for label, every, picked in rows]
    )


def annotators_table(annotations: pa.Table) -> pa.Table:
    """Per annotator: prompts asked, with and without a result, tokens, and dollars; tokens and
    dollars are null where none were recorded."""
    rows = []
    for name in sorted(set(annotations["annotator"].to_pylist())):
        own = annotations.filter(pc.equal(annotations["annotator"], name))
        statuses = Counter(own["status"].to_pylist())
        spared, scored = statuses.pop("not_asked", 0), statuses.pop("ok", 0)
        rows.append(
            {
                "annotator": name,
                "prompts": own.num_rows - spared,
                "scored": scored,
                "without_result": sum(statuses.values()),
                "reasons": _listed(sorted(statuses.items())) or None,
                "not_asked": spared,
                "tokens": pc.sum(own["tokens"]).as_py(),
                "cost_usd": pc.sum(own["cost_usd"]).as_py(),
            }
        )
    return pa.Table.from_pylist(rows)


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts)
