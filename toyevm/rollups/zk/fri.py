"""FRI: a word is close to a polynomial of low degree, shown by folding it until the polynomial can be sent whole.

Words are folded in evaluation form, as deployed provers do: the values of f on x times the eighth roots of unity become
one value, at x^8, of a polynomial of an eighth of the degree. Source: Ben-Sasson, Bentov, Horesh, Riabzev, "Fast
Reed-Solomon interactive oracle proofs of proximity" (2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt

from toyevm.rollups.zk.encoding import ELEMENT, Reader, Rejected, encode
from toyevm.rollups.zk.extension import DEGREE, multiply_extended, powers_extended, scale
from toyevm.rollups.zk.field import (
    GENERATOR,
    Elements,
    P,
    add,
    inverse,
    linear,
    multiply,
    powers,
    powers_of,
    root_of_unity,
    subtract,
)
from toyevm.rollups.zk.merkle import DIGEST, MerkleTree, build_tree, largest_opening, opening_size, pack, root_of
from toyevm.rollups.zk.ntt import domain, interpolate
from toyevm.rollups.zk.transcript import Transcript

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FriShape:
    """What both sides know: the domain's size, by how much each round folds, the coefficients sent at the end."""

    size: int
    folds: tuple[int, ...]
    final: int

    def sizes(self) -> list[int]:
        """Return the size of the domain before each fold, and after the last."""
        return [self.size // prod(self.folds[:k]) for k in range(len(self.folds) + 1)]


def fri_shape(degree: int, blowup: int, arity: int = 8, final: int = 64) -> FriShape:
    """Return the shape for polynomials of `degree` coefficients: fold until at most `final` of them are left."""
    folds = []
    while degree > final:
        folds.append(min(arity, degree))
        degree //= folds[-1]
    return FriShape(degree * blowup * prod(folds), tuple(folds), degree)


def points(size: int, indices: Sequence[int], shift: int) -> Elements:
    """Return some points of a coset."""
    root = root_of_unity(size)
    return np.array([shift * pow(root, i, P) % P for i in indices], dtype=np.uint64)


def fold(values: Elements, at: Elements, beta: Elements) -> Elements:
    """Return the folded word, from `values[j, i]` = f(at[i] * z^j), z a root of unity of the order of the fold.

    f(X) is the sum of X^k * f_k(X^order), and the result the sum of beta^k * f_k. A transform over j gives x^k * f_k.
    """
    order, count = values.shape[:2]
    parts = interpolate(values.reshape(order, count * DEGREE)).reshape(order, count, DEGREE)
    unshifted = scale(parts, powers_of(inverse(at), order)).transpose(1, 0, 2).reshape(count, order * DEGREE)
    weights = multiply_extended(powers_extended(beta, order)[:, None], np.eye(DEGREE, dtype=np.uint64)[None])
    return linear(weights.reshape(order * DEGREE, DEGREE).T, unshifted.T).T


def fold_slowly(values: Elements, at: Elements, beta: Elements) -> Elements:
    """Return the folded word by halves, the textbook's formula: the clear twin of `fold`.

    (f(x) + f(-x)) / 2 + beta * (f(x) - f(-x)) / (2x); then the same with x^2 and beta^2.
    """
    root = root_of_unity(len(values))
    while len(values) > 1:
        half = len(values) // 2
        x = multiply(powers(root, half)[:, None], at[None, :])
        odd = scale(subtract(values[:half], values[half:]), inverse(x))
        total = add(add(values[:half], values[half:]), multiply_extended(odd, beta))
        values = multiply(total, np.uint64(pow(2, -1, P)))
        at, beta, root = multiply(at, at), multiply_extended(beta, beta), root * root % P
    result: Elements = values[0]
    return result


@dataclass(frozen=True)
class FriCommitment:
    """The prover's side: the folded words, the trees over their rows, the last polynomial."""

    words: tuple[Elements, ...]
    trees: tuple[MerkleTree, ...]
    final: Elements

    def encode(self) -> bytes:
        """Return what the verifier reads before the queries."""
        return b"".join(tree.root for tree in self.trees) + encode(self.final)


def commit(word: Elements, shape: FriShape, transcript: Transcript) -> FriCommitment:
    """Fold a word, given on the coset of the generator, committing to every step."""
    words, trees, shift = [], [], GENERATOR
    for order in shape.folds:
        by_order = word.reshape(order, len(word) // order, DEGREE)
        words.append(by_order)
        trees.append(build_tree(pack(by_order.transpose(1, 0, 2).reshape(len(word) // order, -1))))
        transcript.absorb(b"fri root", trees[-1].root)
        word = fold(by_order, domain(len(word), shift)[: len(word) // order], transcript.challenges(1)[0])
        shift = pow(shift, order, P)
    final = interpolate(word, shift)[: shape.final]
    transcript.absorb(b"fri final", encode(final))
    return FriCommitment(tuple(words), tuple(trees), final)


def open_words(commitment: FriCommitment, indices: Sequence[int]) -> bytes:
    """Return what the verifier lacks to follow queries through all folds: values that it cannot compute, and hashes."""
    parts = []
    for word, tree in zip(commitment.words, commitment.trees, strict=True):
        rows, known = _grouped(indices, word.shape[1], len(word))
        parts += [encode(word.transpose(1, 0, 2)[rows][~known]), *tree.open(rows)]
        indices = rows
    return b"".join(parts)


def most_opened(shape: FriShape, queries: int) -> int:
    """Return how many bytes `open_words` has at most: each row with one computed value, and all rows far apart."""
    total = 0
    for size, order in zip(shape.sizes(), shape.folds, strict=False):
        queries = min(queries, size // order)
        total += ELEMENT * DEGREE * (order - 1) * queries + DIGEST * largest_opening(size // order, queries)
    return total


def _grouped(indices: Sequence[int], count: int, order: int) -> tuple[list[int], _Mask]:
    """Return the rows that indices lie in, of `count` rows, and which places of these rows they are."""
    rows = sorted({i % count for i in indices})
    known = np.zeros((len(rows), order), dtype=np.bool_)
    known[_places(rows, indices, count)] = True
    return rows, known


def _places(rows: list[int], indices: Sequence[int], count: int) -> tuple[list[int], list[int]]:
    line = {row: i for i, row in enumerate(rows)}
    return [line[i % count] for i in indices], [i // count for i in indices]


@dataclass(frozen=True)
class FriClaim:
    """The verifier's side: the roots, the challenge after each, the last polynomial."""

    roots: tuple[bytes, ...]
    betas: tuple[Elements, ...]
    final: Elements


def read_claim(reader: Reader, shape: FriShape, transcript: Transcript) -> FriClaim:
    """Read what the prover committed to, and draw the challenges."""
    roots = reader.digests(len(shape.folds), "fri roots")
    betas = []
    for root in roots:
        transcript.absorb(b"fri root", root)
        betas.append(transcript.challenges(1)[0])
    final = reader.extended(shape.final, "fri final polynomial")
    transcript.absorb(b"fri final", encode(final))
    return FriClaim(tuple(roots), tuple(betas), final)


def check_words(reader: Reader, claim: FriClaim, shape: FriShape, indices: Sequence[int], values: Elements) -> None:
    """Follow values of the first word, at distinct ascending indices, through all folds.

    Raises:
        Rejected: a row with the computed values in it is not the committed one, or the last polynomial differs.
    """
    shift, sizes = GENERATOR, shape.sizes()
    for k, order in enumerate(shape.folds):
        what, count = f"fri layer {k}", sizes[k] // order
        rows, known = _grouped(indices, count, order)
        full = np.zeros((len(rows), order, DEGREE), dtype=np.uint64)
        full[_places(rows, indices, count)] = values
        full[~known] = reader.extended(int((~known).sum()), what)
        hashes = reader.digests(opening_size(count, rows), f"{what} hashes")
        packed = pack(full.reshape(len(rows), -1))
        if root_of(count, {row: packed[i].tobytes() for i, row in enumerate(rows)}, hashes) != claim.roots[k]:
            raise Rejected(f"{what}: the computed values are not the committed ones")
        values = fold(full.transpose(1, 0, 2), points(sizes[k], rows, shift), claim.betas[k])
        indices, shift = rows, pow(shift, order, P)
    if (linear(powers_of(points(sizes[-1], indices, shift), shape.final).T, claim.final) != values).any():
        raise Rejected("fri final polynomial: its values are not the folded ones")
