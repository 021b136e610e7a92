"""A text as an eye reads it: no signs that cannot be seen, Latin letters for look-alikes."""

from __future__ import annotations

import re
import unicodedata

#: Unicode's property Default_Ignorable_Code_Point: joiners, marks of direction, tags, fillers.
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_unseen = re.compile(f"[{UNSEEN}]")
#: Cyrillic, then Greek letters that fonts draw like Latin ones.
_latin = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABEKMHOPCTYXSIJ" + "aeopcyxsij" + "ABEZHIKMNOPTYXo",
)


def as_seen(text: str) -> str:
    """The text without unseen signs, in compatible forms, with Latin letters for look-alikes.

    For looking, not for showing: a Russian word comes out mixed.

    >>> as_seen("\u0410>\u200b>\uff22")
    'A>>B'
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _unseen.sub("", text)).translate(_latin)
