"""A whole proof of the eight rows, and its two verifiers: one checks equations alone, the other folds as well.

The conversation is that of `toyevm.rollups.zk.stark`, with its Merkle trees and its transcript: root of the trace;
factors; root of the quotient; a challenge and a root for each fold; the final number; queries. It lacks the point
outside the domain. Challenges are reduced modulo 97, so that a guess is cheap: this proof is for reading only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from random import Random

import numpy as np

from toyevm.rollups.zk.merkle import MerkleTree, build_tree, root_of
from toyevm.rollups.zk.stark import ProofCheck
from toyevm.rollups.zk.transcript import Transcript
from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, domain, extend, inverse, through
from toyevm.teaching.lessons.polynomials.fri import BETAS, FALSE_ROWS, fold, fold_pair, places
from toyevm.teaching.lessons.polynomials.machine import (
    BLOWUP,
    POINTS,
    START,
    ZEROS,
    H,
    extended,
    quotient_values,
    transitions,
)

SIZE, FOLDS, QUERIES = len(POINTS), len(BETAS), 8
BYTES, HASH = 4, 32  # of a committed value, and of a hash


@dataclass(frozen=True)
class Opening:
    """Some values under a root, by place, and the hashes that lead there."""

    values: dict[int, int]
    hashes: tuple[bytes, ...]

    def leads_to(self, root: bytes, size: int) -> bool:
        """Say whether these values are the committed ones."""
        rows = {place: value.to_bytes(BYTES, "little") for place, value in self.values.items()}
        return root_of(size, rows, self.hashes) == root


@dataclass(frozen=True)
class Proof:
    """That the register is `claim` in the last row: roots, the number that the folds end in, and what is opened."""

    claim: int
    roots: tuple[bytes, ...]  # of the trace, of the quotient, and of each fold but the last
    final: int
    openings: tuple[Opening, ...]  # under these roots, in this order


class Coins:
    """The verifier's random numbers, from a hash of all that was said before."""

    def __init__(self, claim: int) -> None:
        self._transcript = Transcript(b"lesson 12")
        self.take(b"claim", bytes([claim]))

    def take(self, label: bytes, message: bytes) -> None:
        """Take in what the prover says."""
        self._transcript.absorb(label, message)

    def draw(self) -> int:
        """Return a challenge."""
        return int(self._transcript.challenges(1)[0, 0]) % P

    def indices(self, count: int) -> list[int]:
        """Return places on the 32 points, ascending, each once."""
        return sorted(set(self._transcript.indices(count, SIZE)))


def composition(place: int, transition: int, register: int, claim: int, factors: Sequence[int]) -> int:
    """Return the three quotients at a point as one number: the transition's, and the boundary's times their factors."""
    x = POINTS[place]
    first, last = (register - START) * inverse(x - H[0]), (register - claim) * inverse(x - H[-1])
    return (transition + factors[0] * first + factors[1] * last) % P


@dataclass(frozen=True)
class Start:
    """What the prover has before the first fold: the extended rows and the one quotient, with their trees."""

    trace: list[int]
    quotient: list[int]
    trees: tuple[MerkleTree, MerkleTree]


@cache
def start(rows: tuple[int, ...], transition: tuple[int, ...]) -> Start:
    """Return how a proof of these rows begins, from the values of their transition quotient at the 32 points."""
    trace, coins = extended(rows), Coins(rows[-1])
    tree = _tree(trace)
    coins.take(b"trace root", tree.root)
    factors = [coins.draw(), coins.draw()]
    quotient = [composition(k, transition[k], trace[k], rows[-1], factors) for k in range(SIZE)]
    return Start(trace, quotient, (tree, _tree(quotient)))


def prove(
    rows: Sequence[int], transition: Sequence[int], queries: int = QUERIES, instead: Sequence[int] | None = None
) -> Proof:
    """Return a proof for some rows, with the values of their transition quotient at the 32 points.

    Nothing is checked here: a liar may give other values, and fold others `instead` of the quotient.
    """
    begun = start(tuple(rows), tuple(transition))
    lists, trees = [begun.trace, begun.quotient], list(begun.trees)
    coins, shift = Coins(rows[-1]), GENERATOR
    coins.take(b"trace root", trees[0].root)
    for k in range(FOLDS):
        if k:
            trees.append(_tree(lists[-1]))
        coins.take(b"root", trees[-1].root)
        source = instead if instead is not None and k == 0 else lists[-1]
        lists.append(fold(source, shift, coins.draw()))
        shift = shift * shift % P
    final = lists.pop()[0]
    coins.take(b"final", bytes([final]))
    opened = _opened_places(coins.indices(queries))
    openings = [_open(tree, values, at) for tree, values, at in zip(trees, lists, opened, strict=True)]
    return Proof(rows[-1], tuple(tree.root for tree in trees), final, tuple(openings))


def tries_to_guess(queries: int, seed: int = 0) -> int:
    """Return how many proofs of the false rows a liar makes until the whole verifier accepts one; 1,820 at most.

    In each, what is folded is a polynomial of eight coefficients that agrees with the false quotient at four pairs of
    points. The places that are looked at come from a hash: another polynomial, other places.
    """
    rows, half = FALSE_ROWS, SIZE // 2
    transition = quotient_values(extended(rows))
    false = start(tuple(rows), tuple(transition)).quotient
    choices = list(combinations(range(half), 4))
    Random(seed).shuffle(choices)
    for tried, kept in enumerate(choices, 1):
        near = extend(through({POINTS[i]: false[i] for k in kept for i in (k, k + half)}), BLOWUP, GENERATOR)
        if verify(prove(rows, transition, queries, near), queries).valid:
            return tried
    return len(choices)


def verify(proof: Proof, queries: int = QUERIES, folds: bool = True) -> ProofCheck:
    """Check a proof, whatever its fields hold; without `folds`, as the first verifier of the lesson does."""
    if reason := _unreadable(proof):
        return ProofCheck(False, reason)
    coins = Coins(proof.claim)
    coins.take(b"trace root", proof.roots[0])
    factors, betas = [coins.draw(), coins.draw()], []
    for root in proof.roots[1:]:
        coins.take(b"root", root)
        betas.append(coins.draw())
    coins.take(b"final", bytes([proof.final]))
    indices = coins.indices(queries)
    reason = _committed(proof, _opened_places(indices)) or _equations(proof, indices, factors)
    if reason is None and folds:
        reason = _folds(proof, indices, betas)
    return ProofCheck(reason is None, reason)


def _opened_places(indices: Sequence[int]) -> list[list[int]]:
    """Return what is opened under each root: rows and their next ones; then a pair for each query and fold."""
    pairs = [places(index, SIZE, FOLDS) for index in indices]
    rows = {(place + step) % SIZE for pair in pairs for place in pair[0] for step in (0, BLOWUP)}
    return [sorted(rows), *(sorted({place for pair in pairs for place in pair[k]}) for k in range(FOLDS))]


def _unreadable(proof: Proof) -> str | None:
    """Return what in a proof is of another form than the prover's: it is the liar who fills the fields."""
    if not all(isinstance(each, tuple) and len(each) == 1 + FOLDS for each in (proof.roots, proof.openings)):
        return "roots: too few or too many"
    if not all(
        isinstance(each, Opening) and (type(each.values), type(each.hashes)) == (dict, tuple) for each in proof.openings
    ):
        return "openings: no values by place"
    hashes = [*proof.roots, *(each for opening in proof.openings for each in opening.hashes)]
    if not all(isinstance(each, bytes) and len(each) == HASH for each in hashes):
        return f"hashes: one that has not {HASH} bytes"
    values = [value for opening in proof.openings for pair in opening.values.items() for value in pair]
    if not all(type(each) is int and 0 <= each < P for each in (proof.claim, proof.final, *values)):
        return "values: one that is no whole number from 0 to 96"
    return None


def _committed(proof: Proof, opened: Sequence[Sequence[int]]) -> str | None:
    for layer, root, opening, at in zip(range(-1, FOLDS), proof.roots, proof.openings, opened, strict=True):
        if sorted(opening.values) != at or not opening.leads_to(root, SIZE >> max(layer, 0)):
            what = "trace rows" if layer < 0 else f"fri layer {layer}"
            return f"{what}: the opened values are not the committed ones"
    return None


def _equations(proof: Proof, indices: Sequence[int], factors: Sequence[int]) -> str | None:
    trace, quotient = (opening.values for opening in proof.openings[:2])
    for k in sorted({k for index in indices for k in places(index, SIZE, 1)[0]}):
        step = transitions(trace[k], trace[(k + BLOWUP) % SIZE]) * inverse(ZEROS[k]) % P
        if composition(k, step, trace[k], proof.claim, factors) != quotient[k]:
            return f"constraints: they do not hold at place {k}"
    return None


def _folds(proof: Proof, indices: Sequence[int], betas: Sequence[int]) -> str | None:
    lists = [opening.values for opening in proof.openings[1:]]
    for index in indices:
        shift = GENERATOR
        for k, (left, right) in enumerate(places(index, SIZE, FOLDS)):
            made = fold_pair(lists[k][left], lists[k][right], domain(SIZE >> k, shift)[left], betas[k])
            if k + 1 < FOLDS and made != lists[k + 1][left]:
                return f"fri layer {k + 1}: the folded values are not the committed ones"
            shift = shift * shift % P
        if made != proof.final:
            return "fri final polynomial: its values are not the folded ones"
    return None


def _tree(values: Sequence[int]) -> MerkleTree:
    return build_tree(np.array(values, dtype="<u4").reshape(-1, 1))


def _open(tree: MerkleTree, values: Sequence[int], at: Iterable[int]) -> Opening:
    at = list(at)
    return Opening({k: values[k] for k in at}, tuple(tree.open(at)))
