"""The forms of private texts: patterns that find candidates, and checks that tell look-alikes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

# Cheap questions whose answer is no for most texts, and then the pattern need not be tried.
Hint = Callable[[str], object]
has_long_word: Hint = re.compile(r"(?<!\S)\S{20}").search  # prose has no words of twenty signs
has_url_with_at: Hint = re.compile(r"://[^\s/@]{1,300}@").search
has_colons: Hint = re.compile(r"::|:[0-9A-Fa-f]{1,4}:").search
has_dotted_digits: Hint = re.compile(r"\.\d{1,3}\.\d").search
has_many_digits: Hint = re.compile(r"\d(?:[ ().\-/\u00a0]{0,3}\d){6}").search
has_country_digits: Hint = re.compile(r"\d\d(?:[ -]?[A-Z0-9]){9}").search


def has_pem_header(text: str) -> bool:
    """Whether a key in PEM form may be there."""
    return "-----BEGIN " in text


def has_at_sign(text: str) -> bool:
    """Whether an e-mail address may be there."""
    return "@" in text or "[at]" in text or "(at)" in text or "[AT]" in text or "(AT)" in text


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
    r"(?:(?:Proc-Type|DEK-Info|Version|Comment)[^\n]{0,200}\n\s*)*"
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
IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){1,7}(?::?[0-9A-Fa-f]{1,4}|:)(?::[0-9A-Fa-f]{1,4}){0,6}"
    r"(?:\.\d{1,3}){0,3}(?![\w:])"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = re.compile(rf"(?<![\w.+-])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w-]|\.\w)")
IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]{2,4}){3,8}(?:[ -]?[A-Z0-9]{1,3})?\b"
)
CARD = re.compile(
    r"(?<![\w.,+$€£-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5}|\d{13,19})"
    r"(?![\w-]|[.,]\d)"
)
_GAP = r"[ .\-/()\u00a0]{0,3}"
PHONE_ABROAD = re.compile(rf"(?<![\w+.])(?:\+|00(?=[1-9]))\(?[1-9](?:{_GAP}\d){{6,14}}(?![\w])")
PHONE_AT_HOME = re.compile(
    r"(?<![\w.,/+=*#$€£-])(?:"
    r"(?:1[-. ])?(?:\([2-9]\d\d\) ?[2-9]\d\d[-. ]|[2-9]\d\d(?P<gap>[-.])[2-9]\d\d(?P=gap))\d{4}"
    r"|0[1-9](?:[ .-]\d\d){4}"  # France
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
    rf"(?i:\b(?:{_PHONE_WORDS})\b|电话|手机|微信|電話|携帯|전화|휴대폰|فون|هاتف|फोन)"
    r"[^\d\n+]{0,24}?(?P<private>(?:\(\d{1,4}\)|\d)(?:[ .\-/()]{0,2}\d){6,14})(?![\w]|[.,:]\d)"
)

_SHARED_ADDRESSES = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
_MANY_SECTIONS = 30
_before_version = re.compile(
    r"(?:\b(?:v|ver|version|release|build|firmware|section|chapter|clause|article|figure|fig|table"
    r"|rule|part|item|step|appendix|oid|revision|rev|driver|sdk|update|patch)\b\.?|§)"
    r"[\s:=\"'#(]{0,3}$|[A-Za-z_-]/$|==$|[~^]$|\bv$",
    re.IGNORECASE,
)
_file_like = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|bmp|js|jsx|ts|tsx|css|html?|json|ya?ml|md|txt|cfg|ini)$", re.I
)
_template = re.compile(r"\$\{|\{\{|\$\(|%[sd]|^\$|^\{|:\{|:\$|\*{3}|x{4}|\.{3}", re.IGNORECASE)
_IBAN_LENGTHS = {
    code: int(length)
    for length, codes in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL SD", "19": "MK SI",
        "20": "AT BA EE KZ LT LU MN XK", "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA",
        "23": "AE GI IL IQ OM SO TL", "24": "AD CZ ES MD PK RO SA SE SK TN VG",
        "25": "LY PT ST", "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU YE",
        "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip
# Country calling codes (ITU-T E.164), as the shortest prefixes that name a country or a zone.
_CALLING_CODE = re.compile(
    r"1|7|2(?:0|7|1[1-8]|[2346]\d|5[0-8]|9[0-9])|3(?:[0-469]|5\d|7\d|8[0-9])|4(?:[013-9]|2[013])"
    r"|5(?:[1-8]|0\d|9\d)|6(?:[0-6]|7\d|8\d|9[0-2])|8(?:[1246]|0[08]|5\d|7[0-9]|8[0-8])"
    r"|9(?:[0-58]|6\d|7\d|9\d)"
)


def private_group(match: re.Match[str]) -> str | int:
    """The group of a match that is private: the one of this name, else all of it."""
    return "private" if match.groupdict().get("private") else 0


def same_form(kind: str, private: str) -> str:
    """The form by which two spellings of one private text are the same."""
    if kind in ("phone", "card"):
        return _digits(private)
    if kind == "iban":
        return re.sub(r"[ -]", "", private)
    return private.lower() if kind in ("email", "ipv6") else private


def is_random(match: re.Match[str]) -> bool:
    """Whether a key looks drawn by lot; placeholders (``sk-your-key-here``) do not."""
    key = match[private_group(match)]
    body = key[-max(16, len(key) // 2) :]
    if not any(c.isdigit() for c in key) or not any(c.isalpha() for c in key):
        return False
    repeats = re.search(r"(.)\1{5}", body) or re.search(
        r"(?i)your|example_?key|placeholder|x{4}|\.\.|redacted|insert|changeme", key
    )
    return len(set(body)) >= 8 and not repeats


def is_no_template(match: re.Match[str]) -> bool:
    """Whether credentials are written out and not left to variables."""
    return not _template.search(match["private"])


def is_email(match: re.Match[str]) -> bool:
    """Whether an address is one of a person: no image ``icon@2x.png``, no remote ``git@host:``."""
    local, domain = match[0][: match.start("domain") - match.start()], match["domain"]
    if _file_like.search(domain) or re.match(r"\d+(?:\.\d+)+|v?\d+\.\d", domain):
        return False
    rest = match.string[match.end() : match.end() + 1]
    is_remote = local.lower().startswith(("git@", "hg@", "svn@")) and rest in (":", "/")
    return not is_remote and ".." not in match[0]


def is_ipv4(match: re.Match[str]) -> bool:
    """Whether four numbers are the address of a host: no version, section, mask or loopback."""
    address = ipaddress.IPv4Address(match[0])
    if address.is_loopback or address.is_unspecified or match[0].startswith(("255.", "0.")):
        return False
    rest = match.string[match.end() : match.end() + 3]
    is_network = match[0].endswith(".0") and re.match(r"/\d", rest)
    before = match.string[max(0, match.start() - 16) : match.start()]
    if before[-1:] in ("", "\n") and re.match(r"\s+[^\W\d_]", rest):  # the number of a heading
        return max(map(int, match[0].split("."))) >= _MANY_SECTIONS
    is_version = _before_version.search(before) and not before.endswith("//")
    return not (is_network or is_version or match[0] in _SHARED_ADDRESSES)


def is_ipv6(match: re.Match[str]) -> bool:
    """Whether hexadecimal groups are the address of a host: no time, slice, MAC or C++ name."""
    text = match[0]
    groups = [group for group in text.split(":") if group]
    if not any(c.isdigit() for c in text) or len(groups) < 2:
        return False
    if len(groups) < 3 and not re.match(
        r"(?:2[0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])$", groups[0], re.IGNORECASE
    ):
        return False
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def is_iban(match: re.Match[str]) -> bool:
    """Length of the country and ISO 7064 mod 97: the rearranged number leaves a remainder of 1."""
    iban = re.sub(r"[ -]", "", match[0])
    if _IBAN_LENGTHS.get(iban[:2]) != len(iban):
        return False
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def is_card(match: re.Match[str]) -> bool:
    """Prefix and length of a card network, and the Luhn sum (ISO/IEC 7812)."""
    digits = _digits(match[0])
    return len(set(digits)) > 2 and _is_network(digits) and _luhn(digits)


def _is_network(digits: str) -> bool:
    four, length = int(digits[:4]), len(digits)
    if digits[0] == "4":
        return length in (13, 16, 19)
    if 5100 <= four <= 5599 or 2221 <= four <= 2720 or 3528 <= four <= 3589:
        return length == 16
    if four // 100 in (34, 37):
        return length == 15
    if four // 100 in (36, 38, 39) or 3000 <= four <= 3059:
        return length == 14
    if four // 100 in (62, 65) or four == 6011 or 6440 <= four <= 6499:
        return 16 <= length <= 19
    return False


def _luhn(digits: str) -> bool:
    doubled = (2 * int(d) for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def is_phone_abroad(match: re.Match[str]) -> bool:
    """A calling code that exists and a length that fits; North America has its own form."""
    digits = _digits(match[0])
    digits = digits[2:] if match[0].startswith("00") else digits
    code = _CALLING_CODE.match(digits)
    if code is None or match[0].count(".") == 1 or not 8 <= len(digits) <= 15:
        return False
    if digits.startswith("1"):
        return len(digits) == 11 and digits[1] in "23456789"
    if match[0].startswith("00"):  # a bare number with two zeros may be anything
        return len(digits) >= 10 and match[0] != _digits(match[0])
    return len(digits) >= 9


def is_phone_at_home(match: re.Match[str]) -> bool:
    """A length that national numbers have; numbers in rising order are a draw of a lottery."""
    digits = _digits(match[0])
    groups = match[0].split(" ")
    if len(groups) == 5 and groups == sorted(groups):
        return False
    return 9 <= len(digits) <= 12 and len(set(digits)) > 2


def is_phone_by_word(match: re.Match[str]) -> bool:
    """Digits that a word announces as a phone number and that are no date, price or decimal."""
    number, digits = match["private"], _digits(match["private"])
    if re.fullmatch(r"\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4}", number):
        return False
    between = match[0][: -len(number)]
    if re.search(
        r"(?i)\b(?:id|order|invoice|ticket|case|serial|model|isbn|version|function|item"
        r"|port|account|error|year|line)\b",
        between,
    ):
        return False
    dots = number.count(".")
    return 7 <= len(digits) <= 15 and dots != 1 and len(set(digits)) > 2


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
