"""Names from a real server with a real small model: they come through; how good is not tested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchbuilder.clustering.naming import Group, Namer, name_groups
from benchbuilder.llm.client import open_client
from benchbuilder.observe import Silent
from benchbuilder.resources import template_path
from benchbuilder.settings import ModelSettings
from tests.llama import LlamaServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SUBJECTS = ("bread baking", "chess openings", "SQL joins", "tax returns", "French verbs")


@pytest.fixture
def llama() -> Iterator[LlamaServer]:
    server = LlamaServer()
    try:
        yield server
    finally:
        server.close()


def test_five_topics_get_unique_names_and_a_rerun_is_free(
    llama: LlamaServer, tmp_path: Path
) -> None:
    groups = {
        number: Group(subject.split(), [f"Tell me about {subject}, part {n}." for n in range(5)])
        for number, subject in enumerate(SUBJECTS)
    }
    settings = ModelSettings(base_url=llama.base_url, max_tokens=48)
    template = template_path("name-topic").read_text(encoding="utf-8")

    def named() -> tuple[dict[int, tuple[str, str]], Silent]:
        observe = Silent()
        with open_client(
            "smollm", settings, cache_path=tmp_path / "c.sqlite", observe=observe
        ) as complete:
            return name_groups(groups, Namer(complete, template), observe), observe

    first, observe = named()
    assert len({name.casefold() for name, _ in first.values()}) == len(SUBJECTS)
    assert observe.figures["topics_named"] >= 1
    assert {source for _, source in first.values()} <= {"namer", "keywords"}
    again, _ = named()
    kept = {number for number, (_, source) in first.items() if source == "namer"}
    assert {number: again[number] for number in kept} == {number: first[number] for number in kept}
