"""What two near-copies must share beside most of their words.

The share of common words says little about short texts: "set a timer for 6 minutes" and "set a
timer for 20 minutes" share five of seven and ask for two things. So numbers and negations must be
the same, and in a short text no word may stand in the place of another, but for a few that a
rewording swaps.
"""

from __future__ import annotations

from collections.abc import Set
from hashlib import blake2b
from zlib import crc32

from benchbuilder.text.signs import Signs

#: In texts of more distinct words a swap may be a name or a rewording, and counts as any change.
SHORT_WORDS = 12
_DIGEST_BYTES, _BITS_BYTES = 8, 32
#: Bytes of a mark: a digest of numbers and negations, then a bit for each word of a short text.
MARK_BYTES = _DIGEST_BYTES + _BITS_BYTES

_digits = Signs("0-9")
_NEGATIONS = frozenset(
    {"no", "non", "not", "never", "none", "without", "except", "cannot", "can't", "don't", "won't"}
)
# English words that say how one asks. Question words are missing: how, why, when, where, who.
_MAY_BE_SWAPPED = frozenset(
    {
        "a", "about", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
        "being", "by", "can", "could", "did", "do", "does", "for", "from", "get", "give", "got",
        "had", "has", "have", "having", "i", "i'm", "if", "im", "in", "into", "is", "it",
        "it's", "its", "ive", "just", "kindly", "let", "let's", "like", "make", "may", "me",
        "might", "mine", "must", "my", "myself", "need", "now", "of", "off", "on", "onto", "or",
        "our", "ours", "please", "really", "shall", "should", "so", "some", "than", "that",
        "that's", "the", "their", "them", "then", "there", "these", "they", "thing", "things",
        "this", "those", "to", "too", "us", "very", "via", "wanna", "want", "was", "way", "we",
        "were", "what", "what's", "which", "will", "wish", "with", "within", "would", "yes",
        "you", "your", "yours",
    }
)  # fmt: skip


def word_mark(words: Set[str]) -> bytes:
    """What must be the same, as a digest, and which words must not be swapped, as bits.

    A text of more than ``SHORT_WORDS`` words has no bits. A bit may stand for two words, so that
    now and then a swap is overlooked.
    """
    has_numbers = _digits.are_in(" ".join(words))
    decisive = list(words & _NEGATIONS)
    if has_numbers:
        decisive += [word for word in words if not word.isalpha() and _digits.are_in(word)]
    digest = blake2b(" ".join(sorted(decisive)).encode(), digest_size=_DIGEST_BYTES).digest()
    bits = 0
    for word in words - _MAY_BE_SWAPPED if len(words) <= SHORT_WORDS else ():
        bits |= 1 << crc32(word.encode()) % (8 * _BITS_BYTES)
    return digest + bits.to_bytes(_BITS_BYTES, "little")
