"""Pairs of submissions that are more alike than chance: a reason to read both, and proof of nothing.

    an answer --tokens--> names and numbers in order; names of one's own are all "name"
              --grams---> every run of 8 tokens, without those of the release and of our solution
    a gram that d of the n who answered have weighs log2(n / 4d) bits, or nothing; a pair's bits are those of the grams
    they share, an eighth of each (8 grams see a token), in items where they share half of the shorter answer

What a quarter of the class writes weighs nothing, what two write alone weighs most; a pair is listed from
log2(pairs) + 7 bits on. So short answers, and small classes, are hardly ever listed: they cannot tell. How often honest
pairs are listed is measured (`HONEST`), not derived: people who find the same way do not write independently.

Sources: winnowing (Schleimer, Wilkerson, Aiken 2003) for grams without the common text, of which we keep all since
answers are short; the weights are those of rare words in retrieval (Spärck Jones 1972).
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

GRAM = 8
MARGIN = 7  # bits above log2(pairs)
COMMON = 4  # what this part of the class writes weighs nothing
LEAST_SHARE = 0.5
HONEST = (142_800, 11)  # pairs of 20 classes of 120 who answer honestly, and listed; the tests count again
_KNOWN = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))
_COMMENT = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\#[^\n]*""")
_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|[^\w\s]")

Grams = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two students, how many bits speak for more than chance, and in which items, with the share of each."""

    students: tuple[str, str]
    bits: float
    items: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Similarity:
    """The pairs that are listed, the strongest first, of how many; and in which items how many answers could tell."""

    pairs: Sequence[Pair]
    compared: int
    threshold: float
    can_tell: Mapping[str, float]


def tokens(text: str, given: frozenset[str] = frozenset()) -> list[str]:
    """Return the tokens of an answer, in Python or in an assembly; comments and one's own names do not count.

    >>> tokens("total = a + 1  # sum"), tokens("p = 'PUSH1 3 ADD'")
    (['name', '=', 'name', '+', '1'], ['name', '=', "'", 'PUSH1', '3', 'ADD', "'"])
    """
    found = _TOKEN.findall(_COMMENT.sub(lambda match: match[1] or "", text))
    keep = _KNOWN | given
    return [each if each in keep or each.isupper() or not each.isidentifier() else "name" for each in found]


def grams(text: str, given: frozenset[str] = frozenset()) -> Grams:
    """Return the runs of tokens of a text; a short one has none."""
    found = tokens(text, given)
    return frozenset(tuple(found[start : start + GRAM]) for start in range(len(found) - GRAM + 1))


def similar_pairs(answers: Mapping[str, Mapping[str, str]], ours: Mapping[str, Iterable[str]] = {}) -> Similarity:
    """Return the pairs that are more alike than chance.

    Args:
        answers: by student, what they wrote for each item.
        ours: by item, the texts that everybody may have: the release's, the solution's.
    """
    students = sorted(answers)
    compared = math.comb(len(students), 2)
    threshold = math.log2(max(2, compared)) + MARGIN
    bits: dict[tuple[str, str], float] = {}
    shares: dict[tuple[str, str], dict[str, float]] = {}
    can_tell: dict[str, float] = {}
    for item in dict.fromkeys(item for own in answers.values() for item in own):
        texts = {student: answers[student].get(item, "") for student in students}
        own = _own_grams(texts, list(ours.get(item, ())))
        most = _bits(sum(map(bool, texts.values())), 2)
        can_tell[item] = sum(len(each) * most >= threshold for each in own.values()) / max(1, len(own))
        for pair, share, weight in _alike(own):
            bits[pair] = bits.get(pair, 0) + weight
            shares.setdefault(pair, {})[item] = share
    pairs = [Pair(pair, amount, shares[pair]) for pair, amount in bits.items() if amount >= threshold]
    return Similarity(sorted(pairs, key=lambda pair: (-pair.bits, pair.students)), compared, threshold, can_tell)


def _bits(answered: int, have: int) -> float:
    """Return what it says that two have a gram, if so many of those who answered have it."""
    return max(0.0, math.log2(max(1, answered) / (COMMON * have))) / GRAM


def _own_grams(texts: Mapping[str, str], ours: Sequence[str]) -> dict[str, Grams]:
    """Return each student's grams beyond ours; names that we gave keep their meaning."""
    given = frozenset(word for text in ours for word in re.findall(r"[^\W\d]\w*", text))
    common = frozenset[tuple[str, ...]]().union(*(grams(text, given) for text in ours))
    return {student: grams(text, given) - common for student, text in texts.items()}


def _alike(own: Mapping[str, Grams]) -> Iterable[tuple[tuple[str, str], float, float]]:
    """Yield the pairs that share enough of an item, with the share and the bits."""
    count = Counter(gram for found in own.values() for gram in found)
    groups: dict[Grams, list[str]] = {}
    for student, found in own.items():
        groups.setdefault(found, []).append(student)  # a class gives few different answers
    answered = sum(map(bool, own.values()))
    weight = {gram: _bits(answered, many) for gram, many in count.items()}
    kinds = [(found, sum(weight[gram] for gram in found), who) for found, who in groups.items() if found]
    for _, amount, who in kinds:
        for pair in combinations(sorted(who), 2):
            yield pair, 1.0, amount
    for (one, _, some), (other, _, others) in combinations(kinds, 2):
        shared = one & other
        if len(shared) >= LEAST_SHARE * min(len(one), len(other)):
            amount = sum(weight[gram] for gram in shared)
            for first in some:
                for second in others:
                    yield (min(first, second), max(first, second)), len(shared) / min(len(one), len(other)), amount
