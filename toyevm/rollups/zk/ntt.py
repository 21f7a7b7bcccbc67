"""The number-theoretic transform: polynomials by coefficients or by values, and the low-degree extension.

A matrix has one polynomial a column; transforms run down the columns. A domain is a coset, shift * {1, w, w^2, ...} in
this order. As in Cooley and Tukey's algorithm a transform of r * m points is m transforms of r, a twist, and r
of m; r is up to 64, and a transform of r points is one product of matrices, at which BLAS is best.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from toyevm.rollups.zk.field import BLOCK, Elements, P, Rows, linear, multiply, powers, root_of_unity

RADIX = 64  # no more than field.TERMS
MIN_COLUMNS = 8  # of a block: a line of memory, 64 bytes, has eight elements of a row


def evaluate_slowly(coefficients: Elements, shift: int = 1) -> Elements:
    """Return the values on a coset, each a sum over all coefficients: the clear twin of `evaluate`."""
    size, root = len(coefficients), root_of_unity(len(coefficients))
    rows = [[pow(shift * pow(root, i, P), j, P) for j in range(size)] for i in range(size)]
    return linear(np.array(rows, dtype=np.uint64), coefficients)


def evaluate(coefficients: Elements, shift: int = 1) -> Elements:
    """Return the values of the polynomials, of `size` coefficients each, on the coset of `size` points."""
    size = len(coefficients)
    root, scale = root_of_unity(size), powers(shift, size)[:, None]
    return _by_columns(lambda block: _transform(multiply(block, scale), root), coefficients)


def interpolate(values: Elements, shift: int = 1) -> Elements:
    """Return the coefficients of the polynomials with these values on the coset: the inverse of `evaluate`."""
    size = len(values)
    root = pow(root_of_unity(size), -1, P)
    scale = multiply(powers(pow(shift, -1, P), size), np.uint64(pow(size, -1, P)))[:, None]
    return _by_columns(lambda block: multiply(_transform(block, root), scale), values)


def extend(coefficients: Elements, blowup: int, shift: int) -> Rows:
    """Return the values on a coset `blowup` times as long as the polynomials.

    The long coset is `blowup` short ones, interleaved: each is a transform of the short size. The result is the largest
    array there is, hence four bytes an element.
    """
    size = len(coefficients)
    root = root_of_unity(size * blowup)
    result = np.empty((size * blowup, coefficients.shape[1]), dtype="<u4")
    for k in range(blowup):
        result[k::blowup] = evaluate(coefficients, shift * pow(root, k, P) % P)
    return result


def domain(size: int, shift: int = 1) -> Elements:
    """Return the points of a coset, in order."""
    return multiply(powers(root_of_unity(size), size), np.uint64(shift % P))


def _by_columns(transform: Callable[[Elements], Elements], matrix: Elements) -> Elements:
    """Transform a few columns at a time, so that a block stays in the cache between the steps."""
    size, width = matrix.shape
    step = max(MIN_COLUMNS, BLOCK // max(size, 1))
    if width <= step:
        return transform(matrix)
    result = np.empty_like(matrix)
    for start in range(0, width, step):
        some = slice(start, start + step)
        result[:, some] = transform(np.ascontiguousarray(matrix[:, some]))
    return result


def _transform(block: Elements, root: int) -> Elements:
    """Return the sums of block[j] * root^(i * j) over j, for each i.

    With j = m * j1 + j2 and i = i1 + r * i2: the inner sums over j1 are transforms of r points, then comes the
    twist root^(i1 * j2), and the outer sums over j2 are transforms of m points.
    """
    size, width = block.shape
    if size <= RADIX:
        return linear(_matrix(size, root), block)
    r = RADIX if size >= RADIX**2 else 1 << (size.bit_length() // 2)
    m = size // r
    inner = linear(_matrix(r, pow(root, m, P)), block.reshape(r, m * width)).reshape(r, m, width)
    twisted = multiply(inner, _twist(r, m, root)[:, :, None])
    outer = _transform(twisted.transpose(1, 0, 2).reshape(m, r * width), pow(root, r, P))
    return outer.reshape(size, width)


@cache
def _matrix(size: int, root: int) -> Elements:
    """Return the matrix of root^(i * j)."""
    return powers(root, max(size, 1))[np.outer(np.arange(size), np.arange(size)) % size]


@cache
def _twist(r: int, m: int, root: int) -> Elements:
    """Return root^(i * j) for i below r and j below m."""
    return powers(root, r * m)[np.outer(np.arange(r), np.arange(m))]
