"""Texts that a chat site wrote into a user's place: error banners, moderation notices.

Only a text that is nothing else counts. A user may well quote such a banner and ask about it.
"""

from __future__ import annotations

import re

_banners = re.compile(
    r"[\s*_$#>\"'(\[]*(?:"
    r"network error(?: due to high traffic)?[.!]* *(?:please regenerate or refresh this page)?"
    r"|(?:\$moderation\$\s*)?your input violates our content moderation guidelines[.!]* *"
    r"(?:please try again)?"
    r"|(?:you have|you've) reached (?:the|your) (?:conversation|message|usage|rate) limit.{0,80}"
    r"|(?:something|oops,? something) went wrong[.!]* *(?:please try again(?: later)?)?"
    r"|this content may violate our (?:content|usage) polic(?:y|ies).{0,80}"
    r"|(?:error:? *)?(?:429|500|502|503|504):? *"
    r"(?:too many requests|internal server error|bad gateway|service unavailable|gateway timeout)"
    r"|(?:the )?(?:server|model) is (?:currently )?overloaded.{0,80}"
    r"|rate limit (?:reached|exceeded).{0,80}"
    r"|api request error.{0,80}"
    r"|moderation"
    r")[\s.!*_$#\"')\]]*(?:\(error_code: *\d+\)\s*)?",
    re.IGNORECASE,
)
_LONGEST = 200


def is_service_message(text: str) -> bool:
    """Whether a text is a banner of the site and nothing else.

    >>> is_service_message("**NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE**")
    False
    >>> is_service_message("NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH "
    ...     "THIS PAGE.")
    True
    """
    return len(text) <= _LONGEST and bool(_banners.fullmatch(text))
