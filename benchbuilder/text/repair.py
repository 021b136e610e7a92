"""Repairs of broken characters: counted by kind, never silent, and never of what is meant.

Zero-width joiners (U+200C, U+200D) and direction marks stay: Persian, Indic scripts and emoji need
them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from benchbuilder.text.signs import Signs

Counts = dict[str, int]

# One look decides whether anything below is needed: most texts are clean.
_suspicious = Signs("\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u200b\u2060\ud800-\udfff")
_maybe_mojibake = re.compile("[ÂÃâð][\x80-\uffff]")
_surrogate_pair = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_plain_repairs: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("line_end", re.compile("\r\n?|[\x0b\x0c\x85]"), "\n"),
    ("nul", re.compile("\x00"), ""),
    ("control_character", re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]"), ""),
    ("byte_order_mark", re.compile("\ufeff"), ""),
    ("zero_width", re.compile("[\u200b\u2060]"), ""),
    ("lone_surrogate", re.compile("[\ud800-\udfff]"), "\ufffd"),
)
# UTF-8 read as Windows-1252: a lead byte and the right number of continuation bytes.
_CONTINUATION = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_mojibake = re.compile(f"[Â-ß]{_CONTINUATION}|[à-ï]{_CONTINUATION}{{2}}|[ð-ô]{_CONTINUATION}{{3}}")
_about_encodings = re.compile(r"utf-?8|encod|unicode|mojibake|latin-?1|charset|cp-?125", re.I)
_MIN_MOJIBAKE = 2


def repair(text: str) -> tuple[str, Counts]:
    """The text in a form that Parquet can hold, and how often each kind of repair was made.

    >>> repair("one\\r\\ntwo\\x00")
    ('one\\ntwo', {'line_end': 1, 'nul': 1})
    """
    counts: Counts = {}
    if not _suspicious.are_in(text) and (text.isascii() or not _maybe_mojibake.search(text)):
        return text, counts
    text = _counted(counts, "surrogate_pair", _surrogate_pair, _join_pair, text)
    text = _repair_mojibake(text, counts)
    for kind, pattern, replacement in _plain_repairs:
        text = _counted(counts, kind, pattern, replacement, text)
    return text, counts


def sum_counts(parts: Iterable[Counts]) -> Counts:
    """Counts by kind, added up, in the order of the kinds' names."""
    total: Counter[str] = Counter()
    for counts in parts:
        total.update(counts)
    return dict(sorted(total.items()))


def _counted(
    counts: Counts,
    kind: str,
    pattern: re.Pattern[str],
    replacement: str | Callable[[re.Match[str]], str],
    text: str,
) -> str:
    text, count = pattern.subn(replacement, text)
    if count:
        counts[kind] = count
    return text


def _join_pair(pair: re.Match[str]) -> str:
    """Two halves of one character, as JSON escapes or CESU-8 leave them."""
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def _repair_mojibake(text: str, counts: Counts) -> str:
    """UTF-8 that was read as Windows-1252, undone where nothing else can be meant.

    One sequence may be meant as it stands, and so may all of them where the text is about
    encodings.
    """
    if len(_mojibake.findall(text)) < _MIN_MOJIBAKE or _about_encodings.search(text):
        return text
    repaired = 0

    def undo(found: re.Match[str]) -> str:
        nonlocal repaired
        octets = b"".join(_octet(character) for character in found[0])
        try:
            character = octets.decode("utf-8")
        except UnicodeDecodeError:
            return found[0]
        repaired += 1
        return character

    text = _mojibake.sub(undo, text)
    if repaired:
        counts["mojibake"] = repaired
    return text


def _octet(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:  # the five bytes that Windows-1252 leaves undefined
        return character.encode("latin-1")
