"""Keywords of topics by class-based TF-IDF, in languages with and without spaces."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from benchbuilder.text.stop_words import stop_words

_READ_CHARS = 1000  # a pasted file must not outvote the question above it
_NAME_WORDS = 3
_LEAST_SHARE = 0.1  # of a topic's prompts that hold a keyword
_LINK = re.compile(r"\w+://\S+")
# A word begins with a letter; apostrophes and hyphens join; C++ and C# keep their signs.
_WORD = re.compile(r"[^\W\d_]+(?:['-]?[^\W_]+)*(?:\+\+|#)?")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = r"\u30a0-\u30ff"
_SMALL_KANA = r"\u3040-\u309f"
_SOUTH_EAST = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
_UNSPACED = re.compile(f"[{_HAN}]+|[{_KANA}]+|[{_SMALL_KANA}]+|[{_SOUTH_EAST}]+")
_HIRAGANA = re.compile(f"[{_SMALL_KANA}]")
_KATAKANA = re.compile(f"[{_KANA}]")
_THAI_LIKE = re.compile(f"[{_SOUTH_EAST}]")


@dataclass(frozen=True)
class TermCounts:
    """Prompts of each topic (and of all topics) that contain a term; terms that cannot become a
    keyword of their topic are left out of ``topics``."""

    topics: dict[int, Counter[str]]
    everywhere: Counter[str]

    def of_groups(self, group_of: Mapping[int, int]) -> TermCounts:
        """How many topics of each group contain a term; a topic without a group is left out.

        Counted in prompts, the one template that fills a large topic would name its whole group.
        """
        groups: dict[int, Counter[str]] = {group: Counter() for group in sorted(group_of.values())}
        everywhere: Counter[str] = Counter()
        for topic, group in group_of.items():
            groups[group].update(self.topics[topic].keys())
            everywhere.update(self.topics[topic].keys())
        return TermCounts(groups, everywhere)


def count_terms(topics: Iterable[tuple[int, Sequence[Set[str]]]]) -> TermCounts:
    """Count the terms of topics, given one after the other with the terms of each prompt.

    A term counts once a prompt, so that one pasted listing does not name a topic. A keyword stands
    in 2 prompts and in 10 % of the topic's, unless no term does.
    """
    kept: dict[int, Counter[str]] = {}
    everywhere: Counter[str] = Counter()
    for topic, prompts in topics:
        counts = Counter(term for prompt in prompts for term in prompt)
        everywhere.update(counts)
        least = max(2, _LEAST_SHARE * len(prompts))
        common = Counter({term: count for term, count in counts.items() if count >= least})
        kept[topic] = common or counts
    return TermCounts(kept, everywhere)


def topic_keywords(counts: TermCounts, count: int) -> dict[int, list[str]]:
    """Up to ``count`` keywords for each topic, the most telling first.

    The weight of a term in a topic is tf · log(1 + A / f) (Grootendorst 2022, "BERTopic", eq. 2),
    where tf counts the topic's prompts that contain the term, f the prompts of all topics that do,
    and A is the mean over topics of the sum of their counts. Equal weights are ordered by the term.
    """
    mean = counts.everywhere.total() / max(1, len(counts.topics))
    return {
        topic: _distinct(
            {
                term: times * math.log1p(mean / counts.everywhere[term])
                for term, times in counts.topics[topic].items()
            },
            count,
        )
        for topic in sorted(counts.topics)
    }


def topic_names(
    keywords: Mapping[int, list[str]], taken: Iterable[str] = (), what: str = "topic"
) -> dict[int, str]:
    """The first three keywords joined, as many more as it takes to differ from all others.

    A topic without keywords is called by its number, noise (a number below 0) outliers. ``taken``
    are names that others have.
    """
    names: dict[int, str] = {}
    used = {name.casefold() for name in taken}
    for topic, words in keywords.items():
        longer = range(min(_NAME_WORDS, len(words)), len(words) + 1)
        candidates = [", ".join(words[:length]) for length in longer if length]
        if topic < 0 or not candidates:
            candidates = ["outliers" if topic < 0 else f"{what} {topic}"]
        free = (name for name in candidates if name.casefold() not in used)
        names[topic] = next(free, f"{candidates[-1]} ({topic})")
        used.add(names[topic].casefold())
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


def terms(text: str, language: str) -> set[str]:
    """Lower-case words without stop words, numbers and links; groups of 2 to 4 signs for Chinese
    and Japanese, of 4 to 6 for Thai, Lao, Burmese and Khmer.
    """
    ignored = stop_words(language)
    text = text[:_READ_CHARS].casefold()
    if "://" in text:
        text = _LINK.sub(" ", text)
    if "’" in text:
        text = text.replace("’", "'")
    words = set(_WORD.findall(text)) - ignored
    if "'" in text:
        words = {stem for stem in map(_stem, words) if stem not in ignored}
    if not text.isascii():
        unspaced = set(filter(_UNSPACED.search, words))
        runs = {run for word in unspaced for run in _UNSPACED.findall(word)}
        words = words - unspaced | {group for run in runs for group in _groups(run, ignored)}
    return {word for word in words if len(word) > 1}


def _stem(word: str) -> str:
    """The word without what stands behind an apostrophe: Python's, don't, l'été are python, don,
    été."""
    if "'" not in word:
        return word
    head, _, tail = word.partition("'")
    return head if len(head) > len(tail) or len(head) > 2 else tail


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
