"""What two near-copies must share beside most of their words.

The share of common words says little: "set a timer for 6 minutes" and "set a timer for 20 minutes"
share five of seven and ask for two things, and a prompt of eighty words may be one of a catalogue
that goes through all plants. So numbers and the words that turn a sentence must be the same, and in
a text that is not long no word may stand in the place of another, but for misspellings and a few
that a rewording swaps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from hashlib import blake2b
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchbuilder.text.remembered import Remembered
from benchbuilder.text.signs import Signs

#: In texts of so many distinct words, no word may stand in the place of another.
SHORT_WORDS = 32
#: In longer ones one may, and as often it is a rewording as another name. In texts of more than so
#: many, which have no marks, swaps count as any change.
MOST_WORDS = 128
_BITS = 1024
_SHIFTS = (0, 10, 20)  # a word sets three bits, each by ten others of its digest
_WORD_BITS = len(_SHIFTS)
_BITS_OF_BYTE = np.array([byte.bit_count() for byte in range(256)], dtype=np.uint8)
_UNMARKED = -1
_DIGEST_BYTES = 8
#: Of a text's marks: a digest, and its words' bits.
MARK_COLUMNS = 1 + _BITS // 64

#: A digest of the numbers and turning words, then the bits of a text's words: 64 a column.
Marks = NDArray[np.uint64]

_digits = Signs("0-9")
_NUMBERS = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})
# Words that turn a sentence, in the languages that most dumps hold; and all that end in n't.
_TURNING = frozenset(
    {
        "but", "cannot", "except", "neither", "never", "no", "nobody", "non", "none", "nor", "not",
        "nothing", "unless", "without",
        "kein", "keine", "keinen", "nicht", "nie", "ohne",
        "aucun", "aucune", "jamais", "ne", "pas", "sans",
        "nunca", "sin", "não", "sem", "senza",
        "без", "не", "нет", "никогда",
    }
)  # fmt: skip
_DECISIVE = _NUMBERS | _TURNING
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


def word_marks(texts: Sequence[Set[str]]) -> Marks:
    """A row for each text, from its distinct words.

    A text of more than ``MOST_WORDS`` words has no bits. A word's bits may all be those of others,
    so that now and then a swap is overlooked; none is seen that is not there.
    """
    digests = np.frombuffer(b"".join(map(_digest_of_decisive, texts)), dtype="<u8")
    short = [words if len(words) <= MOST_WORDS else () for words in texts]
    codes = np.fromiter(map(_code_of.__getitem__, chain.from_iterable(short)), dtype=np.int64)
    starts = np.repeat(_BITS * np.arange(len(texts)), [len(words) for words in short])
    marked = codes != _UNMARKED
    codes, starts = codes[marked], starts[marked]
    bits = np.zeros(_BITS * len(texts), dtype=np.bool_)
    for shift in _SHIFTS:
        bits[starts + ((codes >> shift) & (_BITS - 1))] = True
    packed = np.packbits(bits.reshape(len(texts), _BITS), axis=1).view(np.uint64)
    return np.concatenate([digests[:, None].astype(np.uint64), packed], axis=1)


def ask_the_same(left: Marks, right: Marks, sizes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Pair by pair: no number or turning word differs, and no more words are swapped than may be.

    ``sizes`` are the distinct words of the longer text of each pair.
    """
    one, other = left[:, 1:], right[:, 1:]
    gone, new = _count_bits(one & ~other), _count_bits(other & ~one)
    allowed = np.where(sizes <= SHORT_WORDS, 0, _WORD_BITS)
    swapped = (gone > 0) & (new > 0) & (np.maximum(gone, new) > allowed)
    same: NDArray[np.bool_] = (left[:, 0] == right[:, 0]) & ~swapped
    return same


def _count_bits(marks: Marks) -> NDArray[np.int64]:
    counts: NDArray[np.int64] = _BITS_OF_BYTE[marks.view(np.uint8)].sum(axis=1, dtype=np.int64)
    return counts


def _digest_of_decisive(words: Set[str]) -> bytes:
    decisive = list(words & _DECISIVE)
    joined = " ".join(words)
    if _digits.are_in(joined):
        decisive += [word for word in words if not word.isalpha() and _digits.are_in(word)]
    if "n't" in joined:
        decisive += [word for word in words if word.endswith("n't")]
    return blake2b(" ".join(sorted(decisive)).encode(), digest_size=_DIGEST_BYTES).digest()


def is_written_without_spaces(word: str) -> bool:
    """Whether a word holds signs of a script that has no spaces, such as Thai or Chinese."""
    return any("\u0e00" <= c <= "\u0eff" or "\u3040" <= c <= "\u9fff" for c in word)


def _code(word: str) -> int:
    """The digest of a word, which it shares with its misspellings."""
    # Pairs of signs are no words: whoever rewords a sentence swaps some of them.
    if word in _MAY_BE_SWAPPED or is_written_without_spaces(word):
        return _UNMARKED
    return crc32(_spelling(word).encode())


_code_of = Remembered(_code)
_UNSURE = str.maketrans("", "", "aeiouyh-")
_doubled = re.compile(r"(.)\1")
_SURE_LETTERS = 4


def _spelling(word: str) -> str:
    """What misspellings and a plural leave of a word: its beginning and its consonants.

    >>> _spelling("separated") == _spelling("seperated"), _spelling("cat") == _spelling("cut")
    (True, False)
    """
    bare = word.replace("'", "").rstrip("s")
    if len(bare) <= _SURE_LETTERS:
        return bare
    return bare[0] + _doubled.sub(r"\1", bare[1:].translate(_UNSURE)).rstrip("s")
