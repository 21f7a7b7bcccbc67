"""The field of the STARK, KoalaBear: integers modulo p = 2^31 - 2^24 + 1, in numpy arrays.

Elements are uint64 and canonical (below p): a product of two fits, and so does the sum of four products.
p - 1 has the factor 2^24 (there are domains of that many points) and not the factor 3 (so the cube is a permutation).
Source of p and its generator 3: Plonky3, koala-bear/src/koala_bear.rs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Elements = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]  # elements at rest: as they are hashed, sent, and kept where there are many
Floats = npt.NDArray[np.float64]

P = 2**31 - 2**24 + 1
GENERATOR = 3
TWO_ADICITY = 24
TERMS = 128  # as many products of numbers below p and up to 2^15 sum up to 2^53 - 2^46: a float is exact up to 2^53
FEW = 64  # elements, with which numpy takes as long as with one
BLOCK_ROWS = 1024  # rows of a trace that are worked on at once: enough for numpy, few enough for the cache
BLOCK = 1 << 15  # elements of a block: what the second-level cache holds beside its temporaries

_P = np.uint64(P)


def elements(values: npt.ArrayLike) -> Elements:
    """Return integers, of any sign and below 2^63, as canonical elements."""
    return (np.asarray(values, dtype=np.int64) % P).astype(np.uint64)


def reduce_slowly(a: Elements) -> Elements:
    """Return what is left of uint64 values modulo p: the clear twin of `reduce`."""
    return a % _P


def reduce(a: Elements) -> Elements:
    """Return what is left of uint64 values modulo p.

    numpy divides by a constant with vector instructions but has none for the remainder: this takes a third of the time.
    """
    quotient: Elements = np.asarray(np.floor_divide(a, _P))
    quotient *= _P
    np.subtract(a, quotient, out=quotient)
    return quotient


def add(a: Elements, b: Elements) -> Elements:
    """Return a + b. Below p, subtracting p wraps around to a huge number, so the smaller of the two is canonical."""
    total = a + b
    smaller: Elements = np.minimum(total, total - _P)
    return smaller


def subtract(a: Elements, b: Elements) -> Elements:
    """Return a - b; a difference below zero has wrapped around, and adding p brings it back."""
    difference = a - b
    smaller: Elements = np.minimum(difference, difference + _P)
    return smaller


def multiply(a: Elements, b: Elements | Rows | np.uint64) -> Elements:
    """Return a * b, element by element."""
    return reduce(a * b)


def power(a: Elements, exponent: int) -> Elements:
    """Return a to a non-negative power, by squaring."""
    result = np.ones_like(a)
    for bit in f"{exponent:b}":
        result = multiply(result, result)
        if bit == "1":
            result = multiply(result, a)
    return result


def inverse_slowly(a: Elements) -> Elements:
    """Return 1 / a by Fermat: a^(p-2). The inverse of 0 is 0. The clear twin of `inverse`."""
    return power(a, P - 2)


def inverse(a: Elements) -> Elements:
    """Return 1 / a; the inverse of 0 is 0. Many are inverted by one inversion, as Montgomery did, halves at a time."""
    flat = a.reshape(-1)
    safe = np.where(flat == 0, np.uint64(1), flat)
    return np.where(flat == 0, np.uint64(0), _inverse_by_halves(safe)).reshape(a.shape)


def _inverse_by_halves(a: Elements) -> Elements:
    """Return 1 / a from the inverse of x * y, for x in the one half and y in the other: y / (xy) and x / (xy)."""
    if len(a) % 2 or len(a) < FEW:
        return inverse_slowly(a)
    x, y = a.reshape(2, -1)
    both = _inverse_by_halves(multiply(x, y))
    return np.concatenate([multiply(both, y), multiply(both, x)])


def powers(base: int, count: int) -> Elements:
    """Return 1, base, base^2 ..., doubling what is there until there are `count`."""
    row = np.ones(1, dtype=np.uint64)
    while len(row) < count:
        row = np.concatenate([row, multiply(row, np.uint64(pow(base, len(row), P)))])
    return row[:count]


def powers_of(points: Elements, count: int) -> Elements:
    """Return the powers 0 to `count` - 1 of many points, a row for each power."""
    rows = np.ones((count, *points.shape), dtype=np.uint64)
    for k in range(1, count):
        rows[k] = multiply(rows[k - 1], points)
    return rows


def root_of_unity(order: int) -> int:
    """Return a generator of the subgroup of `order` elements, a power of two up to 2^24."""
    if order < 1 or order & (order - 1) or order > 1 << TWO_ADICITY:
        raise ValueError(f"a domain has a power of two of points, at most 2^{TWO_ADICITY}, not {order}")
    return pow(GENERATOR, (P - 1) // order, P)


def linear_slowly(matrix: Elements, vectors: Elements) -> Elements:
    """Return matrix @ vectors in Python's integers: the clear twin of `linear`."""
    return np.asarray((matrix.astype(object) @ vectors.astype(object)) % P).astype(np.uint64)


class Split(NamedTuple):
    """A constant matrix in limbs that floats multiply exactly: high * 65536 + low."""

    high: Floats
    low: Floats


def split(matrix: Elements) -> Split:
    """Return a matrix in two limbs of 16 bits, both signed, ready for `apply`."""
    low = ((matrix + np.uint64(1 << 15)) & np.uint64(0xFFFF)).astype(np.float64) - (1 << 15)
    return Split((matrix.astype(np.float64) - low) / 65536, low)


def linear(matrix: Elements | Split, vectors: Elements | Rows) -> Elements:
    """Return matrix @ vectors (numpy's rules for the axes), by BLAS."""
    return apply(matrix if isinstance(matrix, Split) else split(matrix), vectors).astype(np.uint64)


def apply(matrix: Split, vectors: Elements | Rows) -> Rows:
    """Return matrix @ vectors for a matrix in limbs, a block of vectors at a time.

    Each product of floats has at most 46 bits, so sums of 128, below 2^53, are exact.
    """
    rows, terms = matrix.high.shape[-2:]
    width, step = vectors.shape[-1], max(1, BLOCK // max(rows, min(terms, TERMS), 1))
    if vectors.ndim != 2 or width <= step:
        return _apply_block(matrix, vectors)
    result = np.empty((rows, width), dtype=np.uint32)
    for start in range(0, width, step):
        some = slice(start, start + step)
        result[:, some] = _apply_block(matrix, vectors[:, some])
    return result


def _apply_block(matrix: Split, vectors: Elements | Rows) -> Rows:
    total = np.zeros((*matrix.high.shape[:-1], vectors.shape[-1]))
    for start in range(0, matrix.high.shape[-1], TERMS):
        some = slice(start, start + TERMS)
        part = _product(matrix.high[..., some], matrix.low[..., some], vectors[..., some, :].astype(np.float64))
        total = part if start == 0 else total + part
    if matrix.high.shape[-1] > TERMS:
        _centre(total)
    canonical = total.astype(np.int32).view(np.uint32)  # a negative one has wrapped around, as in `subtract`
    smaller: Rows = np.minimum(canonical, canonical + np.uint32(P))
    return smaller


def _product(high: Floats, low: Floats, vectors: Floats) -> Floats:
    total: Floats = high @ vectors
    _centre(total)
    total *= 65536
    total += low @ vectors
    _centre(total)
    return total


def _centre(a: Floats) -> None:
    """Bring whole floats between -p/2 and p/2, in place."""
    quotient = a * (1 / P)
    np.rint(quotient, out=quotient)
    quotient *= P
    a -= quotient
