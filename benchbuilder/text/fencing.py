"""Texts that strangers wrote, shown to a model: fenced, and cut where they are too long."""

from __future__ import annotations

import hashlib


def fence_code(*texts: str) -> str:
    """Sixteen hexadecimal digits to mark where the texts begin and end.

    The same texts always get the same code, but no text can hold its own: the code is a digest of
    all of them, so writing it into one changes it.
    """
    digest = hashlib.sha256()
    for text in texts:
        content = text.encode()
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:16]


def cut_middle(text: str, most_chars: int) -> tuple[str, int]:
    """``(text, left_out)``: at most ``most_chars`` characters of the text, from both of its ends.

    A line in the middle says how many characters are left out; it comes on top.

    Example: ``cut_middle("abcdef", 4)`` gives ``("ab\\n[… 2 characters left out …]\\nef", 2)``.
    """
    left_out = len(text) - most_chars
    if left_out <= 0:
        return text, 0
    tail = most_chars // 2
    head = most_chars - tail
    gap = f"\n[… {left_out:,} characters left out …]\n"
    return text[:head] + gap + text[len(text) - tail :], left_out
