from __future__ import annotations

from benchbuilder.text.stop_words import stop_words


def test_english_keeps_what_is_a_topic_here() -> None:
    words = stop_words("en")
    assert {"the", "please", "would"} <= words
    assert not {"computer", "html", "shell", "null"} & words


def test_words_in_latin_letters_count_in_their_language() -> None:
    assert "und" in stop_words("de")
    assert "und" not in stop_words("en")


def test_an_unknown_language_has_the_english_list() -> None:
    assert stop_words("unknown") == stop_words("xx") == stop_words("en")


def test_words_in_other_scripts_count_everywhere() -> None:
    assert {"что", "на", "και", "هذا", "これ", "什么"} <= stop_words("en")
    assert "борщ" not in stop_words("en")


def test_chinese_words_do_not_count_in_japanese() -> None:
    assert "大" in stop_words("zh")
    assert "大" not in stop_words("ja")
