"""Keywords of topics by class-based TF-IDF, in languages with and without spaces."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from benchbuilder.text.stop_words import stop_words

_READ_CHARS = 2000  # a pasted file must not outvote the question above it
_NAME_WORDS = 3
_LINK = re.compile(r"\w+://\S+")
# A word begins with a letter; apostrophes and hyphens join; C++ and C# keep their signs.
_WORD = re.compile(r"[^\W\d_]+(?:['’-]?[^\W_]+)*(?:\+\+|#)?")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = r"\u30a0-\u30ff"
_SMALL_KANA = r"\u3040-\u309f"
_SOUTH_EAST = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_UNSPACED = re.compile(f"[{_HAN}]+|[{_KANA}]+|[{_SMALL_KANA}]+|[{_SOUTH_EAST}]+")
_HIRAGANA = re.compile(f"[{_SMALL_KANA}]")
_KATAKANA = re.compile(f"[{_KANA}]")
_THAI_LIKE = re.compile(f"[{_SOUTH_EAST}]")


def topic_keywords(prompts: Iterable[tuple[int, str, str]], count: int) -> dict[int, list[str]]:
    """Up to ``count`` keywords for each topic, the most telling first.

    ``prompts`` gives (topic, text, language) each. The weight of a term in a topic is
    tf · log(1 + A / f) (Grootendorst 2022, "BERTopic", eq. 2), where tf counts the topic's prompts
    that contain the term (not its occurrences, so that one pasted listing does not name a topic),
    f the prompts of all topics that do, and A is the mean of all tf sums of a topic. A keyword
    stands in 2 prompts and in 5 % of the topic's, unless no term does. Equal weights are ordered
    by the term itself.
    """
    counts: dict[int, Counter[str]] = {}
    sizes: Counter[int] = Counter()
    for topic, text, language in prompts:
        counts.setdefault(topic, Counter()).update(set(terms(text, language)))
        sizes[topic] += 1
    everywhere: Counter[str] = Counter()
    for counter in counts.values():
        everywhere.update(counter)
    mean = everywhere.total() / max(1, len(counts))
    keywords = {}
    for topic in sorted(counts):
        weights = {
            term: times * math.log1p(mean / everywhere[term])
            for term, times in counts[topic].items()
        }
        common = {
            term: weight
            for term, weight in weights.items()
            if counts[topic][term] >= max(2, 0.05 * sizes[topic])
        }
        keywords[topic] = _distinct(common or weights, count)
    return keywords


def topic_names(keywords: dict[int, list[str]]) -> dict[int, str]:
    """The first three keywords joined, as many more as it takes to differ from earlier topics.

    A topic without keywords is called by its number, noise (a number below 0) outliers.
    """
    names: dict[int, str] = {}
    for topic, words in keywords.items():
        longer = range(min(_NAME_WORDS, len(words)), len(words) + 1)
        candidates = [", ".join(words[:length]) for length in longer if length]
        if topic < 0 or not candidates:
            candidates = ["outliers" if topic < 0 else f"topic {topic}"]
        taken = set(names.values())
        free = (name for name in candidates if name not in taken)
        names[topic] = next(free, f"{candidates[-1]} ({topic})")
    return names


def _distinct(weights: dict[str, float], count: int) -> list[str]:
    """The heaviest terms, without those that repeat another one."""
    chosen: list[str] = []
    for term in sorted(weights, key=lambda term: (-weights[term], -len(term), term)):
        if len(chosen) == count:
            break
        if not any(_alike(term, other) for other in chosen):
            chosen.append(term)
    return chosen


def _alike(term: str, other: str) -> bool:
    """Whether one says no more than the other: poem and poems, 机器 and 机器学习."""
    short, long = sorted((term, other), key=len)
    if _UNSPACED.match(short):
        return short in long or short[1:] == long[: len(short) - 1] or short[:-1] == long[1:]
    return long.startswith(short) and len(short) > 3 and len(long) - len(short) <= 3


def terms(text: str, language: str) -> Iterator[str]:
    """Lower-case words without stop words, numbers and links; groups of 2 to 4 signs for Chinese
    and Japanese, of 4 to 6 for Thai, Lao, Burmese and Khmer.
    """
    ignored = stop_words(language)
    for match in _WORD.finditer(_LINK.sub(" ", text[:_READ_CHARS]).casefold()):
        word = match.group()
        if not _UNSPACED.search(word):
            if word not in ignored and len(word) > 1 and word.partition("'")[0] not in ignored:
                yield word
            continue
        for run in _UNSPACED.findall(word):
            yield from _groups(run, ignored)


def _groups(run: str, ignored: frozenset[str]) -> Iterator[str]:
    """Candidates in a run of one script. Hiragana is mostly grammar; a Katakana run is a word."""
    if _HIRAGANA.match(run):
        return
    if _KATAKANA.match(run):
        if len(run) > 1:
            yield run
        return
    sizes = range(4, 7) if _THAI_LIKE.match(run) else range(2, 5)
    for size in sizes:
        for start in range(len(run) - size + 1):
            group = run[start : start + size]
            # A group that begins or ends with a one-sign stop word is no term (的问, 我想).
            if group not in ignored and not ignored & {group[0], group[-1], group[:2], group[-2:]}:
                yield group
