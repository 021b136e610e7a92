from __future__ import annotations

import pytest

from benchbuilder.text.stop_words import stop_words


def test_english_keeps_what_is_a_topic_here() -> None:
    words = stop_words("en")
    assert {"the", "please", "would"} <= words
    assert not {"computer", "html", "shell", "null"} & words


@pytest.mark.parametrize(("language", "word"), [("de", "und"), ("zh", "的"), ("ru", "что")])
def test_other_languages_have_lists_of_their_own(language: str, word: str) -> None:
    assert word in stop_words(language)
    assert word not in stop_words("en")


def test_an_unknown_language_has_the_english_list() -> None:
    assert stop_words("unknown") == stop_words("xx") == stop_words("en")
