"""The model: how likely two transactions are to meet, from what can be seen of both (logistic regression, in numpy).

A table knows calls that it has seen. The model knows what pairs have in common (a sender, a contract, a word of their
data), so it can say something of a contract that is new. It has a dozen weights; a library for larger models would
bring nothing here but its size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from toyevm.bench.learned.examples import Example, Pair
from toyevm.bench.learned.features import TxFeatures

if TYPE_CHECKING:
    import numpy as np

NAMES = (
    "always", "same sender", "one pays the other", "same contract", "same function", "same first word",
    "same second word", "a word in common", "one is a word of the other", "how often these calls met",
    "how often these selectors met", "this pair of calls is new",
)  # fmt: skip
ROUNDS, RATE, DECAY = 400, 1.0, 1e-4  # of the descent: steps, their size, and how much weights are drawn to 0
LIKELY = 0.5  # from which a pair is one to wait for
Kind = tuple[Any, Any]


@dataclass(frozen=True)
class PairModel:
    """Weights by feature, and how often pairs of calls met in the past.

    Attributes:
        met: by kinds of two transactions, how many pairs there were and how many met.
    """

    weights: tuple[float, ...]
    met: Mapping[Kind, tuple[int, int]] = field(repr=False)
    name: str = "model"

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        """Return the pairs that are more likely to meet than not."""
        import numpy as np

        where = [(before, after) for after in range(len(block)) for before in range(after)]
        if not where:
            return set()
        rows = np.array([pair_row(block[before], block[after], self.met) for before, after in where])
        likely = _logistic(rows @ np.array(self.weights)) > LIKELY
        return {pair for pair, is_likely in zip(where, likely, strict=True) if is_likely}


def pair_row(one: TxFeatures, other: TxFeatures, met: Mapping[Kind, tuple[int, int]]) -> list[float]:
    """Return the features of a pair, the earlier one first, as `NAMES` lists them."""
    same_contract = one.to == other.to is not None and bool(one.selector or other.selector)
    words, others = set(filter(None, one.words)), set(filter(None, other.words))
    first = bool(one.words and other.words and one.words[0] == other.words[0])
    second = bool(one.words[1:] and other.words[1:] and one.words[1] == other.words[1])
    pays = one.to is not None and one.to in (other.sender, other.to) and not one.selector
    people = {int.from_bytes(address, "big") for address in (one.sender, other.sender) if address}
    calls, selectors = met.get((one.call, other.call)), met.get(_by_selector(one, other))
    return [
        1.0, one.sender == other.sender, pays or other.to == one.sender, same_contract,
        same_contract and one.selector == other.selector, same_contract and first, same_contract and second,
        same_contract and bool(words & others), same_contract and bool(people & (words | others)),
        _share(calls), _share(selectors), calls is None,
    ]  # fmt: skip


def _by_selector(one: TxFeatures, other: TxFeatures) -> Kind:
    return (one.selector, one.to == other.to), (other.selector, one.to == other.to)


def _share(counted: tuple[int, int] | None) -> float:
    """Return the share of pairs that met, drawn to 0 where there were few."""
    return 0.0 if counted is None else counted[1] / (counted[0] + 1)


def train_model(examples: Iterable[Example], most_negatives: int = 20) -> PairModel:
    """Return the model that fits these blocks.

    How often calls met is counted in the first half of the blocks, and the weights are fitted to the second: a count
    knows its own blocks too well. With one block, it serves for both.

    Args:
        most_negatives: for each pair that met, so many that did not; there are too many of them.
    """
    blocks = list(examples)
    half = max(1, len(blocks) // 2)
    counted = count_meetings(blocks[:half])
    rows, answers = [], []
    for example in blocks[half:] or blocks:
        for before, after in _chosen(example, most_negatives):
            rows.append(pair_row(example.features[before], example.features[after], counted))
            answers.append((before, after) in example.pairs)
    return PairModel(_fit(rows, answers), count_meetings(blocks))


def _chosen(example: Example, most_negatives: int) -> list[Pair]:
    """Return every pair that met, and evenly spread ones that did not."""
    size = len(example.features)
    others = [pair for pair in ((i, j) for j in range(size) for i in range(j)) if pair not in example.pairs]
    step = max(1, len(others) // max(1, most_negatives * len(example.pairs)))
    return [*sorted(example.pairs), *others[::step]]


def count_meetings(examples: Iterable[Example]) -> dict[Kind, tuple[int, int]]:
    """Return by kinds of two transactions how many pairs there were, and how many of them met."""
    there, meeting = Counter[Kind](), Counter[Kind]()
    for example in examples:
        for after, other in enumerate(example.features):
            for before, one in enumerate(example.features[:after]):
                kinds: list[Kind] = [(one.call, other.call), _by_selector(one, other)]
                there.update(kinds)
                if (before, after) in example.pairs:
                    meeting.update(kinds)
    return {kind: (times, meeting[kind]) for kind, times in there.items()}


def _fit(rows: Sequence[Sequence[float]], answers: Sequence[bool]) -> tuple[float, ...]:
    """Return weights by gradient descent, from 0; the same rows give the same weights."""
    import numpy as np

    if not rows:
        return (0.0,) * len(NAMES)
    x, y = np.array(rows, float), np.array(answers, float)
    weights = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        weights -= RATE * (x.T @ (_logistic(x @ weights) - y) / len(y) + DECAY * weights)
    return tuple(float(each) for each in weights)


def _logistic(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))
