"""Who looks for private texts: the rules of ``privacy``, or Presidio's recognisers after them.

Presidio runs offline on a blank spaCy pipeline and then knows forms alone; a pipeline that is
installed by its name lets it find names of people and places, too. It takes seventeen times as
long as the rules, so these are the default.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from benchbuilder.errors import ConfigError
from benchbuilder.text.privacy import KINDS, Find, Span, find_private

# What Presidio knows and the rules do not. Dates, links and organisations are no private texts.
_FORMS = ("CRYPTO", "MAC_ADDRESS", "MEDICAL_LICENSE", "UK_NHS", "US_ITIN", "US_SSN")
_NAMES = ("LOCATION", "PERSON")
_MIN_SCORE = 0.5  # below it a recogniser has seen digits and no word that says what they are


def private_kinds(engine: str, model: str | None) -> tuple[str, ...]:
    """The kinds that ``private_finder`` checks."""
    more = () if engine == "rules" else _FORMS if model is None else _FORMS + _NAMES
    return (*KINDS, *(entity.lower() for entity in more))


@cache
def private_finder(engine: str, model: str | None) -> Find:
    """What finds private texts by ``engine``, ``rules`` or ``presidio`` with a spaCy ``model``.

    Raises:
        ConfigError: Presidio or the pipeline is not installed.
    """
    if engine == "rules":
        return find_private
    if find_spec("presidio_analyzer") is None or find_spec("spacy") is None:
        raise ConfigError(
            "ingest.private_engine is presidio, which is not installed",
            hint="pip install 'benchbuilder[presidio]', or --set ingest.private_engine=rules",
        )
    analyze = _analyzer(model)
    entities = list(_FORMS if model is None else _FORMS + _NAMES)

    def find(text: str) -> list[Span]:
        found = find_private(text)
        for result in analyze(text, "en", entities=entities, score_threshold=_MIN_SCORE):
            span = Span(result.start, result.end, result.entity_type.lower())
            if all(span.end <= other.start or span.start >= other.end for other in found):
                found.append(span)
        return sorted(found)

    return find


def _analyzer(model: str | None) -> Callable[..., Any]:
    import logging

    import spacy
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    if model is not None and not spacy.util.is_package(model):
        raise ConfigError(
            f"ingest.private_model: the spaCy pipeline {model} is not installed",
            hint=f"python -m spacy download {model}, or --set ingest.private_model=null",
        )
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it lists what it leaves out
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": model or "blank"}])
    pipeline = spacy.blank("en") if model is None else spacy.load(model)
    pipeline.max_length = 10**9  # a long prompt is no error
    engine.nlp = {"en": pipeline}
    analyze: Callable[..., Any] = AnalyzerEngine(
        nlp_engine=engine, supported_languages=["en"]
    ).analyze
    return analyze
