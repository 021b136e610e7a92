"""Checks of what the patterns of ``private_forms`` find: they tell look-alikes apart."""

from __future__ import annotations

import ipaddress
import re

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
        return re.sub(r"[ -]", "", private).upper()
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


def is_key(match: re.Match[str]) -> bool:
    """Whether what follows a known prefix looks drawn by lot, be it without a digit."""
    body = match[0][-max(16, len(match[0]) // 2) :]
    mixed = body.isalpha() and not body.islower() and not body.isupper()
    return is_random(match) or (mixed and len(set(body)) >= 12)


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
    if match[0] in _SHARED_ADDRESSES or (match[0].endswith(".0") and re.match(r"/\d", rest)):
        return False
    before = match.string[max(0, match.start() - 16) : match.start()]
    small = max(map(int, match[0].split("."))) < _MANY_SECTIONS
    if before[-1:] in ("", "\n") and re.match(r"\s+[^\W\d_]", rest):  # the number of a heading
        return not small
    if before.endswith("//"):
        return True
    # Four small numbers are a version, but for a port after them and the private network 10/8.
    is_plain = re.match(r":\d", rest) or match[0].startswith("10.")
    return not (_before_version.search(before) or (small and not is_plain))


def is_ipv6(match: re.Match[str]) -> bool:
    """Whether hexadecimal groups are the address of a host: no time, slice, MAC or C++ name."""
    text = match[0]
    groups = [group for group in text.split(":") if group]
    if not any(c.isdigit() for c in text) or len(groups) < 2:
        return False
    if (
        len(groups) < 3
        and "." not in text
        and not re.match(
            r"(?:2[0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f])$", groups[0], re.IGNORECASE
        )
    ):
        return False
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def is_iban(match: re.Match[str]) -> bool:
    """ISO 7064 mod 97: the rearranged number leaves a remainder of 1; no word is an account."""
    iban = re.sub(r"[ -]", "", match[0])
    if 3 * sum(c.isdigit() for c in iban) < len(iban):
        return False
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def is_card(match: re.Match[str]) -> bool:
    """Prefix and length of a card network, and the Luhn sum (ISO/IEC 7812)."""
    digits = _digits(match[0])
    return _is_network(digits) and _luhn(digits)


_MAESTRO_AND_MIR = frozenset(
    {5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763, 2200, 2201, 2202, 2203, 2204}
)


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
    if four // 100 in (62, 65) or four == 6011 or 6440 <= four <= 6499 or four in _MAESTRO_AND_MIR:
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
        in_groups = any(len(group) > 2 for group in re.split(r"\D+", match[0][3:]))  # or a dump
        return len(digits) >= 10 and match[0] != _digits(match[0]) and in_groups
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
