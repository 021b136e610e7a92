"""Private texts that can be told by their form, found offline and replaced where all can see it.

Ten kinds are checked, and a text in which none is found is not thereby free of private texts: names
and street addresses, for example, have no form. Numbers that only look alike are told apart by
check digits, lengths and the words before them: version strings are no IP addresses, long numbers
are no payment cards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchbuilder.text import private_checks as checks
from benchbuilder.text import private_forms as forms
from benchbuilder.text.repair import Counts


class Span(NamedTuple):
    """A private text: ``text[start:end]``."""

    start: int
    end: int
    kind: str


#: What finds the private texts of a text, in order and without overlaps.
Find = Callable[[str], list[Span]]


@dataclass(frozen=True)
class Rule:
    """One way in which a kind shows. ``accept`` sees the match and decides what a form cannot.

    ``hints`` are cheaper questions; where one's answer is no, the rule cannot match. Where ``near``
    is given, it matches there only. The group named ``private``, where a pattern has one, is what
    is replaced.
    """

    kind: str
    pattern: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool] | None = None
    hints: tuple[forms.Hint, ...] = ()
    near: forms.Near | None = None


_LONG_WORDS = (forms.has_digit, forms.has_long_word)
_MANY_DIGITS = (forms.has_digit, forms.has_many_digits)
#: In the order of precedence: where two overlap, the first one stands.
RULES: tuple[Rule, ...] = (
    Rule("private_key", forms.PRIVATE_KEY, None, (forms.has_pem_header,)),
    Rule("credentials", forms.URL_CREDENTIALS, checks.is_no_template, (forms.has_url_with_at,)),
    Rule("token", forms.TOKEN, checks.is_random, (*_LONG_WORDS, forms.has_token_word)),
    Rule("api_key", forms.API_KEY, checks.is_key, (forms.has_long_word,), forms.NEAR_LONG_WORD),
    Rule(
        "api_key",
        forms.ASSIGNED_KEY,
        checks.is_random,
        (*_LONG_WORDS, forms.has_key_word),
        forms.NEAR_KEY_WORD,
    ),
    Rule("email", forms.EMAIL, checks.is_email, (forms.has_at_sign,), forms.NEAR_AT_SIGN),
    Rule("ipv6", forms.IPV6, checks.is_ipv6, (forms.has_digit,), forms.NEAR_COLONS),
    Rule("ipv4", forms.IPV4, checks.is_ipv4, (forms.has_digit,), forms.NEAR_DOTTED_DIGITS),
    Rule("iban", forms.IBAN, checks.is_iban, (forms.has_digit, forms.has_account)),
    Rule("card", forms.CARD, checks.is_card, _MANY_DIGITS, forms.NEAR_DIGITS),
    Rule("phone", forms.PHONE_ABROAD, checks.is_phone_abroad, _MANY_DIGITS, forms.NEAR_DIGITS),
    Rule("phone", forms.PHONE_AT_HOME, checks.is_phone_at_home, _MANY_DIGITS, forms.NEAR_DIGITS),
    Rule(
        "phone",
        forms.PHONE_BY_WORD,
        checks.is_phone_by_word,
        _MANY_DIGITS,
        forms.NEAR_DIGITS_AFTER_WORD,
    ),
)
#: The kinds that are checked.
KINDS: tuple[str, ...] = tuple(sorted({rule.kind for rule in RULES}))


def find_private(text: str) -> list[Span]:
    """Private texts in the order in which they stand; none overlaps another.

    >>> find_private("write to ann@example.org")
    [Span(start=9, end=24, kind='email')]
    """
    text = _with_plain_digits(text)
    found: list[Span] = []
    answers: Answers = {}
    for rule in RULES:
        if not _may_match(rule, text, answers):
            continue
        for span in _matches(rule, text, answers):
            if all(span.end <= other.start or span.start >= other.end for other in found):
                found.append(span)
    return sorted(found)


_other_digit = re.compile(r"[^\D0-9]")


def _with_plain_digits(text: str) -> str:
    """The text with the digits of other scripts as 0 to 9; nothing moves."""
    if text.isascii():
        return text
    return _other_digit.sub(lambda found: str(unicodedata.decimal(found[0])), text)


#: What was asked about a text before, by who answers.
Answers = dict[object, Any]


def _may_match(rule: Rule, text: str, answers: Answers) -> bool:
    """Whether all hints say so."""
    for hint in rule.hints:
        if hint not in answers:
            answers[hint] = hint(text)
        if not answers[hint]:
            return False
    return True


def _matches(rule: Rule, text: str, answers: Answers) -> Iterator[Span]:
    for start, end in _stretches(rule.near, text, answers) if rule.near else [(0, len(text))]:
        for match in rule.pattern.finditer(text, start, end):
            if rule.accept is None or rule.accept(match):
                yield Span(*match.span(checks.private_group(match)), rule.kind)


def _stretches(near: forms.Near, text: str, answers: Answers) -> list[tuple[int, int]]:
    """The stretches of a text that are near to a sign, in order; none overlaps another."""
    if near.signs not in answers:
        answers[near.signs] = [sign.span() for sign in near.signs(text)]
    stretches: list[tuple[int, int]] = []
    for first, last in answers[near.signs]:
        start, end = max(0, first - near.before), last + near.after
        if stretches and start <= stretches[-1][1]:
            start = stretches.pop()[0]
        stretches.append((start, end))
    return stretches


class Redactor:
    """Replaces private texts by ``<KIND_N>``: the same text by the same name, everywhere in it."""

    def __init__(self, find: Find | None = None) -> None:
        self._find = find or find_private
        self._names: dict[tuple[str, str], str] = {}
        self._used: Counts = {}

    def redact(self, text: str) -> tuple[str, Counts]:
        """The text without its private texts, and how many there were of each kind.

        >>> Redactor().redact("ann@example.org, Ann@example.org")
        ('<EMAIL_1>, <EMAIL_1>', {'email': 2})
        """
        counts: Counts = {}
        parts, done = [], 0
        for start, end, kind in self._find(text):
            parts += [text[done:start], self._name(kind, text[start:end])]
            counts[kind] = counts.get(kind, 0) + 1
            done = end
        return "".join([*parts, text[done:]]) if parts else text, counts

    def _name(self, kind: str, private: str) -> str:
        key = (kind, checks.same_form(kind, private))
        if key not in self._names:
            self._used[kind] = self._used.get(kind, 0) + 1
            self._names[key] = f"<{kind.upper()}_{self._used[kind]}>"
        return self._names[key]
