"""Base URLs and keys."""

from __future__ import annotations

import pytest

from benchbuilder.errors import CompletionError
from benchbuilder.llm.access import base_urls, mend_base_url, read_key
from benchbuilder.settings import ModelSettings


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("http://h/v1", "http://h/v1"),
        (" http://h/v1/ ", "http://h/v1"),
        ("https://h/v1/chat/completions", "https://h/v1"),
        ("https://h/v1/chat/completions/", "https://h/v1"),
    ],
)
def test_urls_are_mended(url: str, mended: str) -> None:
    assert mend_base_url(url) == mended


@pytest.mark.parametrize("url", ["h:8000/v1", "localhost", "ftp://h/v1", "http://", ""])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(CompletionError, match="no base URL"):
        mend_base_url(url)


def test_where_the_url_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_URL", "http://from-env/v1")
    assert base_urls(ModelSettings(base_url_env="A_URL")) == ("http://from-env/v1",)
    assert base_urls(ModelSettings(base_url="http://x/v1", base_url_env="A_URL")) == (
        "http://x/v1",
    )
    assert base_urls(ModelSettings(base_url=("http://a/v1", "http://b/v1"))) == (
        "http://a/v1",
        "http://b/v1",
    )
    monkeypatch.setenv("A_URL", "")
    assert base_urls(ModelSettings(base_url_env="A_URL")) == (None,)


def test_when_a_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    named, unnamed = ModelSettings(api_key_env="OPENAI_API_KEY"), ModelSettings()
    assert read_key("m", unnamed, ("http://far.example/v1",)) is None
    assert read_key("m", named, ("http://127.0.0.1:8000/v1",)) is None
    for settings, url in ((unnamed, None), (named, None), (named, "http://far.example/v1")):
        with pytest.raises(CompletionError, match="OPENAI_API_KEY"):
            read_key("m", settings, (url,))
    monkeypatch.setenv("OPENAI_API_KEY", " sk-1 ")
    key = read_key("m", named, (None,))
    assert key is not None
    assert key.get_secret_value() == "sk-1"
    assert "sk-1" not in repr(key)
