"""Which texts repeat a known question: the same normal form, nearly the same words, the same
meaning, or the whole question inside a longer text.

Words that agree are not enough where a frame is shared ("recipes of Turkey", "recipes of Peru").
With vectors at hand their cosine must agree, too. Without, words may be added, dropped or
misspelt; others in their place make another question, unless nearly all the rest is the same.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchbuilder.contamination.known import Known
from benchbuilder.text.normalise import normalise

Floats = npt.NDArray[np.float64]

AGREEING_COSINE, EDITED_COSINE = 0.85, 0.7
"""What vectors must have in common to confirm that two texts with nearly the same words match: in
general, and where words were only added, dropped or misspelt."""
NEARLY_ALL, FEW = 0.9, 6
"""Without vectors: the overlap, and how many words may differ, where words were put in the place
of others."""
WINDOW = 8
"""A question of at least so many words counts as repeated when a text quotes all of it."""
_HASHES, _BANDS, _SEED = 128, 32, 42
"""32 bands of 4 hashes: texts with a word overlap of .7 share a band with a chance of 99.99 %."""
_BLOCK = 2_000


@dataclass(frozen=True)
class Match:
    """The known question that a text repeats, and how that shows."""

    file: str
    question_id: str
    how: str

    def __str__(self) -> str:
        return f"{self.file}: {self.question_id} ({self.how})"


def find_known(
    texts: Mapping[str, str],
    known: Known,
    *,
    jaccard: float,
    cosine: float | None,
    vectors: Mapping[str, Floats] | None = None,
) -> dict[str, Match]:
    """The match of each text that has one, by id; the strictest test that finds it is named.

    ``jaccard``: overlap of the sets of words. ``cosine``: of vectors, where both sides have one
    (``vectors``: id to unit vector; nan where the text was cut).
    """
    matcher = _Matcher(known, jaccard, cosine)
    found: dict[str, Match] = {}
    ids = sorted(texts)
    for start in range(0, len(ids), _BLOCK):
        block = ids[start : start + _BLOCK]
        alike = matcher.cosines([vectors.get(i) if vectors else None for i in block])
        for place, name in enumerate(block):
            match = matcher.match(texts[name], None if alike is None else alike[place])
            if match:
                found[name] = match
    return found


class _Matcher:
    """The known questions, indexed by normal form, by words and by their first words."""

    def __init__(self, known: Known, jaccard: float, cosine: float | None) -> None:
        import rensa

        self._known, self._jaccard, self._cosine = known, jaccard, cosine
        self._normal = [normalise(text) for text in known.texts]
        self._words = [frozenset(_words(text)) for text in self._normal]
        self._by_text: dict[str, int] = {}
        self._by_opening: dict[tuple[str, ...], list[int]] = {}
        self._index = rensa.RMinHashLSH(jaccard, _HASHES, _BANDS)
        for place, text in enumerate(self._normal):
            self._by_text.setdefault(text, place)
            words = text.split()
            if len(words) >= WINDOW:
                self._by_opening.setdefault(tuple(words[:WINDOW]), []).append(place)
            self._index.insert(place, _signature(self._words[place]))

    def cosines(self, vectors: Sequence[Floats | None]) -> Floats | None:
        """Cosines of texts with all known questions, (n, known); nan where a side has no vector."""
        theirs = self._known.vectors
        if theirs is None or not any(vector is not None for vector in vectors):
            return None
        nothing = np.full(theirs.shape[1], np.nan)
        ours = np.stack([nothing if vector is None else vector for vector in vectors])
        return np.asarray(np.round(ours @ theirs.T, 6))

    def match(self, text: str, alike: Floats | None) -> Match | None:
        """The match of one text; ``alike`` holds its cosines with the known questions."""
        normal = normalise(text)
        if normal in self._by_text:
            return self._named(self._by_text[normal], "the same text")
        return self._by_words(normal, alike) or self._quoted(normal) or self._by_meaning(alike)

    def _by_words(self, normal: str, alike: Floats | None) -> Match | None:
        words = frozenset(_words(normal))
        best, overlap = None, 0.0
        for place in sorted(self._index.query(_signature(words))):
            theirs = self._words[place]
            value = len(words & theirs) / len(words | theirs)
            if value < self._jaccard or value <= overlap:
                continue
            edited = _only_edited(words, theirs)
            if alike is None or np.isnan(alike[place]):
                confirmed = edited or _few_of_many(words, theirs, value)
            else:
                confirmed = alike[place] >= (EDITED_COSINE if edited else AGREEING_COSINE)
            if confirmed:
                best, overlap = place, value
        return None if best is None else self._named(best, f"{overlap:.0%} of the words")

    def _quoted(self, normal: str) -> Match | None:
        words = normal.split()
        for start in range(len(words) - WINDOW + 1):
            for place in self._by_opening.get(tuple(words[start : start + WINDOW]), ()):
                theirs = self._normal[place].split()
                if words[start : start + len(theirs)] == theirs:
                    return self._named(place, "quotes it")
        return None

    def _by_meaning(self, alike: Floats | None) -> Match | None:
        if alike is None or self._cosine is None or np.isnan(alike).all():
            return None
        place = int(np.nanargmax(alike))
        if alike[place] < self._cosine:
            return None
        return self._named(place, f"cosine {alike[place]:.3f}")

    def _named(self, place: int, how: str) -> Match:
        return Match(self._known.files[place], self._known.question_ids[place], how)


def _words(normal: str) -> list[str]:
    """Words without marks at their edges; pairs of characters where a script has no spaces."""
    words = [word.strip("\"'()[]{}<>*_`.,;:!?-#=~|/\\") for word in normal.split()]
    found = [word for word in words if word]
    if len(found) * 12 < len(normal):
        found = [normal[i : i + 2] for i in range(len(normal) - 1)]
    return found or [normal]


def _only_edited(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether words were only added, only dropped, or misspelt."""
    added, dropped = sorted(ours - theirs), sorted(theirs - ours)
    for word in tuple(added):
        near = difflib.get_close_matches(word, dropped, n=1, cutoff=0.75)
        if near:
            added.remove(word)
            dropped.remove(near[0])
    return not added or not dropped


def _few_of_many(ours: frozenset[str], theirs: frozenset[str], overlap: float) -> bool:
    return overlap >= NEARLY_ALL and len(ours ^ theirs) <= FEW


def _signature(words: frozenset[str]) -> Any:
    import rensa

    signature = rensa.RMinHash(_HASHES, _SEED)
    signature.update(sorted(words))
    return signature
