"""Thinking that a model wrote into its answer, split off."""

from __future__ import annotations

import re
from typing import NamedTuple

_TAGS = "think|thinking|thought|reasoning"
_OPENING = re.compile(rf"\s*(?:<({_TAGS})>|\[(THINK)\])", re.IGNORECASE)
# Some servers put the opening tag into the prompt, so that only the closing one comes back. It then
# stands on a line of its own, unlike a tag that an answer talks about.
_CLOSING_ALONE = re.compile(rf"^[ \t]*</(?:{_TAGS})>[ \t]*$", re.IGNORECASE | re.MULTILINE)


class SplitText(NamedTuple):
    """``thinking`` is None where there was none; ``closed`` is False when it never ended."""

    answer: str
    thinking: str | None
    closed: bool


def split_thinking(text: str) -> SplitText:
    """Split a leading thinking block from the answer after it.

    ``"<think>hm</think>Yes."`` gives ``("Yes.", "hm", True)``; ``"<think>hm"`` gives
    ``("", "hm", False)``. A tag in the middle of a text belongs to the text.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return _split_at_closing(text)
    tag = opening[1] or opening[2]
    closing = re.compile(rf"</{tag}>|\[/{tag}\]", re.IGNORECASE).search(text, opening.end())
    if closing is None:
        return SplitText("", text[opening.end() :].strip(), False)
    thinking = text[opening.end() : closing.start()].strip()
    return SplitText(text[closing.end() :].lstrip(), thinking, True)


def _split_at_closing(text: str) -> SplitText:
    closing = _CLOSING_ALONE.search(text)
    if closing is None or _mentions_opening(text[: closing.start()]):
        return SplitText(text, None, True)
    return SplitText(text[closing.end() :].lstrip(), text[: closing.start()].strip(), True)


def _mentions_opening(text: str) -> bool:
    return re.search(rf"<(?:{_TAGS})>", text, re.IGNORECASE) is not None
