"""The number-theoretic transform: polynomials by coefficients or by values, and the low-degree extension.

A matrix has one polynomial a column; transforms run down the columns. A domain is a coset, shift * {1, w, w^2, ...} in
this order. As in Cooley and Tukey's algorithm a transform of r * m points is m transforms of r, a twist, and r
of m; r is up to 64, and a transform of r points is one product of matrices, at which BLAS is best.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from toyevm.rollups.zk.field import (
    BLOCK,
    Elements,
    P,
    Rows,
    Split,
    apply,
    linear,
    multiply,
    powers,
    root_of_unity,
    split,
)
from toyevm.rollups.zk.parallel import ALONE, Team

RADIX = 64  # no more than field.TERMS
MIN_COLUMNS = 96  # of a block: runs of 384 bytes at least, as memory likes them


def evaluate_slowly(coefficients: Elements, shift: int = 1) -> Elements:
    """Return the values on a coset, each a sum over all coefficients: the clear twin of `evaluate`."""
    size, root = len(coefficients), root_of_unity(len(coefficients))
    rows = [[pow(shift * pow(root, i, P), j, P) for j in range(size)] for i in range(size)]
    return linear(np.array(rows, dtype=np.uint64), coefficients)


def evaluate(coefficients: Elements | Rows, shift: int = 1) -> Elements:
    """Return the values of the polynomials, of `size` coefficients each, on the coset of `size` points."""
    values = np.empty(coefficients.shape, dtype=np.uint64)
    evaluate_into(values, coefficients, shift)
    return values


def evaluate_into(values: Elements | Rows, coefficients: Elements | Rows, shift: int = 1) -> None:
    """Write the values of the polynomials on the coset to an array, of whatever strides."""
    root = root_of_unity(len(coefficients))
    for some in _column_blocks(coefficients):
        values[:, some] = _transform(coefficients[:, some], root, shift)


def interpolate(values: Elements | Rows, shift: int = 1) -> Elements:
    """Return the coefficients of the polynomials with these values on the coset: the inverse of `evaluate`."""
    coefficients = np.empty(values.shape, dtype=np.uint64)
    interpolate_into(coefficients, values, shift)
    return coefficients


def interpolate_into(coefficients: Elements | Rows, values: Elements | Rows, shift: int = 1) -> None:
    """Write the coefficients of the polynomials to an array, of whatever strides."""
    size = len(values)
    root = pow(root_of_unity(size), -1, P)
    scale = multiply(powers(pow(shift, -1, P), size), np.uint64(pow(size, -1, P)))[:, None]
    for some in _column_blocks(values):
        coefficients[:, some] = multiply(scale, _transform(values[:, some], root))


def extend(coefficients: Elements | Rows, blowup: int, shift: int, team: Team = ALONE) -> Rows:
    """Return the values on a coset `blowup` times as long as the polynomials.

    The long coset is `blowup` short ones, interleaved: each is a transform of the short size. The result is the largest
    array there is, hence four bytes an element.
    """
    size = len(coefficients)
    root = root_of_unity(size * blowup)
    result: Rows = team.array((size * blowup, coefficients.shape[1]), "<u4")

    def fill(some: slice) -> None:
        for k in range(some.start, some.stop):
            evaluate_into(result[k::blowup], coefficients, shift * pow(root, k, P) % P)

    team.share(fill, blowup)
    return result


def domain(size: int, shift: int = 1) -> Elements:
    """Return the points of a coset, in order."""
    return multiply(powers(root_of_unity(size), size), np.uint64(shift % P))


def _column_blocks(matrix: Elements | Rows) -> Iterator[slice]:
    """Cut a matrix into columns that are transformed together: long enough runs of memory, and short enough arrays."""
    size, width = matrix.shape
    step = max(MIN_COLUMNS, BLOCK // max(size, 1))
    return (slice(start, start + step) for start in range(0, width, step))


def _transform(block: Elements | Rows, root: int, shift: int = 1) -> Rows:
    """Return the sums of block[j] * shift^j * root^(i * j) over j, for each i.

    With j = m * j1 + j2 and i = i1 + r * i2: the inner sums over j1 are transforms of r points, then comes the
    twist shift^j2 * root^(i1 * j2), and the outer sums over j2 are transforms of m points. Columns are innermost in
    all arrays, and both halves go through the cache a few j2, then a few i1, at a time.
    """
    size, width = block.shape
    if size <= RADIX:
        return apply(_matrix(size, root, shift), block)
    r = _radix(size)
    m = size // r
    matrix, twist = _matrix(r, pow(root, m, P), pow(shift, m, P)), _twist(r, m, root, shift)
    source, middle = block.reshape(r, m, width), np.empty((r, m, width), dtype=np.uint32)
    result = np.empty((m, r, width), dtype=np.uint32)
    step = max(1, BLOCK // (r * width))
    for start in range(0, m, step):
        some = slice(start, start + step)
        inner = apply(matrix, source[:, some].reshape(r, -1)).reshape(r, -1, width)
        middle[:, some] = multiply(twist[:, some], inner)
    step = max(1, BLOCK // (m * width))
    for start in range(0, r, step):
        some = slice(start, start + step)
        outer = _transform(middle[some].transpose(1, 0, 2).reshape(m, -1), pow(root, r, P))
        result[:, some] = outer.reshape(m, -1, width)
    return result.reshape(size, width)


def _radix(size: int) -> int:
    """Return the first factor of a size: as many factors as RADIX asks for, as equal as can be."""
    bits, most = size.bit_length() - 1, RADIX.bit_length() - 1
    return 1 << -(-bits // -(-bits // most))


@cache
def _matrix(size: int, root: int, shift: int) -> Split:
    """Return the matrix of shift^j * root^(i * j)."""
    turns = powers(root, max(size, 1))[np.outer(np.arange(size), np.arange(size)) % size]
    return split(multiply(turns, powers(shift, size)))


@cache
def _twist(r: int, m: int, root: int, shift: int) -> Elements:
    """Return shift^j * root^(i * j) for i below r and j below m; the last axis is for the columns."""
    return multiply(powers(root, r * m)[np.outer(np.arange(r), np.arange(m))], powers(shift, m))[..., None]
