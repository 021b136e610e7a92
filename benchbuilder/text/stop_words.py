"""Words that say nothing about a topic, by language.

English has scikit-learn's short list and the words in which people ask for something: longer
lists hold "computer", "html", "shell" and "null", which are topics here. Other languages have the
lists of ``stopwordsiso``. Those in Latin letters count for prompts of their language alone: "die"
is a word in English. Those in other scripts count everywhere, since a prompt is often a task in one
language about a text in another; but Chinese ones not in Japanese, where some are nouns.
"""

from __future__ import annotations

import re
from functools import cache

_REQUESTS = """
answer ask asked create did didn didnt does doesn doesnt don dont example examples explain following
generate get getting give given good help hello hey hi im isn isnt just know let lets like ll make
making me need new okay ok please question questions really said say tell thank thanks thats thing
things try trying use used using ve want wants way ways whats work works write
"""


_LATIN = re.compile(r"[a-zà-ɏḀ-ỿ]")


@cache
def stop_words(language: str) -> frozenset[str]:
    """Lower-case stop words of a language (ISO 639-1), with English ones and those of all scripts
    but the Latin one.
    """
    words = _everywhere() | _of_language(language)
    return words if language == "ja" else words | _of_language("zh")


@cache
def _everywhere() -> frozenset[str]:
    import stopwordsiso
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    others = {
        word
        for language in stopwordsiso.langs() - {"zh"}
        for word in _of_language(language)
        if not _LATIN.search(word) and any(sign.isalpha() for sign in word)
    }
    return frozenset(ENGLISH_STOP_WORDS | set(_REQUESTS.split()) | others)


def _of_language(language: str) -> frozenset[str]:
    import stopwordsiso

    if language == "en" or not stopwordsiso.has_lang(language):
        return frozenset()
    return frozenset(word.casefold() for word in stopwordsiso.stopwords(language))
