"""How long a server asks to wait: ``retry-after`` and its relatives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def parse_duration(text: str) -> float | None:
    """Seconds of a duration such as ``1m30s``, ``6ms`` or ``20``; None when it is no duration.

    Example: ``parse_duration("1m30s")`` gives ``90.0``.
    """
    text = text.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def asked_wait(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that the response headers ask to wait; None when they do not say.

    ``retry-after-ms`` counts before ``retry-after`` (seconds or an HTTP date, read against ``now``
    in seconds since 1970), these before the reset of a rate limit that is used up.
    """
    exact = headers.get("retry-after-ms")
    if exact is not None and re.fullmatch(r"\d+(\.\d+)?", exact.strip()):
        return float(exact) / 1000
    stated = headers.get("retry-after")
    if stated is not None:
        seconds = parse_duration(stated)
        return seconds if seconds is not None else _until(stated, now)
    resets = [
        parse_duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
        for kind in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{kind}") == "0"
    ]
    return max((seconds for seconds in resets if seconds is not None), default=None)


def _until(date: str, now: float) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - now)
    except ValueError:
        return None
