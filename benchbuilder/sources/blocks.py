"""Rows cleaned a block at a time: what a process or a node does with a part of a dump."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from benchbuilder.settings import IngestSettings
from benchbuilder.sources.cleaning import Cleaned, Prompt, clean
from benchbuilder.sources.conversation import Conversation, Unusable
from benchbuilder.text.signatures import Signatures, signatures_of


class Block(NamedTuple):
    """A row each, null where it holds no conversation, and the signatures of their prompts."""

    cleaned: list[Cleaned | None]
    signatures: Signatures | None  # null where near-copies are not looked for

    def prompts(self) -> list[Prompt | None]:
        """The prompt of each row that has one that can be used."""
        return [_prompt_of(cleaned) for cleaned in self.cleaned]


def clean_block(contents: Sequence[Conversation | Unusable], settings: IngestSettings) -> Block:
    """Clean conversations, and sign their prompts; each result depends on its own row alone."""
    cleaned = [None if isinstance(one, Unusable) else clean(one, settings) for one in contents]
    block = Block(cleaned, None)
    if not settings.near_duplicates:
        return block
    prompts = [prompt for prompt in block.prompts() if prompt is not None]
    groups = [_group(prompt.system) for prompt in prompts]
    return block._replace(signatures=signatures_of([p.normalised for p in prompts], groups))


def _prompt_of(cleaned: Cleaned | None) -> Prompt | None:
    return cleaned.outcome if cleaned and isinstance(cleaned.outcome, Prompt) else None


def _group(system: str | None) -> int:
    """Prompts under different system prompts are never near-copies."""
    return int.from_bytes(blake2b((system or "").encode(), digest_size=7).digest(), "big")
