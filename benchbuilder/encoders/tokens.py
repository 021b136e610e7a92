"""Texts as the token rows that a transformer reads: short ones whole, long ones in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from benchbuilder.encoders.long_prompts import Policy, pieces
from benchbuilder.encoders.protocol import Counts, Flags

_STEP_TEXTS = 1024  # the ids of long texts are held for so many at once


class TokenRows(NamedTuple):
    """Rows of token ids, text by text: text ``i`` has ``windows[i]`` of them."""

    rows: list[list[int]]
    windows: Counts
    truncated: Flags


def tokenize(model: Any, texts: Sequence[str], max_tokens: int, policy: Policy) -> TokenRows:
    """Token ids of sentence-transformers ``model``, marks of beginning and end included.

    No row has more than ``max_tokens`` ids, nor more than the model reads.
    """
    prefix = model.prompts.get(model.default_prompt_name) or "" if model.default_prompt_name else ""
    limit = min(max_tokens, model.max_seq_length or max_tokens)
    before, after = _marks(model.tokenizer)
    room = max(1, limit - before - after)
    found = TokenRows([], np.ones(len(texts), np.int32), np.zeros(len(texts), np.bool_))
    for place, ids in enumerate(_all_ids(model.tokenizer, texts, prefix)):
        if len(ids) <= limit:
            found.rows.append(ids)
            continue
        last = len(ids) - after
        parts = pieces(ids[before:last], room, policy)
        found.rows.extend(ids[:before] + part + ids[last:] for part in parts)
        found.windows[place] = len(parts)
        found.truncated[place] = policy != "windows"
    return found


def _all_ids(tokenizer: Any, texts: Sequence[str], prefix: str) -> Any:
    for start in range(0, len(texts), _STEP_TEXTS):
        step = [prefix + text for text in texts[start : start + _STEP_TEXTS]]
        encoded = tokenizer(
            step,
            truncation=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,  # that a text is longer than the model reads is what we are here for
        )
        yield from encoded["input_ids"]


def _marks(tokenizer: Any) -> tuple[int, int]:
    """How many marks the tokenizer sets before and after a text."""
    mask = tokenizer("a", return_special_tokens_mask=True)["special_tokens_mask"]
    plain = [place for place, special in enumerate(mask) if not special]
    if not plain:
        return 0, 0
    return plain[0], len(mask) - 1 - plain[-1]
