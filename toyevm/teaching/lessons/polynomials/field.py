"""Numbers modulo 97, and polynomials over them: what the STARK has in numpy, small enough to follow by hand.

The names are those of `toyevm.rollups.zk` (field, ntt), whose field has 2,130,706,433 numbers. A polynomial is the list
of its coefficients, the constant first. A domain is a coset: shift * {1, w, w^2, ...}.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toyevm.errors import InputError

P = 97
GENERATOR = 5  # its powers are all numbers from 1 to 96
TWO_ADICITY = 5  # 96 = 2^5 * 3: there are domains of up to 32 points


def inverse(a: int) -> int:
    """Return 1 / a by Fermat: a^(p-2). The inverse of 0 is 0.

    >>> inverse(4), 4 * 73 % P
    (73, 1)
    """
    return pow(a, P - 2, P)


def root_of_unity(order: int) -> int:
    """Return the number whose powers are the domain of `order` points, a power of two up to 32."""
    if type(order) is not int or order not in (1, 2, 4, 8, 16, 32):
        raise InputError(f"a domain of {order!r:.20} points", expected="1 | 2 | 4 | 8 | 16 | 32")
    return pow(GENERATOR, (P - 1) // order, P)


def domain(size: int, shift: int = 1) -> list[int]:
    """Return the points of a coset, in order.

    >>> domain(8)
    [1, 64, 22, 50, 96, 33, 75, 47]
    """
    root = root_of_unity(size)
    return [shift * pow(root, k, P) % P for k in range(size)]


def value(coefficients: Sequence[int], x: int, modulus: int = P) -> int:
    """Return the value of a polynomial at a point.

    >>> value([5, 2, 1], 3)
    20
    """
    total = 0
    for coefficient in reversed(coefficients):
        total = (total * x + coefficient) % modulus
    return total


def multiply(a: Sequence[int], b: Sequence[int]) -> list[int]:
    """Return the product of two polynomials."""
    product = [0] * (len(a) + len(b) - 1)
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            product[i + j] = (product[i + j] + left * right) % P
    return product


def through(points: Mapping[int, int]) -> list[int]:
    """Return the polynomial through some points, with as many coefficients as there are points (Lagrange).

    >>> through({1: 3, 2: 10})
    [93, 7]
    """
    points = _read(points)
    total = [0] * len(points)
    for x, y in points.items():
        part, below = [1], 1
        for other in points:
            if other != x:
                part, below = multiply(part, [-other % P, 1]), below * (x - other) % P
        total = [(a + y * inverse(below) * b) % P for a, b in zip(total, part, strict=True)]
    return total


def _read(points: Mapping[int, int]) -> dict[int, int]:
    if not isinstance(points, Mapping) or not points:
        raise InputError(f"{points!r:.60}", expected="a dict from x to y, such as {1: 3, 2: 10}")
    if not all(type(each) is int for pair in points.items() for each in pair):
        raise InputError(f"{points!r:.60}", expected="whole numbers")
    found = {x % P: y % P for x, y in points.items()}
    if len(found) < len(points):
        raise InputError(f"{points!r:.60}", expected="points that differ modulo 97")
    return found


def interpolate(values: Sequence[int], shift: int = 1) -> list[int]:
    """Return the coefficients of the polynomial with these values on the coset: the inverse of `extend`.

    >>> interpolate(extend([5, 2, 1, 0], 1, 5), 5)
    [5, 2, 1, 0]
    """
    return through(dict(zip(domain(len(values), shift), values, strict=True)))


def extend(coefficients: Sequence[int], blowup: int, shift: int) -> list[int]:
    """Return the values on a coset `blowup` times as long as the polynomial."""
    return [value(coefficients, x) for x in domain(len(coefficients) * blowup, shift)]


def length(coefficients: Sequence[int]) -> int:
    """Return how many coefficients are left when the zeros at the end are cut off.

    >>> length([5, 0, 1, 0])
    3
    """
    return max((k + 1 for k, each in enumerate(coefficients) if each % P), default=0)


def in_columns(values: Iterable[int]) -> str:
    """Return numbers of two digits, each below that of the line above."""
    return " ".join(f"{each:>2}" for each in values)
