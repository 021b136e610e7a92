"""The forms of private texts: patterns that find candidates, and cheap questions before them.

The checks that tell look-alikes apart are in ``private_checks``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchbuilder.text.signs import Signs

_digits = Signs("0-9")
# Cheap questions whose answer is no for most texts, and then the pattern need not be tried.
Hint = Callable[[str], object]
has_digit: Hint = _digits.are_in
has_url_with_at: Hint = re.compile(r"://[^\s/@]{1,300}@").search
# The shortest account number has 15 signs.
has_account: Hint = re.compile(
    r"\d\d(?<=[A-Za-z]{2}..)(?<![A-Za-z0-9][A-Za-z]{2}..)(?:[ -]?(?i:[A-Z0-9])){11}"
).search

_MIN_PHONE_DIGITS = 7
_LONG = 20
_long_word = re.compile(rf"(?<!\S)\S{{{_LONG}}}").search
_shape = bytes(ord(" " if chr(code).isspace() else "x") for code in range(256))
_long_shape = b"x" * _LONG
_SPELLED_OUT = ("[at]", "(at)", "[AT]", "(AT)")


def has_many_digits(text: str) -> bool:
    """Whether a telephone number may be there."""
    return _digits.count_in(text) >= _MIN_PHONE_DIGITS


def has_long_word(text: str) -> object:
    """Whether a key may be there: prose has no words of twenty signs."""
    if text.isascii():
        return _long_shape in text.encode().translate(_shape)
    return _long_word(text)


def has_key_word(text: str) -> bool:
    """Whether a word that announces a key may be there."""
    folded = text.casefold()
    return "key" in folded or "token" in folded or "secret" in folded


def has_token_word(text: str) -> bool:
    """Whether a token may be there."""
    return "eyJ" in text or "earer" in text


def has_pem_header(text: str) -> bool:
    """Whether a key in PEM form may be there."""
    return "-----BEGIN " in text


def has_at_sign(text: str) -> bool:
    """Whether an e-mail address may be there."""
    if "@" in text:
        return True
    return ("[" in text or "(" in text) and any(sign in text for sign in _SPELLED_OUT)


class Near(NamedTuple):
    """Where a pattern may match: within so many characters of a sign that is found faster."""

    signs: Callable[[str], Iterator[re.Match[str]]]
    before: int
    after: int


# Gaps are as wide as any pattern lets them be; what stands before a number are `+(` or a word.
_digits_in_groups = re.compile(r"\d(?:[ ().\-/\u00a0]{0,4}\d){6,}").finditer
NEAR_DIGITS = Near(_digits_in_groups, 3, 3)
NEAR_DIGITS_AFTER_WORD = Near(_digits_in_groups, 40, 3)
NEAR_DOTTED_DIGITS = Near(re.compile(r"\.\d{1,3}\.\d").finditer, 4, 20)
NEAR_AT_SIGN = Near(re.compile(r"@|[\[(](?:at|AT)[\])]").finditer, 66, 470)
NEAR_COLONS = Near(re.compile(r"::|:[0-9A-Fa-f]{1,4}:").finditer, 5, 90)
NEAR_KEY_WORD = Near(re.compile(r"(?i)key|token|secret").finditer, 12, 240)
NEAR_LONG_WORD = Near(re.compile(r"\S{15,}").finditer, 0, 0)


_KEY_PREFIXES = (
    r"sk-(?:proj-|ant-(?:api|admin)\d\d-|or-v1-|svcacct-)?[A-Za-z0-9_-]{20,}",  # OpenAI and others
    r"gh[opsur]_[A-Za-z0-9]{30,}",
    r"github_pat_[A-Za-z0-9_]{22,}",
    r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}",
    r"AIza[A-Za-z0-9_-]{30,}",
    r"ya29\.[A-Za-z0-9_-]{20,}",
    r"xox[abeprs]-[A-Za-z0-9-]{10,}",
    r"xapp-[A-Za-z0-9-]{20,}",
    r"glpat-[A-Za-z0-9_-]{18,}",
    r"(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}",
    r"whsec_[A-Za-z0-9+/=]{20,}",
    r"(?:hf|npm|gsk|r8)_[A-Za-z0-9]{28,}",
    r"(?:xai|tvly|pplx)-[A-Za-z0-9-]{28,}",
    r"pypi-[A-Za-z0-9_-]{40,}",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"(?:do[opr]_v1|shp(?:at|ca|pa|ss)|dckr_pat|lin_api|figd|glsa|hvs|nvapi|PMAK|rnd|sbp)"
    r"[_.-][A-Za-z0-9_-]{20,}",
    r"(?:AC|SK)[0-9a-f]{32}",  # Twilio
    r"key-[0-9a-f]{32}",  # Mailgun
    r"sq0(?:atp|csp)-[A-Za-z0-9_-]{20,}",
)
API_KEY = re.compile(
    rf"(?<![A-Za-z0-9_-])(?:{'|'.join(_KEY_PREFIXES)})(?![A-Za-z0-9_])"
    r"|(?:(?<=bot)|(?<!\w))\d{8,10}:AA[A-Za-z0-9_-]{33}"  # Telegram
)
ASSIGNED_KEY = re.compile(
    r"(?i:(?:api|access|secret|auth|account|private|client)[ _-]?(?:key|token|secret)"
    r"(?:[ _-]?id)?)"
    r"[\"']?\s{0,3}(?:[:=]|=>|is)\s{0,3}[\"']?(?P<private>[A-Za-z0-9_/+.=-]{20,200})"
)
TOKEN = re.compile(
    r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"
    r"|\b[Bb]earer[ :]\s?(?P<private>[A-Za-z0-9._~+/-]{20,}=*)"
)
PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr])*"
    r"(?:[A-Z][A-Za-z-]{3,20}: [^\n\\]{0,200}(?:\s|\\[nr])+)*"
    r"(?:[A-Za-z0-9+/=]{16,}(?:\s|\\[nr])*)+"
    r"(?:[A-Za-z0-9+/=]{1,15}(?:\s|\\[nr])*(?=-----END))?"
    r"(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)?"
)
URL_CREDENTIALS = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}://"
    r"(?P<private>[^\s/:@\"'<>|]{0,100}:[^\s/@\"'<>|]{1,200})@(?=[^\s/@\"'<>|])"
)
EMAIL = re.compile(
    r"(?<![\w.%+/=-])[\w+](?:[\w.%+'-]{0,62}\w)?(?:@|\s?[\[(](?:at|AT)[\])]\s?)"
    r"(?P<domain>(?:[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.|\s?[\[(](?:dot|DOT)[\])]\s?)){1,6}"
    r"(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,40}))(?![\w@])"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::?[0-9A-Fa-f]{1,4}|:)(?::[0-9A-Fa-f]{1,4}){0,6}"
    r"(?:\.\d{1,3}){0,3}(?![\w:])"
    rf"|(?<![\w:.])::(?:[fF]{{4}}:)?(?:{_OCTET}\.){{3}}{_OCTET}(?![\w.:])"  # IPv4 in IPv6
)
IPV4 = re.compile(rf"(?<![\w.+-])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w-]|\.\w)")
_IBAN_COUNTRIES = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA",
    30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
}  # fmt: skip
IBAN = re.compile(
    r"(?i)(?<![A-Za-z0-9])(?:"
    + "|".join(
        rf"(?:{codes.replace(' ', '|')})\d\d(?:[ -]?[A-Z0-9]){{{length - 4}}}"
        for length, codes in _IBAN_COUNTRIES.items()
    )
    + r")(?![A-Za-z0-9])"
)
# A comma may part it from its neighbours in CSV; after a point it is a decimal.
CARD = re.compile(
    r"(?<![\w.+$€£-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})"
    r"(?![\w-]|\.\d)"
)
_GAP = r"[ .\-/()\u00a0]{0,3}"
PHONE_ABROAD = re.compile(
    rf"(?<![\w+.])(?:\+|00[ -]?(?=[1-9]))\(?[1-9](?:{_GAP}\d){{6,14}}(?![\w])"
)
PHONE_AT_HOME = re.compile(
    r"(?<![\w.,/+=*#$€£-])(?:"
    r"(?:1[-. ])?(?:\([2-9]\d\d\) ?[2-9]\d\d[-. ]|[2-9]\d\d(?P<gap>[-.])[2-9]\d\d(?P=gap))\d{4}"
    r"|0[1-9](?:[ .-]\d\d){4}"  # France
    r"|\(0[1-9]\) ?\d{4}[ -]?\d{4}"  # Australia
    r"|\(?0[1-9]\d{1,3}\)?[ /-]{1,3}\d{3,8}(?:[ -]\d{2,5}){0,2}"
    r"|01[5-7]\d\d{7,8}|07\d{9}"  # mobiles of Germany and the United Kingdom
    r")(?![\w/-]|[.,:]\d)"
)
_PHONE_WORDS = (
    "phone|tele?phone|tel|cell|mobile|whats ?app|viber|telegram|fax|sms|hotline|call|ring|dial|text"
    "|reach|contact|(?:my|our|his|her|their|your) number|telefon|handy|mobil|tél(?:éphone)?"
    "|tel[eé]fono|celular|telefone|cellulare|тел(?:ефон)?|telefoon"
)
PHONE_BY_WORD = re.compile(
    rf"(?i:\b(?:{_PHONE_WORDS})\b|电话|手机|微信|電話|携帯|전화|휴대폰|فون|تلفن|موبایل|هاتف|फोन)"
    r"[^\d\n+]{0,24}?(?P<private>(?:\(\d{1,4}\)|\d)(?:[ .\-/()]{0,2}\d){6,14})(?![\w]|[.,:]\d)"
)
