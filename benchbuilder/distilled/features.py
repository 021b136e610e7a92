"""What the annotator reads off a prompt's surface: counts that saturate, and hashed n-grams.

Every feature is bounded, so that no prompt earns a high score by going on for longer: a count
`c` enters as `c / (c + k)`, a length as its logarithm up to a cap. Only the first
`MAX_CHARS` characters are read; a prompt of a megabyte costs no more than one of 20,000
characters.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MAX_CHARS = 20_000
"""Characters of a prompt that features and encoders read; the rest is ignored."""

Floats = npt.NDArray[np.float64]

_CASELESS = re.IGNORECASE


class Count(NamedTuple):
    """A feature that counts matches of `pattern`; it reaches one half at `half` matches."""

    name: str
    half: float
    pattern: re.Pattern[str]


def _words(name: str, half: float, *alternatives: str) -> Count:
    return Count(name, half, re.compile(rf"\b(?:{'|'.join(alternatives)})\b", _CASELESS))


def _starts(name: str, *alternatives: str) -> Count:
    """A count that is 0 or 1: does the prompt open with one of these words?"""
    polite = r"(?:please|pls|can you|could you|would you|i want you to|i need you to|help me)"
    pattern = rf"\A\W*(?:{polite}\W+)*(?:{'|'.join(alternatives)})\b"
    return Count(name, 0.0, re.compile(pattern, _CASELESS))


COUNTS: tuple[Count, ...] = (
    # Form
    Count("sentences", 4, re.compile(r"[.!?。！？]+(?=\s|\Z)|[。！？]")),
    Count("lines", 4, re.compile(r"\n[ \t]*(?=\S)")),
    Count("list_markers", 2, re.compile(r"^[ \t]*(?:[-*•]|\(?\d{1,2}[.)]|\(?[a-h]\))\s", re.M)),
    Count("question_marks", 1, re.compile(r"[?？]")),
    Count("colons", 2, re.compile(r":(?=\s)")),
    Count("semicolons_parentheses", 2, re.compile(r"[;(]")),
    Count("quotes", 2, re.compile(r"[\"“”«»]")),
    Count("commas", 4, re.compile(r"[,，、]")),
    Count("exclamations", 1, re.compile(r"!")),
    Count("urls", 1, re.compile(r"https?://|www\.", _CASELESS)),
    Count("tables", 2, re.compile(r"\|.*\||\t\S+\t")),
    # Numbers and mathematics
    Count("numbers", 3, re.compile(r"\d+(?:[.,]\d+)*")),
    Count(
        "quantities",
        1,
        re.compile(
            r"(?:[$€£¥]\s?\d)|\d\s?(?:%|‰|°|[kmgµun]?[mgsvawl]\b|[kmgt]i?b\b|[kmg]?hz\b|px\b|ms\b"
            r"|kwh?\b|rpm\b|usd\b|eur\b|dollars?\b|years?\b|months?\b|weeks?\b|days?\b|hours?\b"
            r"|minutes?\b|seconds?\b|words?\b|people\b|users?\b|rows?\b)",
            _CASELESS,
        ),
    ),
    Count("math_symbols", 2, re.compile(r"[=+×÷±≤≥≠∑∫√∞∂∈→^]|\\[a-zA-Z]{2,}|\$[^$\n]{1,80}\$")),
    # Code
    Count("code_fences", 1, re.compile(r"```")),
    Count("code_symbols", 6, re.compile(r"[{}\[\]<>_=#@\\`&|~]|\(\)|->|::|//|;$", re.M)),
    Count("identifiers", 2, re.compile(r"\b[a-z]+[A-Z]\w*|\b[a-zA-Z]+_\w+|\b\w+\(\)|\b\w+\.\w+\(")),
    Count("file_names", 1, re.compile(r"\b[\w-]+\.(?:py|js|ts|java|cpp|cs?|go|rs|sql|html|css|json"
                                      r"|ya?ml|csv|xlsx?|txt|sh|md|php|rb|kt|swift)\b", _CASELESS)),
    Count("acronyms", 2, re.compile(r"\b[A-Z][A-Z0-9]{1,6}s?\b")),
    Count("versions", 1, re.compile(r"\b[A-Za-z]+ ?v?\d+(?:\.\d+)+|\b[A-Z][a-z]+ \d{1,2}\b")),
    # What is asked
    _starts("opens_with_fact", "what(?:'s| is| are| was| were)?", "who", "when", "where", "which",
            "is", "are", "does", "did", "was", "do you", "tell me"),
    _starts("opens_with_how", "how", "why"),
    _starts("opens_with_make", "write", "create", "make", "generate", "compose", "draft",
            "produce", "give me", "come up with"),
    _starts("opens_with_build", "build", "implement", "develop", "design", "code", "program",
            "plan", "propose", "fix", "debug", "refactor", "optimi[sz]e"),
    _starts("opens_with_reason", "calculate", "compute", "solve", "prove", "derive", "find",
            "determine", "estimate", "analy[sz]e", "compare", "evaluate", "explain", "discuss"),
    _starts("opens_with_edit", "rewrite", "rephrase", "translate", "summari[sz]e", "correct",
            "paraphrase", "shorten", "proofread", "improve", "convert"),
    _starts("opens_with_list", "list", "name", "suggest", "recommend", "provide", "show"),
    _starts("opens_with_role", "you are", "you're", "act as", "imagine", "pretend", "as an?",
            "let's play", "ignore"),
    _starts("opens_with_greeting", "hi", "hello", "hey", "thanks", "thank you", "good morning",
            "hola", "bonjour", "yo"),
    _words("constraints", 2, "must", "should", "shall", "at most", "at least", "without", "only",
           "exactly", "no more than", "less than", "more than", "between", "ensure", "make sure",
           "include", "including", "avoid", "do not", "don'?t", "cannot", "can'?t", "except",
           "instead", "limit(?:ed)?", "require[sd]?", "need(?:s|ed)?", "max(?:imum)?",
           "min(?:imum)?", "each", "every", "format", "using", "assume", "given", "suppose"),
    _words("steps", 1, "step(?:s| by step)?", "first(?:ly)?", "then", "next", "finally", "second",
           "after that", "also", "additionally", "part [a-d1-4]"),
    _words("weighing", 1, "compare", "versus", "vs", "trade-?offs?", "pros and cons",
           "difference(?:s)? between", "better", "best", "worth", "instead of", "which (?:one|of)",
           "advantages?", "justify", "critique", "evaluate", "assess", "recommend"),
    _words("reasons", 1, "why", "because", "explain", "reason(?:s|ing)?", "cause[sd]?", "prove",
           "proof", "derive", "how (?:do|does|can|could|would|should|to)", "how many", "what if"),
    _words("conditions", 1, "if", "when", "unless", "while", "whether", "until", "but", "however",
           "although", "even though", "otherwise"),
    _words("invention", 1, "stor(?:y|ies)", "poem", "poetry", "song", "lyrics?", "novel", "fiction",
           "character", "scene", "joke", "funny", "creative", "original", "haiku", "rap", "script",
           "screenplay", "dialogue", "slogan", "names? for", "ideas?", "invent", "imagine",
           "brainstorm", "fantasy", "game", "style of", "plot", "episode", "chapter", "design"),
    _words("work", 1, "company", "customers?", "clients?", "business", "project", "team", "budget",
           "deadline", "market(?:ing)?", "e-?mails?", "manager", "employees?", "product(?:s|ion)?",
           "startup", "website", "app", "report", "invoice", "contract", "patients?", "students?",
           "my (?:boss|job|work|company|team|landlord|doctor|kids?|son|daughter)"),
    _words("first_person", 2, "i", "i'm", "i'?ve", "my", "me", "we", "our", "us", "mine"),
    _words("software", 1, "code", "function", "python", "java(?:script)?", "typescript", "c\\+\\+",
           "sql", "api", "server", "database", "linux", "docker", "kubernetes", "react", "html",
           "css", "bash", "script", "algorithm", "array", "class", "query", "error", "bug",
           "exception", "compile[sr]?", "deploy(?:ment)?", "git", "aws", "json", "regex", "excel",
           "powershell", "program", "implement(?:ation)?", "thread", "memory", "cpu", "gpu"),
    _words("science", 1, "equation", "theorem", "matrix", "probability", "integral", "derivative",
           "velocity", "energy", "force", "voltage", "current", "molecul\\w+", "protein", "gene\\w*",
           "cells?", "reaction", "temperature", "pressure", "quantum", "mass", "statistic\\w*",
           "regression", "distribution", "variance", "physics", "chemistry", "biology", "dose",
           "diagnos\\w+", "treatment", "clinical", "theory", "hypothesis", "model", "learning",
           "network", "neural", "optimi[sz]\\w+", "linear", "vector", "function"),
    _words("humanities_law_money", 1, "law", "legal", "court", "tax(?:es)?", "interest", "loan",
           "invest\\w*", "stocks?", "econom\\w+", "inflation", "polic(?:y|ies)", "history",
           "histor\\w+", "philosoph\\w+", "ethic\\w*", "politic\\w*", "war", "empire", "religio\\w*",
           "psycholog\\w+", "cultur\\w+", "literature", "linguist\\w*", "constitution\\w*"),
)  # fmt: skip

LENGTH_KNOTS = (40, 120, 400, 1_200)
"""Character counts at which the slope of the log-length curve may change."""
LENGTH_CAP = 3_000
"""Beyond so many characters, more length changes nothing."""

_SHAPE = ("log_chars", *(f"log_chars_over_{knot}" for knot in LENGTH_KNOTS), "log_words")
_SHARES = (
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
)
SURFACE_FEATURES: tuple[str, ...] = (*_SHAPE, *_SHARES, *(count.name for count in COUNTS))
"""Column names of `surface_features`, in order."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")
_TYPE_TOKEN_WORDS = 200


def surface_features(texts: Sequence[str]) -> Floats:
    """Surface features of prompts, shape (n, len(SURFACE_FEATURES)), each bounded."""
    rows = np.empty((len(texts), len(SURFACE_FEATURES)), dtype=np.float64)
    for index, text in enumerate(texts):
        rows[index] = _surface_row(text[:MAX_CHARS])
    return rows


def _surface_row(text: str) -> list[float]:
    text = text.strip()
    words = _WORD.findall(text)
    counts = (_saturate(sum(1 for _ in c.pattern.finditer(text)), c.half) for c in COUNTS)
    return [*_length_curve(len(text), len(words)), *_shares(text, words), *counts]


def _saturate(count: int, half: float) -> float:
    return count / (count + half) if count else 0.0


def _length_curve(chars: int, words: int) -> list[float]:
    """Log length, and how far it lies over each knot: a curve that is flat beyond the cap."""
    log_chars = math.log1p(min(chars, LENGTH_CAP))
    over = [max(0.0, log_chars - math.log1p(knot)) for knot in LENGTH_KNOTS]
    return [log_chars, *over, math.log1p(min(words, LENGTH_CAP // 5))]


def _shares(text: str, words: list[str]) -> list[float]:
    chars = max(1, len(text))
    letters = [char for char in text if char.isalpha()]
    n_letters = max(1, len(letters))
    n_words = max(1, len(words))
    head = [word.lower() for word in words[:_TYPE_TOKEN_WORDS]]
    latin = sum(1 for char in letters if char < "\u0250")
    plain = sum(1 for char in letters if char < "\u0080")
    return [
        min(12.0, sum(map(len, words)) / n_words),
        sum(1 for word in words if len(word) >= 8) / n_words,
        len(set(head)) / max(1, len(head)),
        sum(1 for char in text if char.isdigit()) / chars,
        sum(1 for char in letters if char.isupper()) / n_letters,
        sum(1 for char in text if not char.isalnum() and not char.isspace()) / chars,
        (len(letters) - latin) / n_letters,
        (latin - plain) / n_letters,
        float(text.endswith(("?", "？"))),
        float(text[-1:].isalnum()),
    ]


class Ngrams(NamedTuple):
    """Hashed n-grams of n texts as sparse rows: row i has `columns[starts[i]:starts[i + 1]]`."""

    columns: npt.NDArray[np.int64]
    values: Floats
    starts: npt.NDArray[np.int64]


def hashed_ngrams(texts: Sequence[str], dimension: int) -> Ngrams:
    """Words and word pairs, each present or not, hashed (CRC-32) into `dimension` columns.

    Rows have Euclidean length 1 (0 for a text without any token). Digits count as one token
    `0`, so that a number never stands for itself. A column appears once per row.
    """
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for text in texts:
        row = sorted({zlib.crc32(gram.encode()) % dimension for gram in _grams(text[:MAX_CHARS])})
        columns.extend(row)
        values.extend([1.0 / math.sqrt(len(row))] * len(row) if row else [])
        starts.append(len(columns))
    return Ngrams(
        np.asarray(columns, dtype=np.int64),
        np.asarray(values, dtype=np.float64),
        np.asarray(starts, dtype=np.int64),
    )


def _grams(text: str) -> set[str]:
    tokens = ["0" if token.isdigit() else token.lower() for token in _TOKEN.findall(text)]
    pairs = {f"{left} {right}" for left, right in zip(tokens, tokens[1:], strict=False)}
    return pairs.union(tokens)
