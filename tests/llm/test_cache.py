"""The completion cache by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchbuilder.llm.cache import Call, CompletionCache
from benchbuilder.llm.vectors import Vector
from tests.llm.conftest import OpenCache


@pytest.fixture
def cache(tmp_path: Path, open_cache: OpenCache) -> CompletionCache:
    return open_cache(tmp_path / "c.sqlite")


def call(key: str, status: str = "ok", **values: Any) -> Call:
    made = Call(key=key, final=status == "ok", model="m", request_id=key, status=status)
    return made._replace(**values)


def test_the_final_call_comes_first_then_the_newest(cache: CompletionCache) -> None:
    cache.record(call("k", "truncated", text="1"), "{}")
    cache.record(call("k", text="2"), "{}")
    cache.record(call("k", "empty", text="3"), "{}")
    assert [c.text for c in cache.recorded(["k", "none"])["k"]] == ["2", "3", "1"]


def test_a_second_final_call_is_dropped(cache: CompletionCache) -> None:
    cache.record(call("k", text="first"), "{}")
    cache.record(call("k", text="second"), "{}")
    assert [c.text for c in cache.recorded(["k"])["k"]] == ["first"]


def test_many_keys_are_looked_up_at_once(cache: CompletionCache) -> None:
    for number in range(1200):
        cache.record(call(str(number)), "{}")
    assert len(cache.recorded(str(number) for number in range(1200))) == 1200


def test_the_mean_is_over_what_is_known(cache: CompletionCache) -> None:
    cache.record(call("a", cost_usd=0.5, input_tokens=3, output_tokens=1), "{}")
    cache.record(call("b"), "{}")
    assert cache.mean_output_tokens("m") == 1.0
    assert cache.mean_output_tokens("other") is None


def test_what_was_learned_stays(cache: CompletionCache, open_cache: OpenCache) -> None:
    cache.remember_adaptation("m", "temperature")
    cache.remember_adaptation("m", "temperature")
    cache.close()
    again = open_cache(cache.path)
    assert again.adaptations("m") == {"temperature"}
    assert again.adaptations("n") == frozenset()
    assert not again.has_answer("m")


def test_another_cache_is_taken_over_once(
    cache: CompletionCache, tmp_path: Path, open_cache: OpenCache
) -> None:
    other = open_cache(tmp_path / "other.sqlite")
    for each, text in ((cache, "ours"), (other, "theirs")):
        each.record(call("both", text=text), "{}")
        each.record(call("cut", "truncated", text="same"), "{}")
    other.record(call("new", text="theirs", stage="annotate"), "{}")
    other.record_vectors(call("call"), [Vector("text", b"1234")])
    other.remember_adaptation("m", "temperature")
    other.batches.intend("token", "m", {"k": "q0"}, {"k": "{}"})
    other.batches.submitted("token", "batch-1")
    for _ in range(2):
        cache.adopt(other.path)
    found = cache.recorded(["both", "cut", "new", "call"])
    texts = {key: [c.text for c in calls] for key, calls in found.items()}
    assert texts == {"both": ["ours"], "cut": ["same"], "new": ["theirs"], "call": [None]}
    assert cache.vectors.recorded(["text"])["text"].real == b"1234"
    assert cache.adaptations("m") == {"temperature"}
    assert [batch.batch_id for batch in cache.batches.open("m")] == ["batch-1"]
