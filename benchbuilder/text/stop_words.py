"""Words that say nothing about a topic, by language.

English has scikit-learn's short list and the words in which people ask for something: longer
lists hold "computer", "html", "shell" and "null", which are topics here. Other languages have the
lists of ``stopwordsiso``.
"""

from __future__ import annotations

from functools import cache

_REQUESTS = """
answer ask asked create did didn didnt does doesn doesnt don dont example examples explain following
generate get getting give given good help hello hey hi im isn isnt just know let lets like ll make
making me need new okay ok please question questions really said say tell thank thanks thats thing
things try trying use used using ve want wants way ways whats work works write
"""


@cache
def stop_words(language: str) -> frozenset[str]:
    """Lower-case stop words of a language (ISO 639-1), English ones always included."""
    import stopwordsiso
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    words = frozenset(ENGLISH_STOP_WORDS) | frozenset(_REQUESTS.split())
    if language == "en" or not stopwordsiso.has_lang(language):
        return words
    return words | frozenset(word.casefold() for word in stopwordsiso.stopwords(language))
