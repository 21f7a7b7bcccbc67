"""The field of the STARK, KoalaBear: integers modulo p = 2^31 - 2^24 + 1, in numpy arrays.

Elements are uint64 and canonical (below p): a product of two fits, and so does the sum of four products.
p - 1 has the factor 2^24 (there are domains of that many points) and not the factor 3 (so the cube is a permutation).
Source of p and its generator 3: Plonky3, koala-bear/src/koala_bear.rs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Elements = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]  # elements at rest: as they are hashed, sent, and kept where there are many
Floats = npt.NDArray[np.float64]

P = 2**31 - 2**24 + 1
GENERATOR = 3
TWO_ADICITY = 24
TERMS = 64  # as many products of 31 and 15 bits sum up to 2^52, and a float is exact up to 2^53
BLAS_SIZE = 1 << 18  # multiplications up to which OpenBLAS starts no threads: these would wait for each other
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


def multiply(a: Elements, b: Elements | np.uint64) -> Elements:
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


def inverse(a: Elements) -> Elements:
    """Return 1 / a by Fermat: a^(p-2). The inverse of 0 is 0."""
    return power(a, P - 2)


def powers(base: int, count: int) -> Elements:
    """Return 1, base, base^2 ..., doubling what is there until there are `count`."""
    row = np.ones(1, dtype=np.uint64)
    while len(row) < count:
        row = np.concatenate([row, multiply(row, np.uint64(pow(base, len(row), P)))])
    return row[:count]


def root_of_unity(order: int) -> int:
    """Return a generator of the subgroup of `order` elements, a power of two up to 2^24."""
    if order < 1 or order & (order - 1) or order > 1 << TWO_ADICITY:
        raise ValueError(f"a domain has a power of two of points, at most 2^{TWO_ADICITY}, not {order}")
    return pow(GENERATOR, (P - 1) // order, P)


def linear_slowly(matrix: Elements, vectors: Elements) -> Elements:
    """Return matrix @ vectors in Python's integers: the clear twin of `linear`."""
    return np.asarray((matrix.astype(object) @ vectors.astype(object)) % P).astype(np.uint64)


def linear(matrix: Elements, vectors: Elements) -> Elements:
    """Return matrix @ vectors (numpy's rules for the axes), by BLAS.

    The matrix is split into two limbs of 16 bits: each product of floats has at most 46 bits, sums of 64 are exact.
    """
    low = ((matrix + np.uint64(1 << 15)) & np.uint64(0xFFFF)).astype(np.float64) - (1 << 15)
    high = (matrix.astype(np.float64) - low) / 65536
    width, step = vectors.shape[-1], max(1, BLAS_SIZE // (matrix.shape[-2] * min(TERMS, matrix.shape[-1] or 1)))
    if width <= step:
        return _linear_block(high, low, vectors)
    parts = [_linear_block(high, low, vectors[..., start : start + step]) for start in range(0, width, step)]
    return np.concatenate(parts, axis=-1)


def _linear_block(high: Floats, low: Floats, vectors: Elements) -> Elements:
    total: Elements | None = None
    for start in range(0, high.shape[-1], TERMS):
        some = slice(start, start + TERMS)
        part = _split_product(high[..., some], low[..., some], vectors[..., some, :].astype(np.float64))
        total = part if total is None else add(total, part)
    return np.zeros((*high.shape[:-1], vectors.shape[-1]), dtype=np.uint64) if total is None else total


def _split_product(high: Floats, low: Floats, vectors: Floats) -> Elements:
    total = high @ vectors
    _centre(total)
    total *= 65536
    total += low @ vectors
    _centre(total)
    canonical = total.astype(np.int64).view(np.uint64)  # a negative one has wrapped around, as in `subtract`
    smaller: Elements = np.minimum(canonical, canonical + _P)
    return smaller


def _centre(a: Floats) -> None:
    """Bring whole floats between -p/2 and p/2, in place."""
    quotient = np.rint(a * (1 / P))
    quotient *= P
    a -= quotient
