from __future__ import annotations

from importlib.util import find_spec

import pytest

from benchbuilder.errors import ConfigError
from benchbuilder.text.privacy import KINDS, Redactor, find_private
from benchbuilder.text.private_engine import private_finder, private_kinds

_INSTALLED = find_spec("presidio_analyzer") is not None


def test_the_rules_need_nothing() -> None:
    assert private_finder("rules", None) is find_private
    assert private_kinds("rules", None) == KINDS


def test_kinds_are_told_for_what_is_checked() -> None:
    assert set(private_kinds("presidio", None)) > set(KINDS)
    assert "person" not in private_kinds("presidio", None)
    assert "person" in private_kinds("presidio", "en_core_web_sm")


@pytest.mark.skipif(_INSTALLED, reason="presidio-analyzer is installed")
def test_without_presidio_the_error_says_what_to_install() -> None:
    with pytest.raises(ConfigError) as caught:
        private_finder("presidio", None)
    assert "pip install 'benchbuilder[presidio]'" in str(caught.value.hint)


@pytest.mark.skipif(not _INSTALLED, reason="presidio-analyzer is not installed (an extra)")
@pytest.mark.filterwarnings("ignore")  # spaCy and its parts warn about one another
def test_presidio_finds_more_forms_and_the_rules_come_first() -> None:
    redactor = Redactor(private_finder("presidio", None))
    redacted, counts = redactor.redact("My SSN is 536-90-4399, my mail ann@example.org.")
    assert redacted == "My SSN is <US_SSN_1>, my mail <EMAIL_1>."
    assert counts == {"us_ssn": 1, "email": 1}
    assert private_finder("presidio", None)("Why is the sky blue? " * 100_000) == []


@pytest.mark.skipif(not _INSTALLED, reason="presidio-analyzer is not installed (an extra)")
@pytest.mark.filterwarnings("ignore")
def test_a_pipeline_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match="no_such_pipeline"):
        private_finder("presidio", "no_such_pipeline")
