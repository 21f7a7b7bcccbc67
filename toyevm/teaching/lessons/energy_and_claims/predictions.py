"""Past blocks to learn from and later ones to be judged on; a student's predictor stands beside the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from toyevm.bench.learned import Example, Judgement, Predictor, TxFeatures, examples_of, judge, train_rules, train_table
from toyevm.bench.learned.examples import Pair
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import repeat
from toyevm.types import Address
from toyevm.workloads.applications import APPLICATIONS

PAST, LATER = range(1, 6), (11, 12)  # seeds
TRANSFER = bytes.fromhex("a9059cbb")  # selector of a token's `transfer(payee, amount)`
SAME_SENDER, BOTH_PAY, BOTH_CALL = "the same sender", "both pay one person", "both call one contract"
PAID_THEN_PAYS, PAYS_THEN_PAID = "one is paid, the other pays", "one pays, the other is paid"
NO_PERSON = "no person in both"


@dataclass(frozen=True)
class NamedPairs:
    """A predictor that was asked before, block by block."""

    found: dict[str, set[Pair]]
    blocks: dict[int, str]
    name: str = "yours"

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        return self.found[self.blocks[id(block)]]


@cache
def _blocks(seeds: tuple[int, ...]) -> tuple[Example, ...]:
    return tuple(examples_of((f"block {seed}", APPLICATIONS["mixed"](40, seed=seed)) for seed in seeds))


def later_blocks() -> tuple[Example, ...]:
    """Return the blocks on which predictors are judged; no predictor has learned from them."""
    return _blocks(LATER)


@cache
def learned() -> tuple[Predictor, ...]:
    """Return the table and the rules that five past blocks teach."""
    past = _blocks(tuple(PAST))
    return train_table(past), train_rules(past)


def named_by(meet: Callable[[TxFeatures, TxFeatures], bool], block: Sequence[TxFeatures]) -> set[Pair]:
    """Return the pairs of which a student's function says that they meet."""
    return {
        (before, after)
        for after, other in enumerate(block)
        for before, one in enumerate(block[:after])
        if meet(one, other)
    }


def kind_of(one: TxFeatures, other: TxFeatures) -> str:
    """Return why two transactions of a mixed block would meet: the person or contract in both, if there is one.

    Of a pair with several reasons, the first is told.
    """
    if one.sender == other.sender:
        return SAME_SENDER
    if named_in(one) == other.sender:
        return PAID_THEN_PAYS
    if one.sender == named_in(other):
        return PAYS_THEN_PAID
    if named_in(one) != named_in(other):
        return NO_PERSON
    return BOTH_PAY if one.selector in (b"", TRANSFER) else BOTH_CALL


def named_in(tx: TxFeatures) -> Address | None:
    """Return whom a transaction names: the payee in the first word of a transfer of a token; else `to`."""
    if tx.selector == TRANSFER and tx.words:
        return tx.words[0].to_bytes(32, "big")[-20:]
    return tx.to


def kinds(pairs: Mapping[str, Iterable[Pair]]) -> list[str]:
    """Return pairs of the later blocks by kind, the most frequent first, each kind in words with an example."""
    found: dict[str, list[str]] = {}
    for example in later_blocks():
        for before, after in sorted(pairs[example.name]):
            kind = kind_of(example.features[before], example.features[after])
            found.setdefault(kind, []).append(f"{before} and {after} of {example.name}")
    often = sorted(found.items(), key=lambda each: -len(each[1]))
    return [f"{len(places)}: {kind}, such as {places[0]}" for kind, places in often]


def look(block: int, *numbers: int) -> str:
    """Return what can be seen of some transactions of a later block before it runs.

    Raises:
        InputError: there is no such block, or no such transaction in it.
    """
    found = {seed: example.features for seed, example in zip(LATER, later_blocks(), strict=True)}
    if type(block) is not int or block not in found:
        raise InputError(repeat(block), "look", " | ".join(map(str, LATER)))
    for number in numbers:
        if type(number) is not int or not 0 <= number < len(found[block]):
            raise InputError(repeat(number), "look", f"a number from 0 to {len(found[block]) - 1}")
    return "\n".join(f"{number:>2}: {_seen(found[block][number])}" for number in numbers)


def _seen(tx: TxFeatures) -> str:
    sender, to = ("nobody" if each is None else f"…{each.hex()[-4:]}" for each in (tx.sender, tx.to))
    words = ", ".join(f"…{word:x}"[-5:] if word >> 64 else str(word) for word in tx.words)
    return f"sender {sender}, to {to}, selector {tx.selector.hex() or 'empty'}, words {words or 'none'}"


@cache
def standing() -> tuple[Judgement, ...]:
    """Return what the table and the rules are worth on the later blocks, with no hints and an oracle beside them."""
    return tuple(row for example in later_blocks() for row in judge(learned(), example))


def judged(found: dict[str, set[Pair]]) -> list[Judgement]:
    """Return what a student's pairs are worth on the later blocks."""
    blocks = {id(example.features): example.name for example in later_blocks()}
    rows = [row for example in later_blocks() for row in judge([NamedPairs(found, blocks)], example)]
    return [row for row in rows if row.predictor == "yours"]
