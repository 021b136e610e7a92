"""The language of a prompt, found offline; code and greetings have none.

Detectors guess wrong on a handful of letters and on program text. So code, links and placeholders
are left out, and what remains must hold twelve letters; else the language is ``unknown``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

UNKNOWN = "unknown"
_MIN_LETTERS = 12
# One such character carries about as much as two letters of an alphabet.
WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Beginnings decide: a long document after a question must not outvote the question.
_LONGEST = 2000

_fenced = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# Tags, placeholders, and words with a sign that no word of prose holds: links, paths, addresses.
_no_prose = re.compile(r"<[A-Za-z_/!][^<>\n]{0,200}>|(?<!\S)\S*[\\/_@]\S*")
_code_line = re.compile(
    r"^\s*(?:[{}()\[\];]|#include|#!|import\b.*[.;*]|from \S+ import|def \w+\(|class \w+.*[:{]\s*$"
    r"|(?:public|private|static|const|let|var|int|void|float|double)\s+\S+.*[;{(=]"
    r"|(?:SELECT|INSERT|UPDATE|CREATE|DELETE)\s.*|>>>|\$ |\w+\s*[-+*/]?=[^=]|@\w+|//|/\*|\*/|--\s"
    r"|return\b.*;|(?:if|for|while|elif|else)\b.*[:{]\s*$).*|.*[;{}]\s*$"
)
_enough_letters = re.compile(rf"(?:[^\W\d_][\W\d_]*+){{{_MIN_LETTERS}}}")
_letter = re.compile(r"[^\W\d_]")
_wide = re.compile(f"[{WIDE}]")


def detect_language(text: str) -> str:
    """ISO 639-1 code of the text's prose, or ``unknown``.

    >>> detect_language("Why is the sky blue in the morning?"), detect_language("ok, thx")
    ('en', 'unknown')
    """
    prose = _prose(text[:_LONGEST])
    if not _says_enough(prose):
        return UNKNOWN
    found: str = _detector().detect(prose)
    return UNKNOWN if found == "und" else found


def known_languages() -> frozenset[str]:
    """Every code that ``detect_language`` can answer with."""
    return frozenset(_detector().LANGUAGES) | {UNKNOWN}


def _says_enough(prose: str) -> bool:
    if _enough_letters.search(prose):
        return True
    return len(_letter.findall(prose)) + len(_wide.findall(prose)) >= _MIN_LETTERS


def _prose(text: str) -> str:
    text = _no_prose.sub(" ", _fenced.sub(" ", text))
    return "\n".join(line for line in text.splitlines() if not _code_line.match(line))


@cache
def _detector() -> Any:
    import eldc

    eldc.init()
    return eldc
