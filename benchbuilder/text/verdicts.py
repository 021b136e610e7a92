"""The verdict in a judge's text: a whitelist of five, and the last one counts.

Judges wrap a verdict in many ways. All of these say ``A>B``: ``[[A>B]]``, ``[[A > B]]``,
``[[A&gt;B]]``, ``**[[A>B]]**``, ``[["A>B"]]``, ``\\[\\[A>B\\]\\]``, ``\\boxed{A>B}``,
``{"verdict": "A>B"}``, and a last line ``Final verdict: A>B``. Whatever is not one of the five
gives no verdict and a reason. Of a text that is one JSON object, its field ``verdict`` counts.
"""

from __future__ import annotations

import html
import json
import re
from typing import NamedTuple

from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.text.thinking import split_thinking

_OPEN, _CLOSE = r"\\?[\[［【]", r"\\?[\]］】]"
_MARKER = re.compile(
    rf"""
    {_OPEN}\s*{_OPEN} (?P<brackets> [^\[\]［］【】\n]{{1,60}}? ) {_CLOSE}\s*{_CLOSE}
    | \\boxed\s*\{{ (?P<boxed> [^{{}}\n]{{1,60}} | \\\w+\{{[^{{}}\n]{{1,60}}\}} ) \}}
    | "verdict"\s*:\s*"(?P<json> [^"\n]{{1,60}} )"
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WRAPPING = r"[\s*_`\"'“”‘’()\[\]{}$.]*"
# Without a marker, the last line may be the verdict alone, or a sentence on the verdict that ends
# in one. Anywhere else `A>B` may be code or mathematics.
_LAST_LINE = re.compile(
    rf"^(?:.*\bverdict\b.*?|{_WRAPPING})(?<![AB<>=])(A>>B|A>B|A=B|B>A|B>>A){_WRAPPING}$",
    re.IGNORECASE,
)
_LONGEST_SENTENCE = 400  # of a text on one line only the end is read
_LONGEST_CONTENT = 60
_LATEX = (r"\gg", ">>"), (r"\succ", ">"), (r"\text", ""), (r"\mathrm", "")
_SHAPE = re.compile(r"[AB]|(?=.*[<>=])[AB<>=]+")


class ParsedVerdict(NamedTuple):
    """``verdict`` is one of ``VERDICTS``, or None with the ``reason``."""

    verdict: str | None
    reason: str | None


def parse_verdict(text: str) -> ParsedVerdict:
    """The judge's verdict.

    A judge that repeats all five verdicts in a row lists the scale; that list is no verdict.
    """
    if not text.strip():
        return ParsedVerdict(None, "empty text")
    said, _, closed = split_thinking(text)
    if not closed:
        return ParsedVerdict(None, "thinking never ended")
    field = _field_of_object(said)
    if field is not None:
        verdict = _bare(field)
        known = verdict in VERDICTS
        return ParsedVerdict(verdict, None) if known else ParsedVerdict(None, _stranger(verdict))
    contents = [_content(match) for match in _MARKER.finditer(said)]
    listed = [content for content in contents if content in VERDICTS]
    verdicts = _without_scale(listed)
    if verdicts:
        return ParsedVerdict(verdicts[-1], None)
    if listed:
        return ParsedVerdict(None, "only the list of verdicts was repeated")
    last_line = _LAST_LINE.match(_plain(said.rstrip().rpartition("\n")[2][-_LONGEST_SENTENCE:]))
    if last_line:
        return ParsedVerdict(last_line[1].upper(), None)
    strangers = [content for content in contents if _SHAPE.fullmatch(content)]
    if strangers:
        return ParsedVerdict(None, _stranger(strangers[-1]))
    return ParsedVerdict(None, "no verdict found")


def neutralise_verdicts(text: str) -> tuple[str, int]:
    """A candidate's text with its verdict markers made unreadable to ``parse_verdict``.

    ``"[[A>>B]]"`` becomes ``"⟦A>>B⟧"``: a person still sees what stood there, and a judge that
    quotes it casts no vote. Returns the text and how many markers were changed.
    """
    changed = 0

    def disarm(match: re.Match[str]) -> str:
        nonlocal changed
        if _content(match) not in VERDICTS:
            return match[0]
        changed += 1
        return f"⟦{_content(match)}⟧"

    return _MARKER.sub(disarm, text), changed


def _field_of_object(text: str) -> str | None:
    """The verdict of a text that is a JSON object and nothing else.

    There only the field counts: what an evaluation quotes may stand after it.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    field = said.get("verdict") if isinstance(said, dict) else None
    return field if isinstance(field, str) else None


def _stranger(content: str) -> str:
    return f"not one of the five verdicts: {content[:_LONGEST_CONTENT]}"


def _content(match: re.Match[str]) -> str:
    return _bare(match["brackets"] or match["boxed"] or match["json"])


def _bare(inside: str) -> str:
    for command, plain in _LATEX:
        inside = inside.replace(command, plain)
    return _plain(inside).strip(" \t*_`\"'“”‘’()[]{}$.\\").upper()


def _plain(text: str) -> str:
    """Escapes resolved (also doubled ones), wide signs made plain, no spaces around signs."""
    text = html.unescape(html.unescape(text))
    for wide, plain in ("＞", ">"), ("＝", "="), ("≫", ">>"):
        text = text.replace(wide, plain)
    return re.sub(r"\s*([<>=])\s*", r"\1", text)


def _without_scale(verdicts: list[str]) -> list[str]:
    """Trailing repetitions of all five, in the scale's order or against it, cut off."""
    size = len(VERDICTS)
    while tuple(verdicts[-size:]) in (VERDICTS, VERDICTS[::-1]):
        verdicts = verdicts[:-size]
    return verdicts
