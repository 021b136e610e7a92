"""What the annotator reads off a prompt's surface: counts that saturate, and hashed n-grams.

Every feature is bounded, so that no prompt earns a high score by going on for longer: a count
`c` enters as `c / (c + half)`, a length as its logarithm up to a cap. Only the first
`MAX_CHARS` characters are read; a prompt of a megabyte costs no more than one of 20,000
characters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchbuilder.distilled.lexicon import OPENERS, TOPICS

MAX_CHARS = 20_000
"""Characters of a prompt that features and encoders read; the rest is ignored."""
LENGTH_KNOTS = (40, 120, 400, 1_200)
"""Character counts at which the slope of the log-length curve may change."""
LENGTH_CAP = 3_000
"""Beyond so many characters, more length changes nothing."""
TYPE_TOKEN_WORDS = 200
"""Words over which the share of distinct words is taken (it falls with length)."""

Floats = npt.NDArray[np.float64]


class Count(NamedTuple):
    """A feature that counts matches of `pattern`; at `half` matches it reaches one half."""

    name: str
    half: float
    pattern: re.Pattern[str]


COUNTS: tuple[Count, ...] = (
    Count("sentences", 4, re.compile(r"[.!?]+(?=\s|\Z)|[。！？]")),
    Count("lines", 4, re.compile(r"\n[ \t]*(?=\S)")),
    Count("list_markers", 2, re.compile(r"^[ \t]*(?:[-*•]|\(?\d{1,2}[.)]|\(?[a-h]\))\s", re.M)),
    Count("question_marks", 1, re.compile(r"[?？]")),
    Count("colons", 2, re.compile(r":(?=\s)")),
    Count("semicolons_parentheses", 2, re.compile(r"[;(]")),
    Count("quotes", 2, re.compile(r"[\"“”«»]")),
    Count("commas", 4, re.compile(r"[,，、]")),
    Count("exclamations", 1, re.compile(r"!")),
    Count("urls", 1, re.compile(r"https?://|www\.")),
    Count("table_cells", 4, re.compile(r"[|\t](?=[^|\t\n])")),
    Count("numbers", 3, re.compile(r"\d+(?:[.,]\d+)*")),
    Count(
        "quantities",
        1,
        re.compile(
            r"[$€£¥]\s?\d|\d\s?(?:[%‰°]|(?:[kmgµun]?[mgsvawl]|[kmgt]i?b|[kmg]?hz|px|kwh?|rpm)\b"
            r"|(?:usd|eur|dollar|year|month|week|day|hour|minute|second|word|user|row)s?\b)",
            re.IGNORECASE,
        ),
    ),
    Count("math_symbols", 2, re.compile(r"[=+×÷±≤≥≠∑∫√∞∂∈→^]|\\[a-zA-Z]{2,}")),
    Count("code_fences", 1, re.compile(r"```")),
    Count("code_symbols", 6, re.compile(r"[{}\[\]<>_=#@\\`&|~]|\(\)|->|::|//|;$", re.M)),
    Count("identifiers", 2, re.compile(r"[a-z][A-Z]|[a-zA-Z]_[a-zA-Z]|\w\(\)|\w\.\w+\(")),
    Count(
        "file_names",
        1,
        re.compile(
            r"\w\.(?:py|js|ts|java|cpp|cs?|go|rs|sql|html|css|json|ya?ml|csv|xlsx?|txt|sh|md|php)\b"
        ),
    ),
    Count("acronyms", 2, re.compile(r"\b[A-Z][A-Z0-9]{1,6}s?\b")),
    Count("versions", 1, re.compile(r"[A-Za-z] ?v?\d+(?:\.\d+)+")),
)

TOPIC_HALF = {"constraints": 2.0, "first_person": 2.0}
"""Half-way counts of `TOPICS`; one of the others reaches one half with its first word."""

SURFACE_FEATURES: tuple[str, ...] = (
    "log_chars",
    *(f"log_chars_over_{knot}" for knot in LENGTH_KNOTS),
    "log_words",
    "mean_word_length",
    "long_word_share",
    "type_token_ratio",
    "digit_share",
    "capital_share",
    "symbol_share",
    "non_latin_share",
    "accented_share",
    "ends_with_question",
    "ends_unpunctuated",
    *OPENERS,
    *TOPICS,
    *(count.name for count in COUNTS),
)
"""Column names of `surface_features`, in order."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+|\+\+|#)*")
_POLITE = re.compile(
    r"\W*(?:(?:please|pls|can you|could you|would you|i want you to|i need you to|help me)\W+)*",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"[^\w\s]")
_NON_LATIN = re.compile(r"[^\W\d_\u0000-\u024f]")
_ACCENTED = re.compile(r"[\u00c0-\u024f]")


def _by_phrase(lexicon: dict[str, str]) -> dict[str, tuple[int, ...]]:
    """The columns of each word or pair; a word may stand in several lists."""
    columns: dict[str, tuple[int, ...]] = {}
    for column, phrases in enumerate(lexicon.values()):
        for phrase in phrases.split():
            columns[phrase] = (*columns.get(phrase, ()), column)
    return columns


_OPENER_COLUMNS = _by_phrase(OPENERS)
_TOPIC_COLUMNS = _by_phrase(TOPICS)


def surface_features(texts: Sequence[str]) -> Floats:
    """Surface features of prompts, shape (n, len(SURFACE_FEATURES)), each bounded."""
    rows = np.empty((len(texts), len(SURFACE_FEATURES)), dtype=np.float64)
    for index, text in enumerate(texts):
        rows[index] = _surface_row(text[:MAX_CHARS].strip())
    return rows


def _surface_row(text: str) -> list[float]:
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    counts = (_saturate(len(c.pattern.findall(text)), c.half) for c in COUNTS)
    return [
        *_length_curve(len(text), len(words)),
        *_shares(text, words),
        *_opener(text),
        *_topics(words),
        *counts,
    ]


def _saturate(count: int, half: float) -> float:
    return count / (count + half)


def _length_curve(chars: int, words: int) -> list[float]:
    """Log length, and how far it lies over each knot: a curve that is flat beyond the cap."""
    log_chars = math.log1p(min(chars, LENGTH_CAP))
    over = [max(0.0, log_chars - math.log1p(knot)) for knot in LENGTH_KNOTS]
    return [log_chars, *over, math.log1p(min(words, LENGTH_CAP // 5))]


def _shares(text: str, words: list[str]) -> list[float]:
    chars = max(1, len(text))
    letters = max(1, sum(map(str.isalpha, text)))
    n_words = max(1, len(words))
    head = words[:TYPE_TOKEN_WORDS]
    return [
        min(12.0, sum(map(len, words)) / n_words),
        sum(len(word) >= 8 for word in words) / n_words,
        len(set(head)) / max(1, len(head)),
        sum(map(str.isdigit, text)) / chars,
        sum(map(str.isupper, text)) / letters,
        len(_SYMBOL.findall(text)) / chars,
        len(_NON_LATIN.findall(text)) / letters,
        len(_ACCENTED.findall(text)) / letters,
        float(text.endswith(("?", "？"))),
        float(text[-1:].isalnum()),
    ]


def _opener(text: str) -> list[float]:
    flags = [0.0] * len(OPENERS)
    polite = _POLITE.match(text)
    first = _WORD.match(text, polite.end() if polite else 0)
    word = first.group().lower().replace("’", "'") if first else ""
    for column in _OPENER_COLUMNS.get(word, ()):
        flags[column] = 1.0
    return flags


def _topics(words: list[str]) -> list[float]:
    counts = [0] * len(TOPICS)
    pairs = map("_".join, pairwise(words))
    for phrase in (*words, *pairs):
        for column in _TOPIC_COLUMNS.get(phrase, ()):
            counts[column] += 1
    return [
        _saturate(count, TOPIC_HALF.get(name, 1.0))
        for name, count in zip(TOPICS, counts, strict=True)
    ]
