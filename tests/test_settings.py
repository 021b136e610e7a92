"""Which settings make which stages run again: nothing that decides no result is in a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchbuilder.answering import asking
from benchbuilder.artifacts import RunFolder
from benchbuilder.config import Config, build_config, dump_config, lay_over
from benchbuilder.pipeline import curation, judging, mapping, reporting
from benchbuilder.settings import ModelSettings
from benchbuilder.stage import Context

#: A run with a cascade has no first annotator.
REFUSED = "refused"
#: Another value of every key, and the stages that read it: in a run with the defaults (and
#: tfidf), and in one that uses what the defaults leave out. What follows those stages is not named.
KEYS: dict[str, tuple[str, str, str]] = {
    "seed": ("7", "cluster sample map report", "cluster annotate sample map report"),
    "models": ("{m: {model: n, base_url: http://h}}", "", "annotate cluster judge answer"),
    "ingest.format": ("plain", "ingest", "ingest"),
    "ingest.text_column": ("words", "ingest", "ingest"),
    "ingest.id_column": ("number", "ingest", "ingest"),
    "ingest.conversation_column": ("talk", "ingest", "ingest"),
    "ingest.languages": ("[en]", "ingest", "ingest"),
    "ingest.min_chars": ("9", "ingest", "ingest"),
    "ingest.max_chars": ("99", "ingest", "ingest"),
    "ingest.min_tokens": ("3", "ingest", "ingest"),
    "ingest.max_tokens": ("99", "ingest", "ingest"),
    "ingest.images": ("drop", "ingest", "ingest"),
    "ingest.flagged": ("keep", "ingest", "ingest"),
    "ingest.private": ("drop", "ingest", "ingest"),
    "ingest.private_engine": ("presidio", "ingest", "ingest"),
    "ingest.private_model": ("en_core_web_sm", "", "ingest"),
    "ingest.near_duplicates": ("false", "ingest", "ingest"),
    "ingest.similarity": ("0.8", "ingest", "ingest"),
    "ingest.per_template": ("7", "ingest", "ingest"),
    "ingest.max_bad_rows": ("7", "", ""),
    "embed.backend": ("endpoint", "embed", "embed"),
    "embed.model": ("m", "", "embed"),
    "embed.max_tokens": ("99", "", "embed"),
    "embed.long_prompts": ("windows", "", "embed"),
    "embed.precision": ("bfloat16", "", ""),
    "embed.device": ("cuda:1", "", ""),
    "embed.dimensions": ("16", "embed", ""),
    "embed.storage": ("float16", "embed", "embed"),
    "cluster.method": ("evoc", "cluster", "cluster"),
    "cluster.min_cluster_size": ("7", "cluster", "cluster"),
    "cluster.n_neighbors": ("7", "cluster", "cluster"),
    "cluster.n_components": ("7", "cluster", ""),
    "cluster.epochs": ("7", "cluster", ""),
    "cluster.threads": ("7", "", "cluster"),
    "cluster.noise": ("drop", "cluster", "cluster"),
    "cluster.fit_at_most": ("700", "cluster", "cluster"),
    "cluster.keywords": ("7", "cluster", "cluster"),
    "cluster.areas": ("0", "cluster", "cluster"),
    "cluster.namer": ("openai", "cluster", "cluster"),
    "cluster.template": ("FILE", "", "cluster"),
    "cluster.since": ("EARLIER", "cluster", "cluster"),
    "cluster.earlier": ("match", "", "cluster"),
    "annotate.annotator": ("openai", "annotate", "annotate"),
    "annotate.panel": ("[openai]", "annotate", "annotate"),
    "annotate.first.annotator": ("openai", "annotate sample", REFUSED),
    "annotate.first.min_score": ("4", "", ""),
    "annotate.first.min_cluster_score": ("4", "", ""),
    "annotate.cascade.enabled": ("true", "annotate", "annotate"),
    "annotate.cascade.min_score": ("4", "", "annotate"),
    "annotate.cascade.spare": ("4", "", "annotate"),
    "annotate.cascade.max_share": ("0.4", "", "annotate"),
    "annotate.cascade.max_calls": ("40", "", "annotate"),
    "annotate.cascade.seed_calls": ("40", "", "annotate"),
    "annotate.cascade.growth": ("0.4", "", "annotate"),
    "annotate.cascade.audit_share": ("0.4", "", "annotate"),
    "annotate.head": ("FILE", "annotate", "annotate"),
    "annotate.template": ("FILE", "", "annotate"),
    "annotate.max_failure_rate": ("0.4", "", ""),
    "annotate.max_prompt_chars": ("4000", "", "annotate"),
    "annotate.batch": ("true", "", ""),
    "sample.strategy": ("proportional", "sample", "sample"),
    "sample.annotators": ("[local]", "sample", "sample"),
    "sample.min_score": ("5.5", "sample", "sample"),
    "sample.min_score_floor": ("4", "sample", "sample"),
    "sample.min_cluster_score": ("4", "sample", "sample"),
    "sample.mean_over": ("eligible", "", "sample"),
    "sample.per_cluster": ("4", "sample", "sample"),
    "sample.clusters": ("4", "sample", "sample"),
    "sample.pick_clusters": ("best", "sample", "sample"),
    "sample.pick_prompts": ("random", "sample", ""),
    "sample.target": ("4", "sample", "sample"),
    "sample.max_share": ("0.4", "sample", "sample"),
    "sample.noise": ("include", "sample", "sample"),
    "sample.max_tokens": ("400", "sample", "sample"),
    "sample.at_most.language": ("{en: 4}", "sample", "sample"),
    "sample.at_most.topic": ("{'*': 4}", "sample", "sample"),
    "sample.at_least.language": ("{en: 4}", "sample", "sample"),
    "sample.at_least.topic": ("{'1': 4}", "sample", "sample"),
    "sample.max_similarity": ("0.9", "sample", "sample"),
    "sample.must_include": ("[FILE]", "sample", "sample"),
    "sample.must_exclude": ("[FILE]", "sample", "sample"),
    "sample.exclude": ("[FILE]", "sample", "sample"),
    "sample.exclude_jaccard": ("0.8", "", "sample"),
    "sample.exclude_cosine": ("null", "", "sample"),
    "map.max_prompts": ("99", "map", "map"),
    "answer.samples": ("2", "answer", "answer"),
    "answer.limit": ("2", "answer", "answer"),
    "answer.max_failure_rate": ("0.4", "", ""),
    "answer.batch": ("true", "", ""),
    "judge.judge": ("openai", "judge", "judge"),
    "judge.panel": ("[openai]", "judge", "judge"),
    "judge.baseline": ("b", "judge", "judge"),
    "judge.template": ("judge-short", "", "judge"),
    "judge.templates": ("{law: judge-short}", "", "judge"),
    "judge.rubrics": ("{law: be just}", "", "judge"),
    "judge.baselines": ("{law: b}", "judge", "judge"),
    "judge.reference": ("b", "judge", "judge"),
    "judge.positions": ("alternate", "judge", "judge"),
    "judge.judge_samples": ("2", "judge", "judge"),
    "judge.self_play": ("true", "judge", "judge"),
    "judge.stop": ("top-3", "judge", "judge"),
    "judge.stop_every": ("7", "", "judge"),
    "judge.max_answer_chars": ("7000", "", "judge"),
    "judge.max_failure_rate": ("0.4", "", ""),
    "judge.min_coverage": ("0.4", "", ""),
    "judge.duplicates": ("first", "answers", "answers"),
    "judge.batch": ("true", "", ""),
    "report.rounds": ("70", "report", "report"),
    "report.interval": ("wald", "report", "report"),
    "report.resample": ("topic", "report", "report"),
    "report.weighting": ("strong1", "report", "report"),
    "report.null_game": ("keep", "report", "report"),
    "report.preferences": ("ignore", "report", "report"),
    "report.judges": ("ensemble", "report", "report"),
    "report.confidence": ("0.9", "report", "report"),
    "report.style": ("[length]", "report", "report"),
    "report.style_exact": ("true", "", "report"),
}
PLAIN = {"embed.backend": "tfidf", "embed.model": "openai"}
BUSY = {
    "models": "{m: {model: m, base_url: http://h}}",
    "embed.backend": "endpoint",
    "embed.model": "openai",
    "ingest.private_engine": "presidio",
    "cluster.method": "evoc",
    "cluster.namer": "m",
    "cluster.since": "EARLIER",
    "annotate.annotator": "m",
    "annotate.cascade.enabled": "true",
    "sample.strategy": "diverse",
    "sample.min_cluster_score": "3",
    "sample.exclude": "[BENCHMARK]",
    "judge.judge": "m",
    "judge.stop": "top-2",
    "report.style": "[length]",
}
#: What is another value there, where the one of the table is not.
OTHER_IN_BUSY = {
    "ingest.private_engine": "rules",
    "embed.backend": "tfidf",
    "cluster.method": "umap-hdbscan",
    "cluster.since": "null",
    "annotate.cascade.enabled": "false",
    "report.style": "[markdown]",
}
#: Other values of a model's settings: those that are sent to it, and those that are not.
SENT = {
    **dict.fromkeys(("model", "revision", "system_prompt", "reasoning_effort"), "other"),
    **{"temperature": 0.5, "top_p": 0.5, "max_tokens": 99, "extra_body": {"k": 1}},
    **{"structured": False},
}
UNSENT = {
    "base_url": "http://elsewhere",
    "base_url_env": "SOME_URL",
    "api_key_env": "SOME_KEY",
    **{"timeout_seconds": 7, "concurrency": 7, "requests_per_minute": 7, "tokens_per_minute": 7},
    **{"max_attempts": 7, "max_wait_seconds": 7, "batch_poll_seconds": 7},
    **{"input_usd_per_million": 7, "output_usd_per_million": 7},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of every kind that settings name."""
    folder = tmp_path_factory.mktemp("keys")
    (folder / "FILE").write_text("p1\n")
    rows = [{"question_id": "q", "model": "b", "text": "x"}]
    (folder / "BENCHMARK.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    earlier = folder / "EARLIER"
    earlier.mkdir()
    empty = json.dumps({"format": 1, "artifacts": {}})
    (earlier / "manifest.json").write_text(empty)
    for name in ("centroids", "clusters"):
        (earlier / f"{name}.parquet").write_bytes(name.encode())
    RunFolder(folder / "run", create=True)
    return folder


def keys_of(config: Config, place: Path, model: str) -> dict[str, Any]:
    """What decides each stage's result; ``model`` answers."""
    file = place / "BENCHMARK.jsonl"
    context = Context(
        config, RunFolder(place / "run"), dumps=(file,), questions=(file,), answers=(file,),
        recorded=(file,),
    )  # fmt: skip
    stages = [
        *curation(context),
        *mapping(context),
        *judging(context),
        asking(context, model),
        *reporting(context),
    ]
    return {s.name: (s.settings(), s.identity(), s.inputs, s.version) for s in stages}


def configured(place: Path, *parts: dict[str, str]) -> Config:
    raw: dict[str, Any] = {}
    for part in parts:
        for key, text in part.items():
            for name in ("FILE", "BENCHMARK", "EARLIER"):
                suffix = ".jsonl" if name == "BENCHMARK" else ""
                text = text.replace(name, str(place / name) + suffix)
            lay_over(raw, f"{key}={text}")
    return build_config(raw, origin="test")


def changed(place: Path, base: dict[str, str], key: str, text: str) -> set[str]:
    """The stages that one other value makes stale."""
    model = "m" if base is BUSY else "openai"
    before = keys_of(configured(place, base), place, model)
    after = keys_of(configured(place, base, {key: text}), place, model)
    return {name for name in after if before.get(name) != after[name]}


@pytest.mark.parametrize("key", KEYS)
def test_a_setting_makes_its_readers_stale_and_nobody_else(place: Path, key: str) -> None:
    text, plain, busy = KEYS[key]
    assert changed(place, PLAIN, key, text) == set(plain.split())
    if busy != REFUSED:
        assert changed(place, BUSY, key, OTHER_IN_BUSY.get(key, text)) == set(busy.split())


@pytest.mark.parametrize("name", [*SENT, *UNSENT])
def test_a_model_counts_by_what_is_sent_to_it(place: Path, name: str) -> None:
    declared = {"model": "m", "base_url": "http://h"} | {name: (SENT | UNSENT)[name]}
    found = changed(place, BUSY, "models", f"{{m: {json.dumps(declared)}}}")
    assert found == ({"annotate", "cluster", "judge", "answer"} if name in SENT else set())


def test_every_key_is_in_the_table() -> None:
    def flat(values: dict[str, Any], above: str = "") -> set[str]:
        found = set()
        for name, value in values.items():
            deeper = isinstance(value, dict) and value and name != "models"
            found |= flat(value, f"{above}{name}.") if deeper else {above + name}
        return found

    assert flat(dump_config(build_config({}, origin="test"))) == KEYS.keys()
    settings = {name for name in ModelSettings.model_fields if name not in SENT}
    assert settings == UNSENT.keys()
