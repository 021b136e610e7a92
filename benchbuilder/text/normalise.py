"""The normal form by which texts count as the same, and the id that is made of it.

White space, case, typographic quotes and dashes, and punctuation at the end of a word are folded.
Operators, brackets and punctuation inside a word stay: ``n!``, ``a != b`` and ``2*(3+4)`` mean
something else without them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Raised whenever the normal form changes: ids of both versions then never mix.
_VERSION = "p1"
_DIGEST_BYTES = 16
# Stands between system prompt and text; repaired texts hold no control characters.
_SEPARATOR = "\x1e"

_plain_of = dict(zip("‘’‚‛“”„‟«»‐‑‒–—−", '\'\'\'\'""""""------', strict=True))
_typographic = re.compile(f"[{''.join(_plain_of)}]")
_wide_marks = re.compile("[。，！？、；：]+")
_MARKS = ".,;:?!…"
_factorial = re.compile(r"(?:^\w|[\d)])!$")  # 5!, n!, (a+b)!


def normalise(text: str) -> str:
    """The normal form of a text.

    >>> normalise("Hello,  WORLD!\\n") == normalise("hello world")
    True
    >>> normalise("is a != b") == normalise("is a = b")
    False
    """
    folded = text.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
        folded = _typographic.sub(lambda found: _plain_of[found[0]], folded)
        folded = _wide_marks.sub(" ", folded)
    words = (
        word.rstrip(_MARKS) if word[-1] in _MARKS and not _factorial.search(word) else word
        for word in folded.split()
    )
    return " ".join(filter(None, words)) or text.strip()


def prompt_id(normalised: str, system: str | None) -> str:
    """The id of a prompt: version and digest of its normal form and its system prompt.

    A system prompt belongs to the prompt: the same words under another one are another prompt.
    """
    whole = normalised if not system else f"{normalise(system)}{_SEPARATOR}{normalised}"
    digest = hashlib.blake2b(whole.encode(), digest_size=_DIGEST_BYTES)
    return f"{_VERSION}-{digest.hexdigest()}"
