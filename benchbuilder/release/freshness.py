"""What a newer dump brings to a benchmark: new topics, growing ones, questions past their use.

Topics keep their ids when clustering goes on from a release (``cluster.since``), so they are
compared by id. Shares of topics are compared by the logarithm of their ratio, whose standard error
is √(1/k₁ − 1/n₁ + 1/k₂ − 1/n₂) for k of n prompts (Katz et al., Biometrics 34, 1978).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchbuilder.release.diff import Release
from benchbuilder.stats.battles import build_battles
from benchbuilder.stats.discrimination import MIN_MODELS, prompt_discrimination
from benchbuilder.stats.win_rate import normal_quantile

#: Models that differ by less than this standard deviation of their scores on a question fare alike.
SATURATED_SPREAD = 0.1
_CONFIDENCE = 0.95
_NOISE = -1


def freshness(
    since: Release,
    tables: Mapping[str, pa.Table],
    judgments: pa.Table | None = None,
    *,
    called: str,
) -> dict[str, Any]:
    """The report as a JSON value.

    ``tables`` are those of the newer run: prompts, clusters, topics, selection and questions.
    ``called``: the name under which its selection knows the release among what it excludes.
    ``prompts``: how many there are, and how many the release knew. ``topics``: the ``new``, the
    ``growing``, ``shrinking`` and ``steady`` ones, and the ``gone``. ``saturated``: earlier
    questions on which at least ``MIN_MODELS`` judged models fare alike, of the ``judged`` ones
    that so many were judged on; both null without judgments.
    ``next``: the version to propose.
    """
    known = set(since.tables["pool"]["prompt_id"].to_pylist())
    today = tables["prompts"]["prompt_id"].to_pylist()
    again = sum(prompt in known for prompt in today)
    chosen = tables["selection"]
    left_out = chosen.filter(pc.equal(chosen["reason"], "contaminated"))["detail"]
    judged = saturated = None
    if judgments is not None:
        judged, saturated = _saturated(since, judgments)
    return {
        "since": {
            **{key: since.manifest[key] for key in ("name", "version", "digest")},
            "questions": len(since.question_ids),
        },
        "prompts": {"all": len(today), "new": len(today) - again, "known": again},
        "questions": {
            "proposed": tables["questions"].num_rows,
            "earlier_or_near": pc.sum(pc.starts_with(left_out, f"{called}: ")).as_py() or 0,
            "judged": judged,
        },
        "topics": _topics(since.tables, tables),
        "saturated": saturated,
        "next": {"name": since.manifest["name"], "version": next_version(since)},
    }


def next_version(since: Release) -> str:
    """The version with its last number one higher.

    >>> next_version(Release({"version": "2026-06"}, {}, {}))
    '2026-07'
    """
    version = str(since.manifest["version"])
    found = re.search(r"\d+(?=\D*$)", version)
    if found is None:
        return f"{version}-2"
    number = str(int(found.group()) + 1).zfill(len(found.group()))
    return version[: found.start()] + number + version[found.end() :]


def _topics(before: Mapping[str, pa.Table], after: Mapping[str, pa.Table]) -> dict[str, Any]:
    names_before, sizes_before = _sizes(before)
    names, sizes = _sizes(after)
    all_before, all_now = sum(sizes_before.values()), sum(sizes.values())
    chosen = after["selection"].filter(after["selection"]["selected"])
    asked = Counter(chosen["topic_id"].to_pylist())
    found: dict[str, list[dict[str, Any]]] = {
        kind: [] for kind in ("new", "growing", "shrinking", "steady", "gone")
    }
    for topic_id in sorted(names, key=lambda i: (-sizes[i], i)):
        row = {
            "topic_id": topic_id,
            "topic": names[topic_id],
            "prompts": sizes[topic_id],
            "share": _share(sizes[topic_id], all_now),
            "questions": asked[topic_id],
        }
        if topic_id not in names_before:
            found["new"].append(row)
        elif sizes[topic_id]:
            earlier = sizes_before[topic_id]
            row["share_before"] = _share(earlier, all_before)
            row |= _growth(sizes[topic_id], all_now, earlier, all_before)
            found[_kind(row)].append(row)
    for topic_id in sorted(names_before):
        if not sizes[topic_id]:
            found["gone"].append({"topic_id": topic_id, "topic": names_before[topic_id]})
    found["growing"].sort(key=lambda row: -row["ratio"])
    return found


def _sizes(tables: Mapping[str, pa.Table]) -> tuple[dict[int, str], Counter[int]]:
    topics = tables["topics"]
    names = dict(zip(topics["topic_id"].to_pylist(), topics["name"].to_pylist(), strict=True))
    names.pop(_NOISE, None)
    return names, Counter(i for i in tables["clusters"]["topic_id"].to_pylist() if i != _NOISE)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _growth(now: int, all_now: int, before: int, all_before: int) -> dict[str, float | None]:
    """The ratio of two shares with its 95 % interval; null where the topic had no prompt."""
    if not (now and before):
        return {"ratio": None, "lower": None, "upper": None}
    middle = math.log(now / all_now) - math.log(before / all_before)
    error = math.sqrt(1 / now - 1 / all_now + 1 / before - 1 / all_before)
    reach = normal_quantile(_CONFIDENCE) * error
    return {
        "ratio": round(math.exp(middle), 4),
        "lower": round(math.exp(middle - reach), 4),
        "upper": round(math.exp(middle + reach), 4),
    }


def _kind(row: Mapping[str, Any]) -> str:
    if row["lower"] is not None and row["lower"] > 1:
        return "growing"
    return "shrinking" if row["upper"] is not None and row["upper"] < 1 else "steady"


def _saturated(since: Release, judgments: pa.Table) -> tuple[int, list[dict[str, Any]]]:
    """How many earlier questions enough models were judged on, and those where all fare alike."""
    text_of = dict(
        zip(since.question_ids, since.tables["questions"]["text"].to_pylist(), strict=True)
    )
    found: dict[str, dict[str, Any]] = {}
    separating: set[str] = set()  # against one baseline is enough
    for baseline in sorted(set(judgments["baseline"].to_pylist())):
        battles = build_battles(judgments, baseline=baseline, prompts=since.question_ids)
        seen = prompt_discrimination(battles)
        for place, question in enumerate(seen.prompts):
            models, spread = int(seen.models[place]), float(seen.spread[place])
            if models < MIN_MODELS:
                continue
            if spread >= SATURATED_SPREAD:
                separating.add(question)
            else:
                found[question] = {
                    "question_id": question,
                    "models": models,
                    "mean_score": round(float(seen.mean_score[place]), 4),
                    "spread": round(spread, 4),
                    "text": text_of[question],
                }
    alike = [found[question] for question in sorted(set(found) - separating)]
    return len(set(found) | separating), alike
