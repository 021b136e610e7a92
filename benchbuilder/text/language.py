"""The language of a prompt, found offline; code and greetings have none.

Detectors guess on a handful of letters and on program text. So code, links and placeholders are
left out; what remains must hold twelve letters, and a short rest must be a clear case. Anything
else is ``unknown``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from benchbuilder.text.signs import Signs

UNKNOWN = "unknown"
_MIN_LETTERS = 12
_SURE_LETTERS = 30
_CLOSE_SCORE = 0.1
#: Scripts of which one character carries about as much as two letters of an alphabet.
WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Beginnings decide: a long document after a question must not outvote the question.
_LONGEST = 2000

_fenced = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# Tags, placeholders, and words with a sign that no word of prose holds: links, paths, addresses.
_no_prose = re.compile(r"<[A-Za-z_/!][^<>\n]{0,200}>|(?<![!-~])[!-~]*[\\/_@][!-~]*")
_sql_line = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|CREATE|DELETE|FROM|WHERE|JOIN)\s")
_code_line = re.compile(
    r"\s*(?:[{}()\[\];]|#include|#!|import\b.*[.;*]|from \S+ import|def \w+\(|class \w+.*[:{]\s*$"
    r"|(?:public|private|static|const|let|var|int|void|float|double)\s+\S+.*[;{(=]"
    r"|>>>|\$ |\w+\s*[-+*/]?=[^=]|@\w+|//|/\*|\*/|--\s"
    r"|return\b.*;|(?:if|for|while|elif|else)\b.*[:{]\s*$)"
)
_letters = Signs(r"^\W\d_")
# Beyond Latin a script alone nearly names the language, and vowels are often no letters.
_telling_letter = re.compile(r"(?![a-zA-Z\u00aa-\u036f])[^\W\d_]")
_plain_word = re.compile(r"(?<!\S)[^\W\d_]{2,}[,.?!]?(?!\S)")
_PROSE_WORDS = 5


def detect_language(text: str) -> str:
    """ISO 639-1 code of the text's prose, or ``unknown``.

    >>> detect_language("Why is the sky blue in the morning?"), detect_language("ok, thx")
    ('en', 'unknown')
    """
    prose = _prose(text[:_LONGEST])
    letters = _count_letters(prose)
    if letters < _MIN_LETTERS:
        return UNKNOWN
    found = _detector().detect_details(prose)
    language: str = found.language
    if language == "und":
        return UNKNOWN
    if letters < _SURE_LETTERS and not found.reliable:
        # A few plain letters with names among them: English unless another fits clearly better.
        close = found.scores.get("en", 0) >= found.scores[language] - _CLOSE_SCORE
        return "en" if close and prose.isascii() else UNKNOWN
    return language


def known_languages() -> frozenset[str]:
    """Every code that ``detect_language`` can answer with."""
    return frozenset(_detector().LANGUAGES) | {UNKNOWN}


def _count_letters(prose: str) -> int:
    """Letters, as far as the count matters; telling ones count twice."""
    letters = _letters.count_in(prose)
    if letters >= _SURE_LETTERS or prose.isascii():
        return letters
    return letters + len(_telling_letter.findall(prose))


def _prose(text: str) -> str:
    if "`" in text:
        text = _fenced.sub(" ", text)
    if any(sign in text for sign in "<\\/_@"):
        text = _no_prose.sub(" ", text)
    return "\n".join(line for line in text.splitlines() if not _is_code(line))


def _is_code(line: str) -> bool:
    if _sql_line.match(line):
        return True
    looks_like_code = line.rstrip().endswith((";", "{", "}")) or _code_line.match(line)
    return bool(looks_like_code) and len(_plain_word.findall(line)) < _PROSE_WORDS


@cache
def _detector() -> Any:
    import eldc

    eldc.init()
    return eldc
