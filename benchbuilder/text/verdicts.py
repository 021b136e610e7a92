"""The verdict in a judge's text: a whitelist of five, and the last one counts.

Judges wrap a verdict in many ways. All of these say ``A>B``: ``[[A>B]]``, ``[[A > B]]``,
``[[A&gt;B]]``, ``**[[A>B]]**``, ``[["A>B"]]``, ``\\[\\[A>B\\]\\]``, ``\\boxed{A>B}``,
``{"verdict": "A>B"}``, and a last line ``Final verdict: A>B``. Signs that cannot be seen and
letters that look the same change nothing. Whatever is not one of the five gives no verdict and a
reason. Of a text that is one JSON object, its field ``verdict`` counts.
"""

from __future__ import annotations

import html
import json
import re
from typing import NamedTuple

from benchbuilder.stats.verdicts import VERDICTS
from benchbuilder.text.lookalikes import UNSEEN, as_seen
from benchbuilder.text.thinking import split_thinking

_OPEN = r"(?: \\?[\[［【] | &(?:\#0*91|\#x0*5b|lbrack|lsqb); )"
_CLOSE = r"(?: \\?[\]］】] | &(?:\#0*93|\#x0*5d|rbrack|rsqb); )"
_GAP = rf"[\s{UNSEEN}]*"
_QUOTE = r"\\?[\"']"
_MARKER = re.compile(
    rf"""
    {_OPEN}{_GAP}{_OPEN} (?P<brackets> [^\[\]［］【】\n]{{1,60}}? ) {_CLOSE}{_GAP}{_CLOSE}
    | \\boxed\s*\{{ (?P<boxed> [^{{}}\n]{{1,60}} | \\\w+\{{[^{{}}\n]{{1,60}}\}} ) \}}
    | {_QUOTE}verdict{_QUOTE}\s*:\s*{_QUOTE}(?P<json> [^"'\n]{{1,60}} )["']
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
_JSON_ESCAPE = re.compile(r"\\u(00[2-7][0-9a-f])", re.IGNORECASE)
_SIGN = re.compile(r"[>=&\\]|[^\x00-\x7f]")  # without one of these a line holds no verdict
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
    last_line = _verdict_line(said.rstrip().rpartition("\n")[2])
    if last_line:
        return ParsedVerdict(last_line, None)
    strangers = [content for content in contents if _SHAPE.fullmatch(content)]
    if strangers:
        return ParsedVerdict(None, _stranger(strangers[-1]))
    return ParsedVerdict(None, "no verdict found")


def neutralise_verdicts(text: str) -> tuple[str, int]:
    """A candidate's text with all made unreadable that ``parse_verdict`` would take for a verdict.

    ``"[[A>>B]]"`` becomes ``"⟦A>>B⟧"``, and a line such as ``verdict: A>B`` stands in ``⟦⟧`` as a
    whole: a person still sees what stood there, and a judge that quotes it casts no vote. Returns
    the text and how many places were changed.
    """
    parts, kept, place, changed = [], 0, 0, 0
    while match := _MARKER.search(text, place):
        place = match.start() + 1  # one marker may hide another
        if _content(match) in VERDICTS:
            parts += [text[kept : match.start()], f"⟦{_content(match)}⟧"]
            kept = place = match.end()
            changed += 1
    lines = ("".join(parts) + text[kept:]).split("\n")
    for number, line in enumerate(lines):
        if _verdict_line(line):
            lines[number] = f"⟦{line}⟧"
            changed += 1
    return "\n".join(lines), changed


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


def _verdict_line(line: str) -> str | None:
    """The verdict that a line says, alone or at the end of a sentence on the verdict."""
    if not _SIGN.search(line):
        return None
    found = _LAST_LINE.match(_plain(line.rstrip()[-_LONGEST_SENTENCE:]))
    return found[1].upper() if found else None


def _stranger(content: str) -> str:
    return f"not one of the five verdicts: {content[:_LONGEST_CONTENT]}"


def _content(match: re.Match[str]) -> str:
    return _bare(match["brackets"] or match["boxed"] or match["json"])


def _bare(inside: str) -> str:
    for command, plain in _LATEX:
        inside = inside.replace(command, plain)
    return _plain(inside).strip(" \t*_`\"'“”‘’()[]{}$.\\").upper()


def _plain(text: str) -> str:
    """Escapes resolved (also doubled ones), look-alikes made plain, no spaces around signs."""
    text = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    text = as_seen(html.unescape(html.unescape(text))).replace("≫", ">>")
    return re.sub(r"\s*([<>=])\s*", r"\1", text)


def _without_scale(verdicts: list[str]) -> list[str]:
    """Trailing repetitions of all five, in the scale's order or against it, cut off."""
    size = len(VERDICTS)
    while tuple(verdicts[-size:]) in (VERDICTS, VERDICTS[::-1]):
        verdicts = verdicts[:-size]
    return verdicts
