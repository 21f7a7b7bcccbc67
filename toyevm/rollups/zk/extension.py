"""The extension of degree 5 that challenges come from: polynomials in u modulo u^5 + u^2 - 1, about 155 bits.

The last axis of an array has the five coefficients. KoalaBear itself is too small to draw challenges from: 31 bits.
The modulus is Plonky3's (koala-bear/src/koala_bear.rs); that it is irreducible is a test.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from toyevm.rollups.zk.field import (
    Elements,
    P,
    Split,
    add,
    elements,
    inverse,
    linear,
    multiply,
    powers_of,
    split,
    subtract,
)

DEGREE = 5
ONE = elements([1, 0, 0, 0, 0])


def embed(a: Elements) -> Elements:
    """Return elements of the field as elements of the extension."""
    result = np.zeros((*a.shape, DEGREE), dtype=np.uint64)
    result[..., 0] = a
    return result


def scale(a: Elements, factors: Elements) -> Elements:
    """Return elements of the extension, each times an element of the field."""
    return multiply(a, factors[..., None])


def multiply_slowly(a: Elements, b: Elements) -> Elements:
    """Return a * b in Python's integers, as on paper: the clear twin of `multiply_extended`."""
    shape = np.broadcast_shapes(a.shape, b.shape)
    pairs = zip(
        np.broadcast_to(a, shape).reshape(-1, DEGREE).tolist(),
        np.broadcast_to(b, shape).reshape(-1, DEGREE).tolist(),
        strict=True,
    )
    return elements([_product(x, y) for x, y in pairs]).reshape(shape)


def _product(a: list[int], b: list[int]) -> list[int]:
    product = [0] * (2 * DEGREE - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] += x * y
    for k in reversed(range(DEGREE, len(product))):  # u^5 = 1 - u^2, from the highest power down
        product[k - 5] += product[k]
        product[k - 3] -= product[k]
    return [value % P for value in product[:DEGREE]]


def multiply_extended(a: Elements, b: Elements) -> Elements:
    """Return a * b, element by element; a and b broadcast as numpy's arrays do, the last axis apart.

    All products of two coefficients at once, then what u^(i + j) is: few steps, as the verifier multiplies little at a
    time. The coefficients go to the front meanwhile: each then lies together in memory.
    """
    dimensions = max(a.ndim, b.ndim)
    x, y = _coefficients_first(a, dimensions), _coefficients_first(b, dimensions)
    products = multiply(x[:, None], y[None])
    shape = products.shape[2:]
    return linear(_folding(), products.reshape(DEGREE * DEGREE, -1)).T.reshape(*shape, DEGREE)


def _coefficients_first(a: Elements, dimensions: int) -> Elements:
    wide = a.reshape((1,) * (dimensions - a.ndim) + a.shape)
    return np.ascontiguousarray(wide.transpose(dimensions - 1, *range(dimensions - 1)))


@cache
def _folding() -> Split:
    """Return the matrix that makes five coefficients of the 25 products of two."""
    units = np.eye(DEGREE, dtype=np.uint64)
    return split(multiply_slowly(units[:, None], units[None]).reshape(-1, DEGREE).T)


def power_extended(a: Elements, exponent: int) -> Elements:
    """Return a to a non-negative power, by squaring."""
    result = np.broadcast_to(ONE, a.shape)
    for bit in f"{exponent:b}":
        result = multiply_extended(result, result)
        if bit == "1":
            result = multiply_extended(result, a)
    return result


def powers_extended(base: Elements, count: int) -> Elements:
    """Return 1, base, base^2 ... as rows, doubling what is there until there are `count`."""
    rows, step = ONE[None], base
    while len(rows) < count:
        rows = np.concatenate([rows, multiply_extended(rows, step)])
        step = multiply_extended(step, step)
    return rows[:count]


@cache
def _frobenius_matrix() -> Elements:
    """Return the matrix of a -> a^p: linear, so it is enough to know what becomes of the powers of u."""
    powers_of_u = np.eye(DEGREE, dtype=np.uint64)
    return power_extended(powers_of_u, P).T.copy()


def frobenius(a: Elements) -> Elements:
    """Return a^p, the conjugate next to a."""
    return linear(_frobenius_matrix(), a[..., None])[..., 0]


def inverse_extended(a: Elements) -> Elements:
    """Return 1 / a: the product of the other four conjugates, over the product of all five, which is in the field."""
    first = frobenius(a)
    two = multiply_extended(first, frobenius(first))
    others = multiply_extended(two, frobenius(frobenius(two)))
    return scale(others, inverse(multiply_extended(a, others)[..., 0]))


def minimal_polynomial(z: Elements) -> Elements:
    """Return the coefficients, lowest first, of the product of (X - conjugate of z): six elements of the field."""
    polynomial, conjugate = ONE[None], z
    for _ in range(DEGREE):
        shifted = np.concatenate([np.zeros((1, DEGREE), dtype=np.uint64), polynomial])
        scaled = np.concatenate([multiply_extended(polynomial, conjugate), np.zeros((1, DEGREE), dtype=np.uint64)])
        polynomial, conjugate = subtract(shifted, scaled), frobenius(conjugate)
    return polynomial[:, 0]


class Inverter:
    """What gives 1 / (x - z) for many points x of the field, with inverses in the field only.

    With m the minimal polynomial of z, 1 / (x - z) is q(x) / m(x), where q = m / (X - z) comes by Horner's division.
    """

    def __init__(self, z: Elements) -> None:
        m = minimal_polynomial(z)
        quotient = [ONE]
        for coefficient in m[-2:0:-1]:
            quotient.append(add(multiply_extended(quotient[-1], z), embed(coefficient)))
        self._below, self._above = split(m[None, :]), split(np.stack(quotient[::-1]).T)

    def inverse_differences(self, points: Elements) -> Elements:
        """Return 1 / (x - z) for each point x."""
        powers = powers_of(points, DEGREE + 1)
        return scale(linear(self._above, powers[:DEGREE]).T, inverse(linear(self._below, powers)[0]))
