from __future__ import annotations

import subprocess
import sys

import pytest

from benchbuilder import encoders
from benchbuilder.encoders import identify, open_encoder, resolve_backend
from benchbuilder.errors import ConfigError
from benchbuilder.settings import EmbedSettings


def test_auto_takes_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    assert resolve_backend(EmbedSettings()) == "tfidf"
    assert identify(EmbedSettings())["backend"] == "tfidf"
    monkeypatch.setattr(encoders, "find_spec", lambda name: object())
    assert resolve_backend(EmbedSettings()) == "sentence-transformers"
    assert resolve_backend(EmbedSettings(backend="tfidf")) == "tfidf"


def test_a_backend_that_is_not_installed_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="not installed") as caught:
        open_encoder(EmbedSettings(backend="sentence-transformers"))
    assert "pip install" in str(caught.value.hint)


def test_identity_holds_the_settings_that_decide() -> None:
    identity = identify(EmbedSettings(backend="tfidf", dimensions=50))
    assert identity == {"backend": "tfidf", "model": "tfidf-svd", "version": 2, "dimensions": 50}


def test_opening_imports_nothing_heavy() -> None:
    code = (
        "import sys; from benchbuilder.settings import EmbedSettings; "
        "from benchbuilder.encoders import identify; identify(EmbedSettings()); "
        "print({'torch', 'sklearn', 'sentence_transformers', 'transformers'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
